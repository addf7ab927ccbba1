"""How often a method may be called, and failures injected on purpose.

Source: docs.slack.dev/apis/web-api/rate-limits: tiers 1-4 are 1, 20, 50 and 100 a minute; chat.postMessage is
about 1 a second and channel. Slack tolerates short bursts; here a burst is a minute's worth for tiers and 5
messages for chat.postMessage.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.refusal import Broken, RateLimited, Refusal

PER_MINUTE = {
    "apps.connections.open": 20,
    "auth.test": 600,
    "bots.info": 50,
    "chat.delete": 50,
    "chat.getPermalink": 600,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.join": 50,
    "conversations.list": 20,
    "conversations.members": 100,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.delete": 50,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "reactions.add": 50,
    "reactions.get": 50,
    "reactions.remove": 20,
    "team.info": 50,
    "users.conversations": 50,
    "users.info": 100,
    "users.list": 20,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
DISTRIBUTED_PER_MINUTE = 1
POST_BURST = 5


@dataclass
class Bucket:
    """A token bucket: `level` calls are left, `rate` come back each second, up to `size`."""

    size: float
    rate: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """Take one and return 0, or return the seconds until there is one."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.rate


class Rates:
    """The buckets of one app in one workspace."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, bool], Bucket] = {}

    def check(self, method: str, channel: str, *, distributed: bool) -> None:
        """Count one call; RateLimited where it came too soon."""
        now = self._clock()
        key = (method, channel if method == "chat.postMessage" else "", distributed)
        bucket = self._buckets.get(key) or self._buckets.setdefault(key, _bucket(method, now, distributed))
        wait = bucket.take(now)
        if wait:
            raise RateLimited(max(1, math.ceil(wait)))


def _bucket(method: str, now: float, distributed: bool) -> Bucket:
    if method == "chat.postMessage":
        return Bucket(POST_BURST, 1.0, POST_BURST, now)
    size = PER_MINUTE.get(method, 600)
    if distributed and method in ("conversations.history", "conversations.replies"):
        size = DISTRIBUTED_PER_MINUTE
    return Bucket(size, size / 60, size, now)


@dataclass
class Injection:
    """The next `left` calls of `method` (`*`: of any) fail: with a refusal, a 429, or a bare HTTP status."""

    method: str
    left: int
    error: str = ""
    retry_after: int = 0
    status: int = 0

    def strike(self) -> None:
        """Count one call and raise what was asked for."""
        self.left -= 1
        if self.retry_after:
            raise RateLimited(self.retry_after)
        if self.status:
            raise Broken(self.status)
        raise Refusal(self.error or "internal_error")


class Injections:
    """Failures waiting for calls."""

    def __init__(self) -> None:
        self._waiting: list[Injection] = []

    def add(self, injection: Injection) -> None:
        """Let the next calls fail so."""
        self._waiting.append(injection)

    def clear(self) -> None:
        """Forget all of them."""
        self._waiting.clear()

    def check(self, method: str) -> None:
        """Raise the oldest failure that waits for this method, if any."""
        self._waiting = [injection for injection in self._waiting if injection.left > 0]
        for injection in self._waiting:
            if injection.method in (method, "*"):
                injection.strike()
