"""Is a request Slack's? Pure.

Source: docs.slack.dev/authentication/verifying-requests-from-slack (v0, HMAC-SHA256, five minutes).
"""

import hashlib
import hmac

WINDOW = 300
"""Seconds."""


def is_signed(secret: str, headers: object, body: bytes, now: float) -> bool:
    """Does the signature fit the body, and is it at most five minutes old?"""
    found = dict(headers) if hasattr(headers, "keys") else {}  # type: ignore[call-overload]
    stamp, given = found.get("x-slack-request-timestamp", ""), found.get("x-slack-signature", "")
    if not secret or not (stamp.isascii() and stamp.isdigit()) or abs(now - int(stamp[:15])) > WINDOW:
        return False
    return hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode())


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What Slack signs a body with; ``stamp``: seconds since the epoch, as text."""
    made = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={made.hexdigest()}"
