"""How a run ends in the table: its row is inserted and its task goes, or it is to be tried again."""

import time

from pipeline.adapters.dynamo_items import TASK, TURN, named, row_item, task_key
from pipeline.adapters.dynamo_table import NEW, THERE, Check, Delete, Put, Step, Table, Update, Value
from pipeline.adapters.dynamo_turns import Partition, rounds, unmoved
from pipeline.ledger import Again, Row


def settle(table: Table, row: Row) -> bool:
    """Write a row and take its task away: one transaction and nothing else, where all is as usual.

    Was anything changed? Not by a second row of a revision, a late one, or one of an image that is gone.
    """
    now = {"now": time.time()}
    usual = (Put(row_item(row), NEW), Delete(row.image, task_key(row.actor, row.revision), unmoved(), now))
    if table.write(*usual):
        return True
    for _ in rounds():
        steps = _unusual(Partition(table, row.image), row)
        if not steps or table.write(*steps):
            return bool(steps)
    raise AssertionError  # rounds() ends with words


def _unusual(seen: Partition, row: Row) -> list[Step]:
    """The steps where the task is not there as it was claimed, the row is, or the image is held still."""
    if not seen.there:
        return []
    now, before = {"now": time.time()}, seen.rows.get(row.actor)
    answered = [
        sk for sk in seen.items
        if sk.startswith(TASK) and (name := named(sk)) and name[0] == row.actor and name[1] <= row.revision
    ]  # fmt: skip
    steps: list[Step] = [Delete(row.image, sk, unmoved(), now) for sk in answered]
    if before is None or row.revision > before.revision:
        steps.append(Put(row_item(row), NEW))
        if not answered:
            steps.append(Check(row.image, TURN, unmoved(), now))
    return steps


def put_off(table: Table, worker: str, outcome: Again) -> None:
    """Let a run be tried again later, unless somebody else has it by now or it is gone."""
    task = outcome.task
    key = task_key(task.actor, task.revision)
    change = "SET #due_at=:due,#error=:error,#lost=:lost REMOVE #owner,#until"
    condition = unmoved(f"{THERE} AND (#owner=:me OR attribute_not_exists(#owner))")
    for _ in rounds():
        given: dict[str, Value] = {"due": outcome.due_at, "error": outcome.error, "lost": task.lost}
        given |= {"me": worker, "now": time.time()}
        if table.write(Update(task.image, key, change, condition, given)):
            return
        found = table.get(task.image, key)
        if found is None or found.get("owner", worker) != worker:
            return
