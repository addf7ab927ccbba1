"""Who runs what in the table, until when: claims, leases, and what is still to be done."""

import heapq
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from pipeline.adapters.dynamo_items import TASK, task_key, task_of
from pipeline.adapters.dynamo_schema import SHARDS
from pipeline.adapters.dynamo_table import THERE, Delete, Table, Update, Value
from pipeline.adapters.dynamo_turns import Partition, rounds, unmoved
from pipeline.ledger import Busy, Task, Work

CLAIM = "SET #owner=:owner,#until=:until,#attempts=#attempts+:one,#lost=#lost+:one"
FREE = "REMOVE #owner,#until"


def open_items(
    table: Table, kind: str, *, backwards: bool = False, page: int | None = None
) -> Iterator[dict[str, Any]]:
    """What the index ``open`` holds of a kind (task, waiting, parked), all shards merged in its order."""
    shards = [table.index("open", f"{kind}#{n}", backwards=backwards, page=page) for n in range(SHARDS)]
    yield from heapq.merge(*shards, key=itemgetter("open_sk"), reverse=backwards)


def claim(table: Table, worker: str, want: int, lease: float) -> list[Work]:
    """Give up to ``want`` due runs that nobody holds to a worker, the most urgent first."""
    if want <= 0:
        return []
    due = (task_of(i) for i in open_items(table, "task") if "owner" not in i and i["due_at"] <= time.time())
    mine = (
        work for task in due if (work := _claimed(table, worker, task, lease, "attribute_not_exists(#owner)"))
    )
    return list(islice(mine, want))


def take(table: Table, worker: str, task: Task, lease: float) -> Work | Busy | None:
    """Claim this very run. A write and a query where it is free, a write and a look where it is not.

    Waits where the image is held still.
    """
    for _ in rounds():
        if work := _claimed(table, worker, task, lease, "(attribute_not_exists(#owner) OR #until<:now)"):
            return work
        found = table.get(task.image, task_key(task.actor, task.revision))
        if found is None:
            return None
        until = max(found["due_at"], found.get("until", 0))
        if until >= time.time():
            return Busy(float(until))
    raise AssertionError  # rounds() ends with words


def _claimed(table: Table, worker: str, task: Task, lease: float, free: str) -> Work | None:
    now = time.time()
    given: dict[str, Value] = {"owner": worker, "until": now + lease, "one": 1, "now": now}
    condition = unmoved(f"{THERE} AND #due_at<=:now AND {free}")
    if not table.write(Update(task.image, task_key(task.actor, task.revision), CLAIM, condition, given)):
        return None
    seen = Partition(table, task.image)
    if not seen.there:  # erased meanwhile
        table.write(Delete(task.image, task_key(task.actor, task.revision), "#owner=:me", {"me": worker}))
        return None
    mine = seen.tasks.get(task.actor)
    known = mine and mine.revision == task.revision
    return Work(replace(mine, running=False), seen.rows) if mine and known else None


def extend(table: Table, workers: Collection[str], lease: float) -> None:
    """Let what these workers hold stay theirs."""
    for item in held(table):
        if item["owner"] in workers:
            given = {"until": time.time() + lease, "owner": item["owner"]}
            table.write(Update(item["pk"], item["sk"], "SET #until=:until", "#owner=:owner", given))


def release(table: Table, worker: str) -> list[Work]:
    """Take everything from a worker."""
    mine = [item for item in held(table) if item["owner"] == worker]
    freed = [i for i in mine if table.write(Update(i["pk"], i["sk"], FREE, "#owner=:me", {"me": worker}))]
    return [Work(replace(task_of(i), running=False), Partition(table, i["pk"]).rows) for i in freed]


def expire(table: Table) -> int:
    """Free what is held by leases that ran out; how many."""
    late = [item for item in held(table) if item["until"] < time.time()]
    given = {"now": time.time()}
    return sum(table.write(Update(i["pk"], i["sk"], FREE, "#until<:now", given)) for i in late)


def held(table: Table) -> Iterator[dict[str, Any]]:
    """The tasks that somebody holds."""
    return (item for item in open_items(table, "task") if "owner" in item)


def overdue(table: Table, seconds: float, limit: int) -> list[Task]:
    """What has been due, or held by a lease that ran out, for so long."""
    before = time.time() - seconds
    late = (i for i in open_items(table, "task") if max(i["due_at"], i.get("until", 0)) <= before)
    return [task_of(item) for item in islice(late, limit)]


def stalled(table: Table, limit: int) -> list[str]:
    """Images that wait with nothing due: by the index, and then by a look at each."""
    shards = (_stalled(table, n) for n in range(SHARDS))
    return list(islice(chain.from_iterable(shards), limit))


def _stalled(table: Table, n: int) -> Iterator[str]:
    busy = {item["pk"] for item in table.index("open", f"{TASK}{n}")}
    for head in table.index("open", f"waiting#{n}"):
        if head["pk"] not in busy and not any(table.query(head["pk"], TASK)):
            yield head["pk"]
