"""Signed policies of browser uploads, as S3 signs and checks them (Signature Version 4). Pure.

Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html (conditions) and
sigv4-authentication-HTTPPOST.html (the signature). The same form that a bucket takes is taken here, so that
the page in the browser need not know where its files go.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

from pipeline.errors import LoupeError

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE, END = "s3", "aws4_request"
UNSAID = frozenset({"policy", "x-amz-signature"})
"""Fields that a policy says nothing about."""
LONGEST = 8_192
"""Characters of a policy that are looked at; ours have about 500."""
HIGHEST = 1 << 50
"""Bytes that a policy may allow at most: beyond what any disk has."""


class Refusal(LoupeError):
    """A form that is not taken. ``code`` and ``status`` are those of S3."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs policies, and knows its own."""

    secret: bytes = field(repr=False)
    access: str = "loupe"
    """Name of the key."""
    region: str = "local"
    bucket: str = "uploads"
    """What a policy may call the place that its form is sent to."""

    def fields(self, key: str, type: str, most: int, expires: float, now: float) -> dict[str, str]:
        """The fields of a form that may bring 1 to ``most`` bytes under ``key`` until ``expires``."""
        at = datetime.fromtimestamp(now, UTC)
        own = {
            "key": key,
            "Content-Type": type,
            "x-amz-algorithm": ALGORITHM,
            "x-amz-credential": self._credential(f"{at:%Y%m%d}"),
            "x-amz-date": f"{at:%Y%m%dT%H%M%SZ}",
        }
        conditions: list[Any] = [{"bucket": self.bucket}, *({name: value} for name, value in own.items())]
        conditions.append(["content-length-range", 1, most])
        until = datetime.fromtimestamp(expires, UTC).isoformat(timespec="milliseconds")
        said = {"expiration": until.replace("+00:00", "Z"), "conditions": conditions}
        policy = base64.b64encode(json.dumps(said).encode()).decode()
        return own | {"policy": policy, "x-amz-signature": self._sign(policy, f"{at:%Y%m%d}")}

    def most(self, fields: Mapping[str, str], now: float) -> int:
        """The bytes that a form may bring. Raises ``Refusal``."""
        own = {name.lower(): value for name, value in fields.items()}
        if len(own) != len(fields):
            raise Refusal(400, "InvalidArgument", "A field stands in this form twice.")
        until, demanded, most = _read(self._signed(own))
        if until <= now:
            raise Refusal(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        extra = own.keys() - demanded.keys() - UNSAID
        if extra:
            raise Refusal(
                403, "AccessDenied", f"Invalid according to Policy: Extra input fields: {min(extra)[:40]}"
            )
        if any((own | {"bucket": self.bucket}).get(name) != value for name, value in demanded.items()):
            raise Refusal(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed.")
        if not demanded.keys() >= {"key", "content-type"}:
            _not_ours()
        return most

    def _signed(self, own: Mapping[str, str]) -> str:
        """The policy, once it is known to be ours."""
        policy, signature = own.get("policy", ""), own.get("x-amz-signature", "")
        day = own.get("x-amz-credential", "").partition("/")[2].partition("/")[0]
        if not policy or not signature:
            raise Refusal(403, "AccessDenied", "Access Denied.")
        if len(policy) > LONGEST or own.get("x-amz-credential") != self._credential(day):
            raise Refusal(403, "InvalidAccessKeyId", "The key that signed this form is not known here.")
        if not hmac.compare_digest(self._sign(policy, day).encode(), signature.encode()):
            raise Refusal(
                403, "SignatureDoesNotMatch", "The signature is not the one that this policy was given."
            )
        return policy

    def _credential(self, day: str) -> str:
        return f"{self.access}/{day}/{self.region}/{SERVICE}/{END}"

    def _sign(self, policy: str, day: str) -> str:
        return hmac.digest(_key(self.secret, day, self.region), policy.encode(), "sha256").hex()


@lru_cache(8)
def _key(secret: bytes, day: str, region: str) -> bytes:
    """The key of a day; few days are asked for."""
    key = b"AWS4" + secret
    for part in (day, region, SERVICE, END):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _read(policy: str) -> tuple[float, dict[str, str], int]:
    """Until when it holds, what fields must say, the bytes it allows. Whoever has the key may still err."""
    demanded: dict[str, str] = {}
    most = -1
    try:
        said = json.loads(base64.b64decode(policy, validate=True))
        until = datetime.fromisoformat(said["expiration"]).timestamp()
        for each in said["conditions"]:
            match each:
                case ["content-length-range", int(), int(end)]:
                    most = end
                case ["eq", str(name), str(value)]:
                    demanded[name.removeprefix("$").lower()] = value
                case dict():
                    demanded |= {str(name).lower(): str(value) for name, value in each.items()}
                case _:
                    _not_ours()
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        _not_ours()
    if not 0 < most <= HIGHEST:
        _not_ours()
    return until, demanded, most


def _not_ours() -> NoReturn:
    raise Refusal(400, "InvalidPolicyDocument", "The policy says what no policy of this site says.")
