"""The key that signs addresses of originals: its owner's alone; CloudFront gets the public half."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from loupe.originals_key import make, public_half
from loupe.template.parameters import PARAMETERS
from pipeline.errors import Misconfigured, Unavailable


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    assert make(file)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert not make(file)
    assert file.read_bytes() == before


def test_the_template_puts_the_public_half_together_again(tmp_path: Path) -> None:
    make(tmp_path / "key.pem")
    word = public_half(tmp_path / "key.pem")
    assert PARAMETERS["OriginalsKey"]["AllowedPattern"] == "[A-Za-z0-9+/=:]*"
    lines = ["-----BEGIN PUBLIC KEY-----", *word.split(":"), "-----END PUBLIC KEY-----", ""]
    private = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    public = load_pem_public_key("\n".join(lines).encode())
    whole = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert public.public_bytes(*whole) == private.public_key().public_bytes(*whole)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, sealed: bool = False) -> bytes:
    how: KeySerializationEncryption = BestAvailableEncryption(b"sesame") if sealed else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nsesame\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(rsa.generate_private_key(65537, 1024)),
        pem(rsa.generate_private_key(65537, 2048), sealed=True),
    ],
    ids=["empty", "torn", "elliptic", "short", "sealed"],
)
def test_another_key_is_refused_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(Misconfigured, match="is no RSA key of 2048 bits in PEM without password") as told:
        public_half(tmp_path / "key.pem")
    assert "sesame" not in str(told.value)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        make(tmp_path / "none" / "key.pem")
    with pytest.raises(Unavailable, match="cannot be read"):
        public_half(tmp_path / "key.pem")
