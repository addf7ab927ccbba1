"""What was parked on AWS is run again: the rows say so, and the dead-letter queues are cleared of it.

A message in an actor's dead-letter queue names the run that was given up. The row is the truth: the run is
due again if that very revision is still parked; otherwise somebody has replayed it, or the image is gone, and
the message goes. A message goes only after its run is due, so that whoever dies in between repeats something
harmless. What SQS itself parked, because a function could not even begin, is still due: the sweep sees to it.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.engine import Engine
from pipeline.errors import Rejected
from pipeline.ledger import Task
from pipeline.topic import wanted

log = logging.getLogger("loupe.redrive")
MOST = 10_000
"""Messages of one queue that are looked at in one pass."""
Became = Literal["replayed", "stale", "running", "unreadable"]


class Letters(Protocol):
    """A dead-letter queue. Every method raises ``Unavailable``."""

    def messages(self, most: int) -> Iterator[tuple[str, str]]:
        """Receipts and bodies, each once in a pass; what is not deleted comes again in a later one."""

    def delete(self, receipt: str) -> None:
        """Take a message out for good."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of the messages of some queues."""

    replayed: tuple[tuple[str, str], ...] = ()
    """Image and actor of each run that is due again."""
    stale: int = 0
    """Messages that were thrown away: replayed by somebody else, superseded, or of an erased image."""
    running: int = 0
    """Messages that stay because their run has not ended yet."""
    unreadable: int = 0
    """Messages that stay because they name no run."""


def redrive(engine: Engine, queues: Iterable[Letters], most: int = MOST) -> Redriven:
    """Go through the messages of the queues once. Raises ``Unavailable``; what is done by then stays done."""
    replayed: list[tuple[str, str]] = []
    counts: Counter[str] = Counter()
    for queue in queues:
        kept: set[str] = set()
        for receipt, body in queue.messages(most):
            if body in kept:  # its time out of sight is over: from here on everything comes again
                break
            task = _named(body)
            became = _handled(engine, task) if task else "unreadable"
            counts[became] += 1
            if became in ("replayed", "stale"):
                queue.delete(receipt)
            else:
                kept.add(body)
            if task and became == "replayed":
                replayed.append((task.image, task.actor))
    return Redriven(tuple(replayed), counts["stale"], counts["running"], counts["unreadable"])


def _named(body: str) -> Task | None:
    try:
        return wanted(body)
    except Rejected as fault:
        log.warning("A message in a dead-letter queue stays there. %s", fault.words)
        return None


def _handled(engine: Engine, task: Task) -> Became:
    """The function parks its message first and writes the row after that: in between the run is at work."""
    if engine.rerun(task.image, task.actor, task.revision):
        return "replayed"
    open_task = engine.ledger.open_tasks(task.image).get(task.actor)
    at_it = open_task is not None and open_task.running and open_task.revision == task.revision
    return "running" if at_it else "stale"
