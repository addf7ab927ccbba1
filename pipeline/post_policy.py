"""Signed policies of browser uploads, as S3 signs and checks them (Signature Version 4). Pure.

Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html (conditions) and
sigv4-authentication-HTTPPOST.html (the signature). The same form that a bucket takes is taken here, so that
the page in the browser need not know where its files go.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import LoupeError

ALGORITHM = "AWS4-HMAC-SHA256"
REGION, SERVICE, ACCESS = "local", "s3", "loupe"
SIGNED = ("key", "content-type", "x-amz-algorithm", "x-amz-credential", "x-amz-date")
"""Fields that a policy must say something about."""
LONGEST = 8_192
"""Characters of a policy that are looked at; ours have about 500."""


class Refusal(LoupeError):
    """A form that is not taken. ``code`` and ``status`` are those of S3."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs policies, and knows its own."""

    secret: bytes = field(repr=False)

    def fields(self, key: str, type: str, most: int, expires: float, now: float) -> dict[str, str]:
        """The fields of a form that may bring 1 to ``most`` bytes under ``key`` until ``expires``."""
        at = datetime.fromtimestamp(now, UTC)
        own = {
            "key": key,
            "Content-Type": type,
            "x-amz-algorithm": ALGORITHM,
            "x-amz-credential": f"{ACCESS}/{at:%Y%m%d}/{REGION}/{SERVICE}/aws4_request",
            "x-amz-date": f"{at:%Y%m%dT%H%M%SZ}",
        }
        conditions: list[Any] = [{name: value} for name, value in own.items()]
        conditions.append(["content-length-range", 1, most])
        until = datetime.fromtimestamp(expires, UTC).isoformat(timespec="milliseconds")
        said = {"expiration": until.replace("+00:00", "Z"), "conditions": conditions}
        policy = base64.b64encode(json.dumps(said).encode()).decode()
        return own | {"policy": policy, "x-amz-signature": self._sign(policy, f"{at:%Y%m%d}")}

    def most(self, fields: Mapping[str, str], now: float) -> int:
        """The bytes that a form may bring. Raises ``Refusal``."""
        own = {name.lower(): value for name, value in fields.items()}
        said = self._signed(own)
        if _time(said["expiration"]) <= now:
            raise Refusal(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        ranges = [each for each in said["conditions"] if isinstance(each, list)]
        demanded = {name.lower(): str(value) for each in said["conditions"] if isinstance(each, dict)
                    for name, value in each.items()}  # fmt: skip
        extra = own.keys() - demanded.keys() - {"policy", "x-amz-signature"}
        if extra or any(own.get(name) != value for name, value in demanded.items()):
            raise Refusal(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed.")
        return int(ranges[0][2])

    def _signed(self, own: Mapping[str, str]) -> dict[str, Any]:
        policy, signature = own.get("policy", ""), own.get("x-amz-signature", "")
        day = own.get("x-amz-credential", "").partition("/")[2].partition("/")[0]
        if not policy or not hmac.compare_digest(self._sign(policy, day).encode(), signature.encode()):
            raise Refusal(
                403, "SignatureDoesNotMatch", "The signature is not the one that this policy was given."
            )
        found: dict[str, Any] = json.loads(base64.b64decode(policy))
        return found

    def _sign(self, policy: str, day: str) -> str:
        key = b"AWS4" + self.secret
        for part in (day, REGION, SERVICE, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return binascii.hexlify(hmac.digest(key, policy.encode(), "sha256")).decode()


def _time(said: str) -> float:
    return datetime.fromisoformat(said.replace("Z", "+00:00")).timestamp()
