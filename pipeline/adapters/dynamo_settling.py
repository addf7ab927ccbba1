"""How a run ends in the table: its row is inserted and its task goes, or it is to be tried again."""

import time
from dataclasses import replace

from pipeline.adapters.dynamo_items import MENTION, TASK, TURN, named, overtaken_key, row_item, task_key
from pipeline.adapters.dynamo_table import NEW, THERE, Check, Delete, Put, Step, Table, Update, Value
from pipeline.adapters.dynamo_tombstones import alive, stands
from pipeline.adapters.dynamo_turns import Partition, rounds, unmoved
from pipeline.erasure import mentioned, without
from pipeline.ledger import Again, Row


def settle(table: Table, row: Row) -> bool:
    """Write a row and take its task away: one transaction and nothing else, where all is as usual.

    Was anything changed? Not by a second row of a revision, a late one, or one of an image that is gone. What
    it says of an image that was erased meanwhile is left out.
    """
    now = {"now": time.time()}
    usual = (Put(row_item(row), NEW), Delete(row.image, task_key(row.actor, row.revision), unmoved(), now))
    if table.write(*usual, *_mentions(row)):
        return True
    for _ in rounds():
        row = replace(row, result=without(row.result, lambda image: stands(table, image)))
        steps = _unusual(Partition(table, row.image), row)
        if not steps or table.write(*steps):
            return bool(steps)
    raise AssertionError  # rounds() ends with words


def _unusual(seen: Partition, row: Row) -> list[Step]:
    """The steps where the task is not there as it was claimed, the row is, or the image is held still."""
    ended = overtaken_key(row.actor, row.revision)
    over: list[Step] = [Delete(row.image, ended)] if ended in seen.items else []
    if not seen.there:
        return over
    now, before = {"now": time.time()}, seen.rows.get(row.actor)
    answered = [
        sk for sk in seen.items
        if sk.startswith(TASK) and (name := named(sk)) and name[0] == row.actor and name[1] <= row.revision
    ]  # fmt: skip
    steps = [*over, *(Delete(row.image, sk, unmoved(), now) for sk in answered)]
    if before is None or row.revision > before.revision:
        steps += [Put(row_item(row), NEW), *_mentions(row)]
        if not answered:
            steps.append(Check(row.image, TURN, unmoved(), now))
    return steps


def _mentions(row: Row) -> list[Step]:
    """The steps that let an image know whose rows speak of it, as long as it is not erased."""
    if (earlier := mentioned(row.result)) is None:
        return []
    known = {"pk": earlier.image, "sk": f"{MENTION}{row.image}"}
    return [Put(known), alive(earlier.image)]


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
            table.write(Delete(task.image, overtaken_key(task.actor, task.revision)))
            return
