"""Believes a message of SNS when its signature, its age and its topic say so.

The certificate comes from SNS itself, over TLS, by an address whose host cannot be anybody else's; it is
kept. Source: AWS documentation, "Verifying the signatures of Amazon SNS messages" (versions 1: SHA-1, 2:
SHA-256).
"""

import time
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from pipeline.errors import Transient, Unsuitable
from pipeline.notices import Envelope, is_own, region

OLDEST = 3600.0
"""Seconds after which a message is no longer believed."""
KEPT = 8
"""Certificates that are kept."""
HASHES: Mapping[str, Callable[[], HashAlgorithm]] = {"1": SHA1, "2": SHA256}
Fetch = Callable[[str], bytes]
"""The document at an address. Raises ``Transient``."""


@dataclass(frozen=True, slots=True)
class SnsMessages:
    """Checks messages; visits what has to be visited to confirm a subscription."""

    topics: Collection[str]
    """ARNs of topics that are known."""
    fetch: Fetch
    clock: Callable[[], float] = time.time
    _certificates: dict[str, x509.Certificate] = field(default_factory=dict)

    def check(self, found: Envelope) -> None:
        """Raises ``Unsuitable`` when it cannot be believed, ``Transient`` when that cannot be known now."""
        if found["TopicArn"] not in self.topics:
            raise Unsuitable("The topic is not one of LOUPE_SNS_TOPICS.")
        if abs(self.clock() - found.at.timestamp()) > OLDEST:
            raise Unsuitable("The message is too old, or not from this time.")
        self._verify(found)

    def confirm(self, found: Envelope) -> None:
        """Subscribe to the topic, by the address in a message that was checked. Raises as ``check`` does."""
        where = found["SubscribeURL"]
        if not is_own(where) or region(where) != region(found["SigningCertURL"]):
            raise Unsuitable("The address that would confirm the subscription is not of SNS itself.")
        self.fetch(where)

    def _verify(self, found: Envelope) -> None:
        algorithm = HASHES.get(found["SignatureVersion"])
        if algorithm is None:
            raise Unsuitable("The signature is of a version that is not known.")
        where = found["SigningCertURL"]
        if not is_own(where) or region(where) != found["TopicArn"].split(":")[3]:
            raise Unsuitable("The certificate is not from SNS itself.")
        key = self._certificate(where).public_key()
        try:
            signature = b64decode(found["Signature"], validate=True)
            if not isinstance(key, RSAPublicKey):
                raise InvalidSignature
            key.verify(signature, found.canonical, PKCS1v15(), algorithm())
        except (InvalidSignature, Error):
            raise Unsuitable("The signature is wrong.") from None

    def _certificate(self, where: str) -> x509.Certificate:
        found = self._certificates.get(where)
        if found is None:
            try:
                found = x509.load_pem_x509_certificate(self.fetch(where))
            except ValueError:
                raise Transient("What lies at the certificate's address is none.") from None
            if len(self._certificates) >= KEPT:
                self._certificates.clear()
            self._certificates[where] = found
        now = datetime.fromtimestamp(self.clock(), UTC)
        if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            del self._certificates[where]
            raise Unsuitable("The certificate is not valid at this time.")
        return found
