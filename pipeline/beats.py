"""Signs of life: every part of Loupe says now and then that it is there."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf
from typing import Protocol

from pipeline.errors import Unavailable

PARTS = ("web", "bot", "worker", "clock", "news", "drop")
"""Who is heard of where everything runs."""

EVERY = 10.0
"""Seconds between two signs of life."""
EARLY = 1.0
"""A loop that turns every ten seconds itself is never a moment too early, and has its beat each time."""
SILENT = 60.0
"""Seconds after which a part that should be there is missed."""
HOUR = 3600.0


class Beats(Protocol):
    """Remembers who was heard of last, and when."""

    def beat(self, part: str) -> None:
        """The part (web, bot, worker, clock, news, drop) is alive."""

    def ages(self) -> Mapping[str, float]:
        """Seconds since each part was heard of."""


def silent(ages: Mapping[str, float], after: float = SILENT) -> list[str]:
    """The parts that should be there and were not heard of for so long, in words."""
    return [f"{part} ({_since(ages.get(part))})" for part in PARTS if ages.get(part, inf) > after]


def running(ages: Mapping[str, float], after: float = SILENT) -> bool:
    """Was any part heard of lately?"""
    return any(age <= after for age in ages.values())


def _since(age: float | None) -> str:
    if age is None:
        return "never heard of"
    return f"silent for {age / 60:.0f} min" if age < 2 * HOUR else f"silent for {age / HOUR:.0f} h"


class Pulse:
    """Beats for a part as long as the part's own loop turns: the loop calls it each time round.

    Whoever cannot reach the ledger is not heard of, which is what others shall see; the loop goes on.
    """

    def __init__(self, beats: Beats, part: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._beats, self._part, self._clock = beats, part, clock
        self._due = clock()

    def __call__(self) -> None:
        """The loop turned."""
        now = self._clock()
        if now >= self._due:
            self._due = now + EVERY - EARLY
            with suppress(Unavailable):
                self._beats.beat(self._part)


def nobody() -> None:
    """For loops of which nobody needs to hear."""
