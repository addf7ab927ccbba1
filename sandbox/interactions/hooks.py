"""response_urls: five answers within 30 minutes to a command, a button or a shortcut.

Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sandbox.config import SandboxConfig
from sandbox.refusal import Refusal
from sandbox.workspace import TEAM

KEPT_SECONDS = 600.0
"""How long one that is over is still told apart from one that never was."""


@dataclass
class Hook:
    """Where an answer goes: the channel, the person, and the message acted upon (`ts`, else empty)."""

    channel: str
    user: str
    ts: str
    thread_ts: str
    until: float
    left: int


class Hooks:
    """The response URLs given out; those long over are forgotten."""

    def __init__(self, config: SandboxConfig) -> None:
        self._base = config.base_url.rstrip("/")
        self._seconds = config.hook_seconds
        self._uses = config.hook_uses
        self._given: dict[str, Hook] = {}

    def new(self, kind: str, channel: str, user: str, ts: str = "", thread_ts: str = "") -> str:
        """A response URL; `kind` is `commands` or `actions`."""
        self._forget_old()
        secret = secrets.token_urlsafe(18)
        until = time.monotonic() + self._seconds
        self._given[secret] = Hook(channel, user, ts, thread_ts, until, self._uses)
        return f"{self._base}/hooks/{kind}/{TEAM}/{time.time_ns() // 1000}/{secret}"

    def use(self, secret: str) -> Hook:
        """Count one use; Refusal used_url or expired_url where it is over."""
        hook = self._given.get(secret)
        if hook is None or hook.left < 1:
            raise Refusal("used_url")
        if time.monotonic() > hook.until:
            raise Refusal("expired_url")
        hook.left -= 1
        return hook

    def _forget_old(self) -> None:
        over = time.monotonic() - KEPT_SECONDS
        while self._given and (oldest := next(iter(self._given.items())))[1].until < over:
            del self._given[oldest[0]]
