"""People's questions, answered from the DynamoDB table by keys and indexes."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pipeline.adapters.dynamo_claims import open_items
from pipeline.adapters.dynamo_entering import days
from pipeline.adapters.dynamo_following import COUNTS
from pipeline.adapters.dynamo_items import (
    HEAD,
    TOMBSTONE,
    channel_key,
    listed,
    message_key,
    person_key,
    row_of,
    short_key,
)
from pipeline.adapters.dynamo_schema import SHARDS
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.dynamo_turns import Partition
from pipeline.catalog import Erased, Listed, Queue
from pipeline.errors import Unknown
from pipeline.ledger import ARRIVAL, Row
from pipeline.ports import Report
from pipeline.report import report
from pipeline.shortid import normal

LONGEST = 64
"""Characters of a name that can be one."""


class DynamoCatalog:
    """``pipeline.catalog.Catalog`` on the table. ``actors``: the names of the chain's.

    Lists by channel, person and day come from indexes, which may lag behind for a moment; a single image, the
    images of a message and reports do not.
    """

    def __init__(self, table: Table, actors: Sequence[str]) -> None:
        self._table, self._actors = table, tuple(actors)

    def find(self, name: str) -> Listed | None:
        """See ``Catalog.find``."""
        image = self._image(name)
        head = self._table.get(image, HEAD) if image else None
        return listed(head) if head else None

    def erased(self, name: str) -> Erased | None:
        """See ``Catalog.erased``."""
        image = self._image(name)
        stone = self._table.get(image, TOMBSTONE) if image else None
        if image is None or stone is None:
            return None
        at = datetime.fromtimestamp(stone["at"], UTC)
        return Erased(image, stone["short"], at, stone["state"] == "erased")

    def of_channel(self, team: str, channel: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_channel``."""
        key = channel_key(team, channel)
        return _listed(self._table.index("channels", key, backwards=True, page=limit), limit)

    def of_person(self, team: str, person: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_person``."""
        return _listed(
            self._table.index("people", person_key(team, person), backwards=True, page=limit), limit
        )

    def of_message(self, team: str, channel: str, message: str) -> list[Listed]:
        """See ``Catalog.of_message``."""
        found = self._table.query(message_key(team, channel, message))
        heads = (self._table.get(item["sk"], HEAD) for item in found)
        return [listed(head) for head in heads if head]

    def newest(self, limit: int) -> list[Listed]:
        """See ``Catalog.newest``: a question for each day back to the last one with enough of them."""
        return _listed(self._backwards(limit), limit)

    def report(self, image: str) -> Report:
        """See ``Catalog.report``."""
        seen = Partition(self._table, image)
        if ARRIVAL not in (rows := seen.rows):
            raise Unknown(f"There is no image '{image}'.")
        return report(rows, seen.tasks, self._actors)

    def parked(self, limit: int) -> list[Row]:
        """See ``Catalog.parked``. One that was superseded this moment may be among them."""
        return [
            row_of(i) for i in islice(open_items(self._table, "parked", backwards=True, page=limit), limit)
        ]

    def queue(self) -> Queue:
        """See ``Catalog.queue``: counted from the index; settled images by numbers that are kept."""
        now, tasks = time.time(), list(open_items(self._table, "task"))
        idle = [item["due_at"] for item in tasks if "owner" not in item]
        return Queue(
            waiting=sum(due_at <= now for due_at in idle),
            running=len(tasks) - len(idle),
            delayed=sum(due_at > now for due_at in idle),
            parked=self._count("parked"),
            oldest_seconds=max(0.0, now - min(idle, default=now)),
            images=self._states(),
        )

    def _image(self, name: str) -> str | None:
        """The image that an id or a short id names, be it there or erased."""
        image = name.strip().lower()
        if not 0 < len(image) <= LONGEST:
            return None
        found = self._table.get(short_key(normal(name)), "short")
        return str(found["image"]) if found else image

    def _backwards(self, limit: int) -> Iterator[dict[str, Any]]:
        for day in reversed(days(self._table)):
            yield from self._table.index("days", day, backwards=True, page=limit)

    def _count(self, kind: str) -> int:
        return sum(self._table.count("open", f"{kind}#{n}") for n in range(SHARDS))

    def _states(self) -> dict[str, int]:
        found = Counter(waiting=self._count("waiting"))
        for item in self._table.query(COUNTS):
            found[item["sk"].partition("#")[0]] += item["images"]
        return {state: count for state, count in found.items() if count > 0}


def _listed(heads: Iterable[dict[str, Any]], limit: int) -> list[Listed]:
    return [listed(head) for head in islice(heads, limit)]
