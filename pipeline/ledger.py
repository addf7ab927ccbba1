"""The ledger as the engine sees it: rows, tasks and the one transaction between them.

One row per (image, actor). A replay writes the next ``revision`` of a row; a row remembers the revisions
of the rows it was computed from (``inputs``), which is how the engine sees that it has become stale.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pipeline.figures import Facts
from pipeline.model import Source
from pipeline.results import Arrived, Failed, Result, Skipped

ARRIVAL = "arrival"
"""The row that a source writes and that starts the chain."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one actor settled for one image."""

    image: str
    actor: str
    result: Result
    at: datetime
    revision: int = 1
    version: int = 1
    inputs: Mapping[str, int] = field(default_factory=dict)
    """Revision of every awaited row, by actor."""
    attempts: int = 0
    ms: float = 0.0

    @property
    def state(self) -> str:
        """done, failed or skipped."""
        if isinstance(self.result, Failed):
            return "failed"
        return "skipped" if isinstance(self.result, Skipped) else "done"

    @property
    def parked(self) -> bool:
        """Failed for good, for a reason that is not the image's: a replay may help."""
        return isinstance(self.result, Failed) and not self.result.rejected


Rows = Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Task:
    """A run that is due: this actor on this image, to write this revision."""

    image: str
    actor: str
    revision: int
    priority: int
    due_at: float
    """Seconds since the epoch."""
    attempts: int = 0
    """Runs begun so far, this one included once it is claimed."""
    error: str | None = None
    """What went wrong the last time."""
    lost: int = 0
    """Runs in a row that ended without a word: the worker died or was stopped."""
    running: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed task and the image's rows at that moment."""

    task: Task
    rows: Rows


@dataclass(frozen=True, slots=True)
class Settled:
    """A run ended with a row."""

    row: Row


@dataclass(frozen=True, slots=True)
class Again:
    """A run shall be tried again, not before ``due_at`` (seconds since the epoch)."""

    task: Task
    due_at: float
    error: str


Outcome = Settled | Again


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from an image's rows: runs to start, rows to write unrun, and is it all done?"""

    start: tuple[Task, ...] = ()
    skip: tuple[Row, ...] = ()
    state: str | None = None
    """The image's state once everything has settled; None while something is still due."""
    facts: Facts | None = None
    """The line about the image that figures are made of, where it may have changed."""


Follow = Callable[[str, Rows, Mapping[str, Task]], Plan]
"""(image, its rows, its open tasks by actor) -> what follows. Called inside the ledger's transaction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An arrival as the ledger took it."""

    arrived: Arrived
    new: bool
    """False when the same delivery had been taken before."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A run that cannot be taken now: somebody holds it, or it is not due yet."""

    until: float
    """Seconds since the epoch."""


class Ledger(Protocol):
    """Rows and tasks, written together or not at all."""

    def enter(self, arrivals: Sequence[tuple[str, Source]], follow: Follow) -> list[Entry]:
        """Take pictures in, each under its delivery key; safe against power loss when it returns."""

    def turn(
        self, worker: str, outcomes: Sequence[Outcome], follow: Follow, *, want: int, lease: float
    ) -> list[Work]:
        """Record outcomes, start what they made ready, and claim up to ``want`` runs: one transaction.

        A row is accepted only if its revision is newer; a second result for one changes nothing.
        Claims hold for ``lease`` seconds unless extended.
        """

    def extend(self, workers: Sequence[str], lease: float) -> None:
        """Heartbeat: what these workers run stays theirs for ``lease`` more seconds."""

    def release(self, worker: str) -> list[Work]:
        """Take everything from a worker that is gone; what it was running is due again at once."""

    def holders(self) -> list[str]:
        """The workers that hold a claim."""

    def expire(self) -> int:
        """Free the tasks whose lease ran out; how many there were."""

    def rows(self, image: str) -> Rows:
        """All rows of an image, by actor. Empty when there is no such image."""

    def open_tasks(self, image: str) -> Mapping[str, Task]:
        """What is still due or running for an image, by actor."""

    def demand(self, tasks: Sequence[Task]) -> None:
        """Make runs due that the plan alone would not start: a replay."""

    def stalled(self, limit: int) -> list[str]:
        """Images that are not settled and yet have nothing due."""

    def resume(self, image: str, follow: Follow) -> None:
        """Start what follows from the rows as they are: the sweep."""

    def images(self, after: str, limit: int) -> list[str]:
        """Ids of all images in the order they came, ``limit`` at a time, after the given id."""

    def wait(self, seconds: float) -> None:
        """Return when another connection has written something, or after ``seconds``."""


class Called(Ledger, Protocol):
    """A ledger whose runs are called by messages, which may come twice, late, or for what is long done."""

    def take(self, worker: str, task: Task, lease: float) -> Work | Busy | None:
        """Claim this very run (image, actor, revision); None when it is done or superseded.

        Counts the run as ``turn`` does. Whose lease ran out is taken over.
        """

    def followed(self, image: str, follow: Follow) -> list[Task]:
        """``resume``, and the image's open tasks that nobody holds, those included that were there before."""

    def overdue(self, seconds: float, limit: int) -> list[Task]:
        """Tasks that have been due, or held by a lease that ran out, for so long: their message is lost."""
