"""What the suites of the small ports stand on: a ledger, what lies beside it, and rows written by hand."""

import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline import codec
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_appointments import DynamoAppointments
from pipeline.adapters.dynamo_cards import DynamoCards
from pipeline.adapters.dynamo_eraser import DynamoEraser
from pipeline.adapters.dynamo_habits import DynamoHabits
from pipeline.adapters.dynamo_items import RESULT, TASK, row_item
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_notes import DynamoNotes
from pipeline.adapters.dynamo_opinions import DynamoOpinions
from pipeline.adapters.dynamo_owners import DynamoOwners
from pipeline.adapters.dynamo_shares import DynamoShares
from pipeline.adapters.dynamo_table import Delete, Put, Table, Update, loaded
from pipeline.adapters.dynamo_twins import DynamoTwins
from pipeline.adapters.dynamo_uses import DynamoUses
from pipeline.adapters.dynamo_wakes import DynamoWakes
from pipeline.adapters.sqlite_appointments import SqliteAppointments
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_opinions import SqliteOpinions
from pipeline.adapters.sqlite_owners import SqliteOwners
from pipeline.adapters.sqlite_shares import SqliteShares
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.adapters.sqlite_uses import SqliteUses
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.cards import Cards, Shares
from pipeline.diary import Diary
from pipeline.erasure import Eraser
from pipeline.habits import Habits
from pipeline.ledger import Ledger, Row
from pipeline.opinions import Opinions
from pipeline.ports import Notes, Owners, Twins, Uses
from pipeline.wakes import Wakes
from pipeline.wishes import Unheard


class Wishes(Notes, Unheard, Protocol):
    """Both sides of what people asked for."""


class Ground(Protocol):
    """One engine's ledger and what lies beside it."""

    ledger: Ledger
    notes: Wishes
    twins: Twins
    owners: Owners
    diary: Diary
    eraser: Eraser
    cards: Cards
    shares: Shares
    opinions: Opinions
    habits: Habits
    wakes: Wakes

    def again(self) -> "Ground":
        """The same, as another process sees it."""

    def uses(self, waiting: Collection[str], restore_for: float) -> Uses:
        """Who needs an original."""

    def write(self, row: Row) -> None:
        """A row as if an actor had ended with it, with nothing following."""

    def drop(self, image: str, actor: str) -> None:
        """An image has no row of this actor."""

    def only_task(self, image: str, actor: str) -> None:
        """All open runs of the image are this actor's."""

    def age(self, seconds: float) -> None:
        """Move all notes and appointments into the past."""

    def forget(self, image: str, sha256: str) -> None:
        """The image has gone, and so has its use."""

    def appointments(self) -> dict[tuple[str, str], float]:
        """When who looks at what again: by image and actor, seconds since the epoch."""

    def text(self) -> str:
        """Everything that is kept beside files."""

    def close(self) -> None:
        """Let go of files."""


