"""How changes of one image take turns in a table that has no transaction around a read and a decision.

Who decides something from what it read of an image (what follows, what was demanded) counts the image's
``turn`` up, in the transaction that writes what was decided, and only from the number that it had read: of
two that read the same, one writes and the other reads again. Rows and claims need no turn: each is one
condition on one item.

``still`` (``pipeline.publication.Standings``) writes until when nothing may happen (``still``) first into the
turn, so that no task comes, and then into every task that is open, so that none is claimed and none goes. All
writers of both have the condition ``MOVING``: it rides on items that they write anyway, and so costs nothing.
"""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from pipeline.adapters.dynamo_items import HEAD, NOTE, RESULT, TASK, TURN, named, row_of, task_key, task_of
from pipeline.adapters.dynamo_table import THERE, Table, Update
from pipeline.errors import Unavailable
from pipeline.ledger import Rows, Task

HELD = 20.0
"""Seconds after which who holds an image still has lost it."""
PATIENCE = HELD + 5.0
"""Seconds for which a writer tries, should others come first or the image be held still."""
FIRST, LONGEST = 0.005, 0.25
"""Seconds between two tries."""
MOVING = "(attribute_not_exists(#still) OR #still<:now)"
"""The condition that an item is not held still; ``:now`` in seconds since the epoch."""

T = TypeVar("T")


def rounds() -> Iterator[None]:
    """Once for every try to read, decide and write. Raises ``Unavailable`` when patience ends."""
    until, pause = time.monotonic() + PATIENCE, FIRST
    while True:
        yield
        if time.monotonic() > until:
            raise Unavailable("Others change the same image all the time, or hold it still.")
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(2 * pause, LONGEST)


class Partition:
    """What is kept of one image, read when it is first asked for, and once."""

    def __init__(self, table: Table, image: str) -> None:
        self._table, self.image = table, image

    @cached_property
    def items(self) -> dict[str, dict[str, Any]]:
        """All items by sort key. A query is no snapshot: the order in which it goes makes up for that.

        The turn is read first, so whatever was planned since is noticed; then the tasks and only then the
        rows, so that a run that ends meanwhile is seen twice and not never.
        """
        return {item["sk"]: item for item in self._table.query(self.image, backwards=True)}

    @property
    def was_read(self) -> bool:
        """Did anybody look into it?"""
        return "items" in self.__dict__

    @property
    def there(self) -> bool:
        """Is there such an image?"""
        return HEAD in self.items and TURN in self.items

    @property
    def head(self) -> dict[str, Any]:
        """The head; empty where there is no such image."""
        return self.items.get(HEAD, {})

    @property
    def turns(self) -> int:
        """How often somebody has planned."""
        return int(self.items[TURN]["turns"])

    @property
    def newest(self) -> dict[str, dict[str, Any]]:
        """The items of the newest revision of every row, by actor."""
        found: dict[str, dict[str, Any]] = {}
        for item in self._of(RESULT):  # newest first
            if name := named(item["sk"]):
                found.setdefault(name[0], item)
        return found

    @property
    def rows(self) -> Rows:
        """The newest revision of every row, by actor."""
        return {actor: row_of(item) for actor, item in self.newest.items()}

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The open tasks, by actor."""
        found: dict[str, Task] = {}
        for item in self._of(TASK):
            if named(item["sk"]):
                found.setdefault((task := task_of(item)).actor, task)
        return found

    def free(self) -> list[Task]:
        """The open tasks that nobody holds, or by a lease that ran out."""
        until = {item["sk"]: item["until"] for item in self._of(TASK) if "owner" in item}
        return [
            replace(task, running=False)
            for task in self.tasks.values()
            if until.get(task_key(task.actor, task.revision), 0) < time.time()
        ]

    @property
    def wishes(self) -> set[str]:
        """What people asked for."""
        return {item["sk"].removeprefix(NOTE) for item in self._of(NOTE)}

    def parked(self) -> dict[str, str]:
        """Rows that stand in the index as parked: actor by sort key."""
        return {i["sk"]: name[0] for i in self._of(RESULT) if "open_pk" in i and (name := named(i["sk"]))}

    def open_keys(self) -> list[str]:
        """Sort keys of the open tasks."""
        return [item["sk"] for item in self._of(TASK)]

    def takes_turn(self) -> Update:
        """The step that lets all others of a transaction fail if somebody has planned since."""
        given = {"one": 1, "read": self.turns, "now": time.time()}
        return Update(self.image, TURN, "SET #turns=#turns+:one", f"#turns=:read AND {MOVING}", given)

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [item for sk, item in self.items.items() if sk.startswith(kind)]


class Late(Mapping[str, T]):
    """A mapping that is read when it is first looked into: most who settle a run do not."""

    def __init__(self, load: "Partition", what: str) -> None:
        self._load, self._what = load, what

    @cached_property
    def _found(self) -> Mapping[str, T]:
        found: Mapping[str, T] = getattr(self._load, self._what)
        return found

    def __getitem__(self, key: str) -> T:
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def unmoved(condition: str = THERE) -> str:
    """The condition, of an item that is not held still."""
    return f"{condition} AND {MOVING}"
