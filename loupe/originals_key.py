"""The key by which addresses of originals are signed: made here, its public half told to CloudFront."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pipeline.errors import Misconfigured, Unavailable

BITS = 2048
"""What CloudFront takes (docs.aws.amazon.com, AmazonCloudFront, "Specify signers")."""


def public_half(file: Path) -> str:
    """The base64 lines of the public half, joined by colons: one word of a command line.

    Raises ``Misconfigured`` where the file holds no such key, ``Unavailable`` where it cannot be read.
    """
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as fault:
        raise Unavailable(f"{file} cannot be read: {fault.strerror}.") from fault
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size != BITS:
        raise Misconfigured(f"{file} is no RSA key of {BITS} bits in PEM without password.")
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return ":".join(pem.decode().splitlines()[1:-1])


def make(file: Path) -> bool:
    """Make a key that only its owner can read; False where the file is there already.

    Raises ``Unavailable`` where it cannot be written.
    """
    pem = generate_private_key(65537, BITS).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(pem)
    except FileExistsError:
        return False
    except OSError as fault:
        file.unlink(missing_ok=True)
        raise Unavailable(f"{file} cannot be written: {fault.strerror}.") from fault
    return True
