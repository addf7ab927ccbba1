"""Addresses of private files that hold for a while, for who has one: signed for Amazon CloudFront.

The distribution knows the public half of the key (a key group). Source:
docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html
"""

from collections.abc import Callable
from datetime import UTC, datetime

from botocore.signers import CloudFrontSigner as Signer
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.adapters.disk_store import KEY
from pipeline.adapters.lifetimes import seconds
from pipeline.errors import Misconfigured, Unknown


class CloudFrontSigner:
    """Signs with an RSA key in PEM, whose public half the distribution knows as ``key_id``."""

    def __init__(
        self,
        site: str,
        key_id: str,
        private_key: bytes,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._site, self._clock = site, clock
        key = _loaded(private_key)
        self._signer = Signer(key_id, lambda text: key.sign(text, PKCS1v15(), SHA1()))  # noqa: S303  their rule

    def signed(self, key: str, until: datetime) -> str:
        """The address under which ``key`` can be read until then. Raises ``Unsuitable``: more than a week."""
        if not KEY.fullmatch(key):
            raise Unknown(f"'{key}' is not a key of the store.")
        seconds("A signed address", until, self._clock())
        address: str = self._signer.generate_presigned_url(f"{self._site}/{key}", date_less_than=until)
        return address


def _loaded(private_key: bytes) -> RSAPrivateKey:
    """Words never quote what could not be read."""
    try:
        key = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise Misconfigured(
            "The key that signs addresses for CloudFront is no RSA key in PEM without password."
        )
    return key
