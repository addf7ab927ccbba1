"""Actors and tasks that do nothing, and the processes that run them: what remains is the engine's work."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from huey import SqliteHuey

from pipeline.actor import actor, declared_in
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.chain import Chain, chain
from pipeline.engine import Engine
from pipeline.ledger import Outcome
from pipeline.results import Arrived, Result
from pipeline.workers import Pool


@dataclass(frozen=True, slots=True)
class Begun(Result):
    """When the first actor began, in seconds since the epoch."""

    at: float


@dataclass(frozen=True, slots=True)
class OnTheLeft(Result):
    """One side of the fork."""


@dataclass(frozen=True, slots=True)
class OnTheRight(Result):
    """The other side."""


@dataclass(frozen=True, slots=True)
class Joined(Result):
    """The end."""


@actor()
def begin(arrived: Arrived) -> Begun:
    """Note the time."""
    return Begun(time.time())


@actor()
def go_left(begun: Begun) -> OnTheLeft:
    """Do nothing."""
    return OnTheLeft()


@actor()
def go_right(begun: Begun) -> OnTheRight:
    """Do nothing."""
    return OnTheRight()


@actor()
def join(left: OnTheLeft, right: OnTheRight) -> Joined:
    """Do nothing."""
    return Joined()


TRIVIAL: Chain = chain(declared_in(__name__))


def engine(path: Path, *, durable: bool = False) -> Engine:
    """An engine on the trivial chain."""
    return Engine(TRIVIAL, SqliteLedger(Database(path, durable=durable)))


def work_off(path: Path, want: int, durable: bool) -> None:
    """What a worker process does, until nothing is due."""
    busy, outcomes, name = engine(path, durable=durable), list[Outcome](), f"w{random.random()}"
    while claimed := busy.turn(name, outcomes, want=want):
        outcomes = [busy.run(work) for work in claimed]


def execute(path: Path, fsync: bool) -> None:
    """What huey's worker process does, until nothing is queued."""
    queued, _task = queue(path, fsync=fsync)
    while task := queued.dequeue():
        queued.execute(task)


def queue(path: Path, *, fsync: bool) -> tuple[SqliteHuey, Callable[[int], object]]:
    """A huey queue, and its trivial task."""
    queued = SqliteHuey(filename=str(path), fsync=fsync)
    return queued, queued.task(name="trivial")(trivial)


def trivial(number: int) -> int:
    """As little as an actor above."""
    return number


def stand_by(path: Path, count: int) -> None:
    """A pool of workers, until it is terminated."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Pool(engine(path), partial(engine, path), count).run(stop)
