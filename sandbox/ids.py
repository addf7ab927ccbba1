"""Timestamps and ids as Slack shapes them, never the same twice, not even across restarts of the sandbox."""

from __future__ import annotations

import threading
import time

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Clock:
    """The workspace's only source of time-made names: message timestamps and object ids.

    Both are made from the wall clock in microseconds and always move forward, so that a bot with a durable
    ledger never meets an id of an earlier run again.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def micros(self) -> int:
        """Microseconds since 1970, larger at each call."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last

    def ts(self) -> str:
        """A message timestamp, `seconds.micros`: the id of a message within its channel."""
        seconds, micros = divmod(self.micros(), 1_000_000)
        return f"{seconds}.{micros:06d}"

    def id(self, prefix: str) -> str:
        """An object id such as F0KZ4T7Q2M1: the prefix and 10 base-36 digits."""
        return prefix + base36(self.micros())


def base36(number: int) -> str:
    """A number from 0 up in capital base 36, at least 10 digits."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits.rjust(10, "0")
