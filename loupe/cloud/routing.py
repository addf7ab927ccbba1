"""What the stream of the table says, and what follows: tasks are written, events go to the topic.

Killed at any point, the stream brings the same records again: the tasks are there then and are published
again. Order within an image is the stream's; between images there is none.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from pipeline.adapters.dynamo_items import row_of, task_of
from pipeline.adapters.dynamo_table import loaded
from pipeline.adapters.dynamo_tallies import Ended
from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.ledger import ARRIVAL, Called, Row, Task
from pipeline.topic import Message, due, settled

log = logging.getLogger("loupe.route")
ROW, TASK = "result#", "task#"


class Topic(Protocol):
    """Where events are published."""

    def publish(self, messages: Sequence[Message]) -> None:
        """All of them, at least once. Raises ``Unavailable``."""


@dataclass
class Heard:
    """What a batch of records says of one image, whose ``first`` record has this place in it."""

    first: int
    rows: list[Row] = field(default_factory=list)
    demanded: list[Task] = field(default_factory=list)


def uncounted(_ended: Sequence[Ended]) -> None:
    """For routers whose runs nobody counts."""


@dataclass(frozen=True, slots=True)
class Router:
    """Follows rows that landed. It decides nothing: ``plan`` does."""

    engine: Engine
    ledger: Called
    topic: Topic
    source: str
    count: Callable[[Sequence[Ended]], None] = uncounted
    """Counts runs for the figures of a day. Raises ``Unavailable``."""

    def route(self, records: Sequence[Mapping[str, Any]]) -> int | None:
        """Follow a batch of stream records; the first one that has to come again, by its place, if any.

        So what was done before the table was away is not done again. An image that cannot be followed because
        of a bug stops no other: the stream would bring the batch again for a day, with everything behind it
        waiting. It is left to the sweep. Raises ``Unavailable`` where nothing could be published.
        """
        messages: list[Message] = []
        again, found = None, heard(records)
        for image, said in found.items():
            try:
                messages += self.follow(image, said)
            except Unavailable as fault:
                log.warning("%s", fault.words)
                again = said.first
                break
            except Exception:
                log.exception("What follows for this image is left to the sweep.", extra={"image": image})
        self.topic.publish(messages)
        done = found if again is None else heard(records[:again])
        self._count([row for said in done.values() for row in said.rows if row.actor != ARRIVAL])
        return again

    def _count(self, rows: Sequence[Row]) -> None:
        """Last, and once: figures are no reason to follow everything again."""
        try:
            self.count([Ended(row.actor, row.state, row.at.timestamp(), row.ms) for row in rows])
        except Unavailable as fault:
            log.warning("%d runs are missing in the figures: %s", len(rows), fault.words)

    def follow(self, image: str, said: Heard) -> list[Message]:
        """The events about one image: rows that landed, and the runs that are due because of them."""
        now = datetime.now(UTC)
        ready = {(task.actor, task.revision): task for task in said.demanded}
        landed = {row.actor for row in said.rows}
        if landed:
            for task in self.ledger.followed(image, self.engine.follow):
                actor = self.engine.chain.get(task.actor)
                if actor and landed.intersection(self.engine.chain.awaited(actor)):
                    ready[task.actor, task.revision] = task
        told = [settled(row, self.source) for row in said.rows]
        return [*(due(task, self.source, now) for task in ready.values()), *told]


def heard(records: Sequence[Mapping[str, Any]]) -> dict[str, Heard]:
    """What the records say, by image, in the order in which the images come first."""
    found: dict[str, Heard] = {}
    for place, record in enumerate(records):
        if record.get("eventName") != "INSERT":
            continue
        item = loaded(record["dynamodb"]["NewImage"])
        if item["sk"].startswith(ROW) and (row := row_of(item)):
            found.setdefault(item["pk"], Heard(place)).rows.append(row)
        elif item["sk"].startswith(TASK) and item.get("demanded"):
            found.setdefault(item["pk"], Heard(place)).demanded.append(task_of(item))
    return found


def overdue(engine: Engine, ledger: Called, topic: Topic, source: str, seconds: float, limit: int) -> int:
    """Publish again what has been due for so many seconds and is held by nobody; how many runs that were."""
    now, late = datetime.now(UTC), ledger.overdue(seconds, limit)
    topic.publish([due(task, source, now) for task in late])
    return len(late)
