"""What follows from an image's rows, written into the table: tasks, rows of skipped runs, state, facts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from pipeline.adapters.dynamo_items import (
    HEAD,
    facts_of,
    facts_text,
    overtaken_key,
    result_key,
    row_item,
    task_item,
    task_key,
    waiting_keys,
)
from pipeline.adapters.dynamo_table import NEW, THERE, Delete, Put, Step, Table, Update, Value
from pipeline.adapters.dynamo_turns import Late, Partition, rounds
from pipeline.figures import Facts
from pipeline.ledger import Follow, Plan, Task

COUNTS, COUNT_SHARDS = "counts", 64
"""The partition of the numbers of images by state, each number in so many parts."""


def follow(table: Table, image: str, decide: Follow, *, demanded: bool = False) -> tuple[Partition, Plan]:
    """Write what follows: what was read of the image when that was decided, and what was decided.

    ``demanded``: the stream shall tell of the runs that this makes due, because no row that lands does.
    Nothing follows of an image that does not exist. Nothing is read where ``decide`` looks at nothing and
    asks for nothing.
    """
    for _ in rounds():
        seen = Partition(table, image)
        plan = decide(image, Late(seen, "rows"), Late(seen, "tasks"))
        if plan == Plan() and not seen.was_read:
            return seen, plan
        if not seen.there:
            return seen, Plan()
        if table.write(*_steps(seen, plan, demanded=demanded)):
            return seen, plan
    raise AssertionError  # rounds() ends with words


def demand(table: Table, image: str, tasks: Sequence[Task]) -> None:
    """Make runs of an image due; a run of an older revision is taken from whoever has it."""
    newest = {task.actor: task for task in sorted(tasks, key=lambda task: task.revision)}
    for _ in rounds():
        seen = Partition(table, image)
        if not seen.there:
            return
        steps = [*_due(seen, list(newest.values()), demanded=True), *_head(seen, "waiting", None)]
        if not steps or table.write(seen.takes_turn(), *steps):
            return


def counted(image: str, state: str, more: int) -> Step:
    """Add to the number of images in a state. Those that wait are counted by the index instead."""
    key = f"{state}#{crc32(image.encode()) % COUNT_SHARDS:02d}"
    return Update(COUNTS, key, "ADD #images :more", given={"more": more})


def _steps(seen: Partition, plan: Plan, *, demanded: bool) -> list[Step]:
    now = plan.state or ("waiting" if plan.start else None)
    skipped = [row_item(row) for row in plan.skip if result_key(row.actor, row.revision) not in seen.items]
    due = _due(seen, plan.start, demanded=demanded)
    steps = [*due, *(Put(item, NEW) for item in skipped), *_head(seen, now, plan.facts)]
    guard = [seen.takes_turn()] if steps else []
    return [*guard, *steps, *_superseded(seen, plan)]


def _due(seen: Partition, tasks: Sequence[Task], *, demanded: bool = False) -> list[Step]:
    """The steps that make tasks due. One that is open stays, unless a newer revision is asked for."""
    steps: list[Step] = []
    for task in tasks:
        before = seen.tasks.get(task.actor)
        if before is None or before.revision < task.revision:
            if before:
                steps += _overtaken(seen, before)
            steps.append(Put(task_item(task, demanded=demanded), NEW))
    return steps


def _overtaken(seen: Partition, task: Task) -> list[Step]:
    """The steps that take a task away for a newer one. While somebody still runs it, that is remembered."""
    key = task_key(task.actor, task.revision)
    if not task.running:
        return [Delete(seen.image, key, "attribute_not_exists(#owner)")]
    known = {"pk": seen.image, "sk": overtaken_key(task.actor, task.revision)}
    return [Delete(seen.image, key), Put(known | {"until": seen.items[key]["until"]})]


def _head(seen: Partition, state: str | None, facts: Facts | None) -> list[Step]:
    """The steps that write state and facts, where they have changed."""
    head, values = seen.head, dict[str, Value]()
    steps: list[Step] = []
    if state and state != head["state"]:
        values |= {"state": state, **waiting_keys(seen.image, state)}
        steps += [
            counted(seen.image, name, more)
            for name, more in ((head["state"], -1), (state, 1))
            if name != "waiting"
        ]
    if facts and (text := facts_text(_as_first_told(facts, head))) != head.get("facts"):
        values["facts"] = text
    if values:
        steps.append(_changed(seen.image, values))
    return steps


def _changed(image: str, values: dict[str, Value]) -> Update:
    known = {name: value for name, value in values.items() if value is not None}
    gone = [f"#{name}" for name, value in values.items() if value is None]
    change = "SET " + ",".join(f"#{name}=:{name}" for name in known)
    return Update(image, HEAD, change + (f" REMOVE {','.join(gone)}" if gone else ""), THERE, known)


def _as_first_told(facts: Facts, head: dict[str, Any]) -> Facts:
    """The time to the verdict is the first run's."""
    before = facts_of(head["facts"]) if "facts" in head else None
    if before is None or before.verdict_seconds is None:
        return facts
    return replace(facts, verdict_seconds=before.verdict_seconds)


def _superseded(seen: Partition, plan: Plan) -> list[Step]:
    """The steps that take rows out of the index of parked ones once they are not the newest any more."""
    if not (parked := seen.parked()):
        return []
    newest = {row.actor: row.revision for row in [*seen.rows.values(), *plan.skip]}
    return [
        Update(seen.image, sk, "REMOVE #open_pk,#open_sk", THERE)
        for sk, actor in parked.items()
        if sk != result_key(actor, newest[actor])
    ]
