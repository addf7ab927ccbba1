"""Facts, counted runs and parked ones in a ledger's file or a table, written as the ledger writes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pipeline import codec
from pipeline.adapters import dynamo_tallies, sqlite_facts, sqlite_ledger, sqlite_tallies
from pipeline.adapters.dynamo_cases import DynamoCases
from pipeline.adapters.dynamo_items import head_item, row_item
from pipeline.adapters.dynamo_numbers import DynamoNumbers
from pipeline.adapters.dynamo_table import Put, Table
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_totals import SqliteTotals
from pipeline.digest import Naming
from pipeline.figures import Day, Facts, Numbers, Totals
from pipeline.ledger import Row
from pipeline.model import Source
from pipeline.results import Arrived, Failed

TEAM, CHANNEL, PRIVATE = "T0SANDBOX1", "C0PICTURES", "G0PRIVATE1"
DAY = Day(datetime(2026, 11, 22, tzinfo=UTC).date())
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Book(Protocol):
    """Writes images as they would stand in the ledger."""

    numbers: Numbers
    cases: Naming

    def image(self, channel: str = CHANNEL, at: datetime = NOON, **known: Any) -> Facts:
        """One image that came at noon of the day."""

    def count(self, runs: Sequence[tuple[str, str, float, float]]) -> None:
        """Runs that ended: actor, outcome, seconds since the epoch, milliseconds."""

    def park(self, facts: Facts, actor: str = "find_place", reason: str = "It broke.") -> None:
        """A run of the image was given up."""


def drawn(number: int, channel: str, at: datetime, known: dict[str, Any]) -> Facts:
    """The facts of an image; its id is made a moment before it comes in."""
    began = int(at.timestamp() * 1000) - 3
    return Facts(
        image=f"{began >> 16:08x}-{began & 0xFFFF:04x}-7000-8000-{number:012}",
        short=f"IMG-{number:04}",
        source="slack",
        team=TEAM,
        channel=channel,
        private=channel.startswith(("G", "D")),
        entered_at=at,
        **{"state": "done", "format": "JPEG", "decision": "cleared", **known},
    )


@dataclass
class DayBook:
    """``Book`` in a ledger's file."""

    folder: Path
    database: Database = field(init=False)
    written: int = 0

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "ledger.sqlite")
        self.database.define(sqlite_ledger.SCHEMA)
        self.numbers: Numbers = SqliteNumbers(self.database)
        self.totals: Totals = SqliteTotals(self.database)
        self.cases: Naming = SqliteCases(self.database)

    def image(self, channel: str = CHANNEL, at: datetime = NOON, **known: Any) -> Facts:
        """See ``Book.image``."""
        self.written += 1
        facts = drawn(self.written, channel, at, known)
        with self.database.write() as connection:
            sqlite_facts.write(connection, facts)
        return facts

    def count(self, runs: Sequence[tuple[str, str, float, float]]) -> None:
        """See ``Book.count``."""
        with self.database.write() as connection:
            for run in runs:
                sqlite_tallies.count(connection, *run)

    def park(self, facts: Facts, actor: str = "find_place", reason: str = "It broke.") -> None:
        """See ``Book.park``."""
        body = codec.dump(Failed(reason))
        values = (facts.image, actor, 1, 1, "failed", 1, "Failed", body, json.dumps({}), 3, 5.0)
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO results VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", (*values, NOON.timestamp())
            )


@dataclass
class CloudBook:
    """``Book`` in a table."""

    table: Table
    written: int = 0

    def __post_init__(self) -> None:
        self.numbers: Numbers = DynamoNumbers(self.table)
        self.cases: Naming = DynamoCases(self.table)

    def image(self, channel: str = CHANNEL, at: datetime = NOON, **known: Any) -> Facts:
        """See ``Book.image``."""
        self.written += 1
        facts = drawn(self.written, channel, at, known)
        source = Source("slack", "a.jpg", "F1", team=TEAM, channel=channel)
        arrived = Arrived(facts.image, facts.short, source, at)
        self.table.write(Put(head_item(arrived, f"d{self.written}", facts.state, facts)))
        return facts

    def count(self, runs: Sequence[tuple[str, str, float, float]]) -> None:
        """See ``Book.count``."""
        dynamo_tallies.count(self.table, [dynamo_tallies.Ended(*run) for run in runs])

    def park(self, facts: Facts, actor: str = "find_place", reason: str = "It broke.") -> None:
        """See ``Book.park``."""
        self.table.write(Put(row_item(Row(facts.image, actor, Failed(reason), NOON, attempts=3))))
