"""Drop pictures, one of them poison, let chaos reign, mend the poison, and count."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.cloudchaos.counting import Count, count
from bench.pictures import drawing
from tests.aws.chaos import WILD
from tests.aws.deployed import Deployed, Plan, deployed
from tests.aws.rough_day import Day, Poison
from tests.aws.tables import table
from tests.servers.ministack import MiniStack, ministack

POISON = "poison.jpg"
SMALLEST, LARGEST = 32, 96
"""Pixels of a side."""
TELL_SECONDS = 15.0
AT_ONCE = 10
"""Pictures dropped between two looks at how many have ended."""


@dataclass(frozen=True)
class Order:
    """What is asked for."""

    images: int
    seed: int
    actor: str = "detect_faces"
    """Which cannot survive the poison."""
    how: str = "dies"
    cure: str = "replay"
    """What is run once that is mended: ``loupe replay --parked``, or the function ``redrive``."""
    quick: bool = True
    """No models, and one rendition of a picture in place of nine."""
    kills: float = 0.01
    """Share of invocations that are killed midway; requests kill as well, a tenth as often."""
    rough: float = 1.0
    """Times as many requests as usual are refused (usual: one in a hundred) or unanswered (one in 200)."""
    timeout: float = 10.0
    overdue: float = 30.0
    """Seconds after which the sweep, three times as often, publishes a run again. It must be more than queues
    are behind: else messages only beget messages."""
    concurrency: int = 1
    lanes: int = 1
    """Of the stream: batches that the router takes at the same time."""
    crowd: int = 200
    """Pictures under way above which no more are dropped: queues stay shorter than ``overdue``."""
    patience: float = 600.0
    """Seconds that all may take after the last picture was dropped."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    order: Order
    settled: bool
    before: Count
    """With the poison at work."""
    after: Count
    """Once that was mended."""
    mended: bool
    seconds: float
    told: str
    dropped: list[str]
    """File names."""
    there: Deployed
    """Stopped, but table, queues and buckets are as they were left."""

    @property
    def well(self) -> bool:
        """All settled, nothing lost, nothing doubled, and only the poison was parked: until it was mended."""
        poison = {(POISON, self.order.actor)}
        found = self.settled and self.mended and not self.before.faults and not self.after.faults
        parked = self.before.parked == poison and self.before.letters == {self.order.actor: {POISON}}
        return found and parked and not self.after.parked and not self.after.letters

    def __str__(self) -> str:
        return (
            f"{len(self.dropped)} pictures in {self.seconds:.0f} s, seed {self.order.seed}: {self.told}\n"
            f"with poison: {self.before}\n  dead letters: {self.before.letters}\n"
            f"mended: {self.after}\n  dead letters: {self.after.letters or 'none'}"
        )


def plan(order: Order, mended: Path) -> Plan:
    """How it is deployed: leases are shortened, because whoever is killed holds its run as long."""
    rough = {"throttled": 0.01 * order.rough, "unanswered": 0.005 * order.rough}
    requests = {"seed": order.seed, "killed": order.kills / 10, **rough}
    poison = Poison(order.actor, POISON, str(mended), order.how)
    day = Day(requests, pause=0.1, margin=1.0, slack=0.5, overdue=order.overdue, quick=order.quick,
              poison=(poison,))  # fmt: skip
    chaos = replace(WILD, seed=order.seed, killed=order.kills)
    visibility, often = round(order.timeout) + 1, order.overdue / 3
    return Plan(
        chaos, day, order.timeout, visibility, order.concurrency, parallel=order.lanes, sweep_every=often
    )


def run(order: Order, running: MiniStack, stop_after: float = float("inf")) -> Outcome:
    """All of it on a MiniStack that the environment points at; drops no more after so many seconds."""
    with tempfile.TemporaryDirectory(prefix="loupe-chaos-") as folder:
        mended = Path(folder) / "mended"
        with deployed(running, table, plan(order, mended)) as there:
            began = time.monotonic()
            dropped = _drop(order, there, began + stop_after)
            settled = there.settled(order.patience)
            before = count(there, dropped)
            mended.touch()
            cured = there.replay() if order.cure == "replay" else there.redrive()
            say(f"{order.cure}: {cured}")
            again = there.settled(order.patience)
            after = count(there, dropped, [(POISON, order.actor)])
            seconds = time.monotonic() - began
            return Outcome(order, settled, before, after, again, seconds, str(there.tally), dropped, there)


def _drop(order: Order, there: Deployed, until: float) -> list[str]:
    """Pictures as fast as they are done with, the poison among the first."""
    dropped, told = [POISON], time.monotonic()
    there.drop(POISON, drawing(f"{order.seed}/poison", LARGEST))
    while len(dropped) < order.images and time.monotonic() < until:
        if time.monotonic() > told + TELL_SECONDS:
            told = time.monotonic()
            ended, messages = there.ended(), there.under_way()
            say(f"{len(dropped)} dropped, {ended} ended, {messages} messages under way; {there.tally}")
        if len(dropped) - there.ended() > order.crowd:
            time.sleep(0.2)
            continue
        for number in range(len(dropped), min(len(dropped) + AT_ONCE, order.images)):
            name, side = f"{number}.jpg", SMALLEST + number % (LARGEST - SMALLEST + 1)
            there.drop(name, drawing(f"{order.seed}/{number}", side))
            dropped.append(name)
    say(f"all {len(dropped)} dropped")
    return dropped


def say(words: str) -> None:
    """Tell whoever waits."""
    print(words, file=sys.stderr, flush=True)


@contextmanager
def cloud() -> Iterator[MiniStack]:
    """A MiniStack of its own, with this process's environment pointing at it."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="loupe-aws-") as folder, ministack(Path(folder)) as running:
        os.environ.update(running.environment)
        try:
            yield running
        finally:
            os.environ.clear()
            os.environ.update(before)
