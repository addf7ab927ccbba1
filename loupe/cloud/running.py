"""One message of an actor's queue: claim the run, run it, record how it ended.

The message is a hint and may come twice, late, or never; the task in the ledger is the truth. Nothing is
planned here: the row's arrival in the ledger does that.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from pipeline.engine import Engine
from pipeline.errors import LoupeError
from pipeline.ledger import Again, Busy, Called, Plan, Settled
from pipeline.topic import wanted

MARGIN = 3.0
"""Seconds of a function's time that are left for recording how a run ended."""
SLACK = 5.0
"""Seconds by which a claim outlasts the function that has it."""
SHORTEST = 1.0
"""A run that would get fewer seconds is not begun."""


class Overdue(LoupeError):
    """The run took longer than it may."""


class Later(LoupeError):
    """This message is looked at again after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Again in {seconds:.1f} s.")
        self.seconds = max(0.0, seconds)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one actor when a message says so."""

    engine: Engine
    ledger: Called
    park: Callable[[str], None]
    """Puts a message among those that were given up."""

    def run(self, body: str, worker: str, left: Callable[[], float]) -> str:
        """Run what a message asks for; how that ended, in a word.

        ``left``: seconds until the function is stopped. Raises ``Later`` for what has to wait, ``Rejected``
        for what is no such message.
        """
        task = wanted(body)
        if left() < SHORTEST + MARGIN:
            raise Later(0)
        taken = self.ledger.take(worker, task, left() + SLACK)
        if taken is None:
            return "gone"
        if isinstance(taken, Busy):
            raise Later(taken.until - self.engine.clock())
        allowed = min(self.engine.timeout(taken), left() - MARGIN)
        with limited(allowed):
            outcome = self.engine.run(taken)
        if isinstance(outcome, Settled) and outcome.row.parked:
            self.park(body)  # first: who dies in between parks it twice, never not at all
        self.ledger.turn(worker, [outcome], nothing, want=0, lease=0)
        if isinstance(outcome, Again):
            raise Later(outcome.due_at - self.engine.clock())
        return outcome.row.state


def nothing(_image: str, _rows: object, _tasks: object) -> Plan:
    """A ``Follow`` by which nothing follows: the router's is what counts."""
    return Plan()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``Overdue`` in this thread when the time is up; only the main thread can be stopped so.

    Code that does not come back to Python is stopped by the platform, and its run counts as lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise Overdue(f"It took longer than {seconds:.0f} s.")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
