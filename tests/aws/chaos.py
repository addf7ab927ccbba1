"""What may go wrong on the way between AWS services, at random but by a seed."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from threading import Lock
from typing import TypeVar

from tests.aws.runtime_api import Answer, Function, Throttled

T = TypeVar("T")
REMEMBERED = 50
"""Durations of which the middle one says how long an invocation usually takes."""


@dataclass(frozen=True)
class Chaos:
    """Shares, 0 to 1, of what happens. Without arguments nothing does."""

    seed: int = 0
    duplicated: float = 0.0
    """Messages and batches that were handled and come again nonetheless: delivery is at least once."""
    doubted: float = 0.0
    """Items of a batch that were handled well and count as failed nonetheless."""
    killed: float = 0.0
    """Invocations whose environment is killed midway, at any point."""
    throttled: float = 0.0
    """Invocations refused with 429."""
    shuffled: bool = False
    """Messages of a queue come in any order, in batches of any size."""
    late: int = 3
    """A duplicate comes up to so many seconds later."""


WILD = Chaos(duplicated=0.05, doubted=0.02, killed=0.02, throttled=0.03, shuffled=True)


@dataclass
class Tally:
    """How often what happened; threads may share it."""

    counts: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def add(self, what: str, count: int = 1) -> None:
        """So many more of it."""
        if count:
            with self._lock:
                self.counts[what] += count

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))


class Fate:
    """Decides for one thread of one mapping; the same seed and name decide alike."""

    def __init__(self, chaos: Chaos, name: str) -> None:
        self.chaos, self.chance = chaos, random.Random(f"{chaos.seed}/{name}")

    def strikes(self, share: float) -> bool:
        """True in so many cases."""
        return self.chance.random() < share

    def order(self, items: Sequence[T]) -> list[T]:
        """The items, in any order where there is chaos."""
        return self.chance.sample(items, len(items)) if self.chaos.shuffled else list(items)

    def size(self, most: int) -> int:
        """Of the next batch."""
        return self.chance.randint(1, most) if self.chaos.shuffled else most


class Target:
    """A function as mappings invoke it."""

    def __init__(self, function: Function, tally: Tally) -> None:
        self.function, self.tally = function, tally
        self._took: list[float] = []

    def invoke(self, event: object, fate: Fate) -> Answer:
        """Raises ``Throttled``."""
        name = self.function.name
        if fate.strikes(fate.chaos.throttled):
            self.tally.add("throttled")
            raise Throttled(f"{name}: Rate Exceeded.")
        kill_after = None
        if self._took and fate.strikes(fate.chaos.killed):
            kill_after = fate.chance.uniform(0, 1.2 * median(self._took)) / 1000
        answer = self.function.invoke(event, kill_after=kill_after)
        self.tally.add("invoked")
        self.tally.add("cold starts", int(answer.cold))
        if answer.fault is None:
            self._took = [*self._took[1 - REMEMBERED :], answer.ms]
        else:
            self.tally.add("killed" if answer.fault.killed else "failed")
        return answer