@dataclass
class OnSqlite:
    """All in one file."""

    folder: Path

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "ledger.sqlite")
        self.ledger: Ledger = SqliteLedger(self.database)
        self.notes: Wishes = SqliteNotes(self.database)
        self.twins: Twins = SqliteTwins(self.database)
        self.owners: Owners = SqliteOwners(self.database)
        self.diary: Diary = SqliteAppointments(self.database)
        self.eraser: Eraser = SqliteEraser(self.database)
        self.cards: Cards = SqliteCards(self.database)
        self.shares: Shares = SqliteShares(self.database)
        self.opinions: Opinions = SqliteOpinions(self.database)
        self.habits: Habits = SqliteHabits(self.database)
        self.wakes: Wakes = SqliteWakes(self.database)

    def again(self) -> Ground:
        return OnSqlite(self.folder)

    def uses(self, waiting: Collection[str], restore_for: float) -> Uses:
        return SqliteUses(self.database, waiting, restore_for)

    def write(self, row: Row) -> None:
        key = (row.image, row.actor, row.revision, row.version, row.state, row.parked)
        body = (codec.kind(row.result), codec.dump(row.result), json.dumps(dict(row.inputs)))
        self._do(
            "INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            *key, *body, row.attempts, row.ms, row.at.timestamp(),
        )  # fmt: skip

    def drop(self, image: str, actor: str) -> None:
        self._do("DELETE FROM results WHERE image=? AND actor=?", image, actor)

    def only_task(self, image: str, actor: str) -> None:
        self._do("UPDATE tasks SET actor=? WHERE image=?", actor, image)

    def age(self, seconds: float) -> None:
        self._do("UPDATE notes SET at=at-?", seconds)
        self._do("UPDATE appointments SET at=at-?", seconds)

    def forget(self, image: str, sha256: str) -> None:
        self._do("DELETE FROM uses WHERE image=?", image)
        self._do("DELETE FROM results WHERE image=?", image)

    def appointments(self) -> dict[tuple[str, str], float]:
        rows = self.database.read("SELECT image, actor, at FROM appointments")
        return {(row["image"], row["actor"]): row["at"] for row in rows}

    def text(self) -> str:
        return ""  # it lies in files

    def close(self) -> None:
        self.database.close()

    def _do(self, statement: str, *values: object) -> None:
        with self.database.write() as connection:
            connection.execute(statement, values)


@dataclass
class OnDynamo:
    """All in one table."""

    table: Table

    def __post_init__(self) -> None:
        self.ledger: Ledger = DynamoLedger(self.table)
        self.notes: Wishes = DynamoNotes(self.table)
        self.twins: Twins = DynamoTwins(self.table)
        self.owners: Owners = DynamoOwners(self.table)
        self.diary: Diary = DynamoAppointments(self.table, self.ledger.images)
        self.eraser: Eraser = DynamoEraser(self.table)
        self.cards: Cards = DynamoCards(self.table)
        self.shares: Shares = DynamoShares(self.table)
        self.opinions: Opinions = DynamoOpinions(self.table)
        self.habits: Habits = DynamoHabits(self.table)
        self.wakes: Wakes = DynamoWakes(self.table)

    def again(self) -> Ground:
        return OnDynamo(Table(self.table.name))

    def uses(self, waiting: Collection[str], restore_for: float) -> Uses:
        return DynamoUses(self.table, waiting, restore_for)

    def write(self, row: Row) -> None:
        self.table.write(Put(row_item(row)))

    def drop(self, image: str, actor: str) -> None:
        for item in self.table.query(image, f"{RESULT}{actor}#"):
            self.table.write(Delete(image, item["sk"]))

    def only_task(self, image: str, actor: str) -> None:
        for item in list(self.table.query(image, TASK)):
            self.table.write(Delete(image, item["sk"]), Put(item | {"sk": f"{TASK}{actor}#000001"}))

    def age(self, seconds: float) -> None:
        for image in self.ledger.images("", 1000):
            for kind in ("note#", "appointment#"):
                for item in list(self.table.query(image, kind)):
                    self._put_back(item, seconds)

    def _put_back(self, item: dict[str, object], seconds: float) -> None:
        sk, at = str(item["sk"]), float(str(item.get("open_sk", time.time()))) - seconds
        self.table.write(
            Update(str(item["pk"]), sk, "SET #at=:at,#open_sk=:sk", given={"at": at, "sk": f"{at:017.6f}"})
        )

    def forget(self, image: str, sha256: str) -> None:
        self.table.write(Delete(f"sha256#{sha256}", f"use#{image}"))
        for item in list(self.table.query(image)):
            self.table.write(Delete(image, item["sk"]))

    def appointments(self) -> dict[tuple[str, str], float]:
        found = [item for n in range(8) for item in self.table.index("open", f"appointment#{n}")]
        return {(item["pk"], item["sk"].partition("#")[2]): float(item["open_sk"]) for item in found}

    def text(self) -> str:
        scanned = client("dynamodb").get_paginator("scan").paginate(TableName=self.table.name)
        items = [loaded(item) for page in scanned for item in page["Items"]]
        return " ".join(f"{name}={value}" for item in items for name, value in item.items())

    def close(self) -> None:
        """Nothing is open."""
