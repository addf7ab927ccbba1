"""A ledger's file with facts and parked runs in it, written as the ledger writes them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import codec
from pipeline.adapters import sqlite_facts, sqlite_ledger
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.figures import Day, Facts
from pipeline.results import Failed

TEAM, CHANNEL, PRIVATE = "T0SANDBOX1", "C0PICTURES", "G0PRIVATE1"
DAY = Day(datetime(2026, 11, 22, tzinfo=UTC).date())
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class DayBook:
    """Writes images as they would stand in the ledger."""

    folder: Path
    database: Database = field(init=False)
    written: int = 0

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "ledger.sqlite")
        self.database.define(sqlite_ledger.SCHEMA)
        SqliteNumbers(self.database)

    def image(self, channel: str = CHANNEL, at: datetime = NOON, **known: Any) -> Facts:
        """One image that came at noon of the day."""
        self.written += 1
        facts = Facts(
            image=f"00000000-0000-7000-8000-{self.written:012}",
            short=f"IMG-{self.written:04}",
            source="slack",
            team=TEAM,
            channel=channel,
            private=channel.startswith(("G", "D")),
            entered_at=at,
            **{"state": "done", "format": "JPEG", "decision": "cleared", **known},
        )
        with self.database.write() as connection:
            sqlite_facts.write(connection, facts)
        return facts

    def park(self, facts: Facts, actor: str = "find_place", reason: str = "It broke.") -> None:
        """A run of the image was given up."""
        body = codec.dump(Failed(reason))
        values = (facts.image, actor, 1, 1, "failed", 1, "Failed", body, json.dumps({}), 3, 5.0)
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO results VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", (*values, NOON.timestamp())
            )
