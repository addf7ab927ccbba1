"""Slack's request signature.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import time


def signed_headers(secret: str, body: bytes, *, now: float | None = None) -> dict[str, str]:
    """The two headers that prove a request with this body comes from the workspace, dated now."""
    stamp = str(int(time.time() if now is None else now))
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(secret, stamp, body)}


def signature(secret: str, stamp: str, body: bytes) -> str:
    """`v0=` and the hex HMAC-SHA256 of `v0:{stamp}:{body}`."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
