"""The ledger in DynamoDB: rows and tasks are items that are written once; docs/decisions/0023."""

import time
from collections.abc import Mapping, Sequence
from itertools import chain, groupby, islice

from pipeline.adapters import dynamo_claims as claims
from pipeline.adapters import dynamo_entering as entering
from pipeline.adapters import dynamo_following as following
from pipeline.adapters.dynamo_settling import put_off, settle
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.dynamo_turns import Partition
from pipeline.ledger import Busy, Entry, Follow, Outcome, Rows, Settled, Task, Work
from pipeline.model import Source


class DynamoLedger:
    """``pipeline.ledger.Ledger`` and ``Called`` on one table. Safe for any number of processes and threads.

    There is one transaction for each arrival, each outcome and each plan, not one for a whole turn. What is
    killed between an outcome and its plan is found by ``stalled``.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._day_noted = False

    def enter(self, arrivals: Sequence[tuple[str, Source]], follow: Follow) -> list[Entry]:
        """See ``Ledger.enter``: one transaction each."""
        if not self._day_noted:
            entering.note_day(self._table)
            self._day_noted = True
        return [entering.enter(self._table, delivery, source, follow) for delivery, source in arrivals]

    def turn(
        self, worker: str, outcomes: Sequence[Outcome], follow: Follow, *, want: int, lease: float
    ) -> list[Work]:
        """See ``Ledger.turn``.

        A row costs one transaction; with a ``follow`` that looks at rows or tasks a query more, and one
        transaction more where something follows.
        """
        for outcome in outcomes:
            if not isinstance(outcome, Settled):
                put_off(self._table, worker, outcome)
            elif settle(self._table, outcome.row):
                following.follow(self._table, outcome.row.image, follow)
        return claims.claim(self._table, worker, want, lease)

    def take(self, worker: str, task: Task, lease: float) -> Work | Busy | None:
        """See ``Called.take``: one write and one query."""
        return claims.take(self._table, worker, task, lease)

    def followed(self, image: str, follow: Follow) -> list[Task]:
        """See ``Called.followed``: one query, and one transaction where something follows."""
        seen, plan = following.follow(self._table, image, follow)
        started = {task.actor for task in plan.start}
        return [*plan.start, *(task for task in seen.free() if task.actor not in started)]

    def overdue(self, seconds: float, limit: int) -> list[Task]:
        """See ``Called.overdue``."""
        return claims.overdue(self._table, seconds, limit)

    def extend(self, workers: Sequence[str], lease: float) -> None:
        """See ``Ledger.extend``."""
        if workers:
            claims.extend(self._table, workers, lease)

    def release(self, worker: str) -> list[Work]:
        """See ``Ledger.release``."""
        return claims.release(self._table, worker)

    def holders(self) -> list[str]:
        """See ``Ledger.holders``."""
        return sorted({item["owner"] for item in claims.held(self._table)})

    def expire(self) -> int:
        """See ``Ledger.expire``."""
        return claims.expire(self._table)

    def rows(self, image: str) -> Rows:
        """See ``Ledger.rows``."""
        return Partition(self._table, image).rows

    def open_tasks(self, image: str) -> Mapping[str, Task]:
        """See ``Ledger.open_tasks``."""
        return Partition(self._table, image).tasks

    def demand(self, tasks: Sequence[Task]) -> None:
        """See ``Ledger.demand``: one transaction for each image."""
        for image, some in groupby(sorted(tasks, key=lambda task: task.image), lambda task: task.image):
            following.demand(self._table, image, list(some))

    def stalled(self, limit: int) -> list[str]:
        """See ``Ledger.stalled``. An image whose row has just landed may be among them; that does no harm."""
        return claims.stalled(self._table, limit)

    def resume(self, image: str, follow: Follow) -> None:
        """See ``Ledger.resume``."""
        following.follow(self._table, image, follow, demanded=True)

    def images(self, after: str, limit: int) -> list[str]:
        """See ``Ledger.images``: day by day, from the first one with an image."""
        found = chain.from_iterable(
            self._table.index("days", day, after=after) for day in entering.days(self._table, after)
        )
        return [head["pk"] for head in islice(found, limit)]

    def wait(self, seconds: float) -> None:
        """See ``Ledger.wait``: nobody tells; it sleeps."""
        time.sleep(seconds)
