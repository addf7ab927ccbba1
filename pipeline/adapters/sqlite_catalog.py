"""People's questions, answered from the SQLite ledger by its indexes."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from sqlite3 import Row as Record

from pipeline import codec
from pipeline.adapters import sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import load_rows
from pipeline.adapters.sqlite_tasks import of_image
from pipeline.catalog import Erased, Listed, Queue
from pipeline.errors import Unknown
from pipeline.ledger import ARRIVAL, Row
from pipeline.ports import Report
from pipeline.report import report
from pipeline.results import Arrived
from pipeline.shortid import normal

IMAGE = (
    "SELECT i.*, r.body FROM images i CROSS JOIN results r ON r.image=i.image AND r.actor='arrival' WHERE "
)
"""CROSS tells SQLite to begin with the image (https://sqlite.org/optoverview.html, "Manual Control")."""
QUEUE = """
SELECT COUNT(*) FILTER (WHERE worker IS NULL AND due_at<=:now) AS waiting,
       COUNT(*) FILTER (WHERE worker IS NOT NULL) AS running,
       COUNT(*) FILTER (WHERE worker IS NULL AND due_at>:now) AS later,
       MAX(:now - due_at) FILTER (WHERE worker IS NULL) AS oldest FROM tasks
"""


class SqliteCatalog:
    """``pipeline.catalog.Catalog`` on the ledger's file. ``actors``: the names of the chain's."""

    def __init__(self, database: Database, actors: Sequence[str]) -> None:
        self._database, self._actors = database, tuple(actors)
        database.define(sqlite_tombstones.SCHEMA)

    def find(self, name: str) -> Listed | None:
        """See ``Catalog.find``."""
        found = self._list("i.short=? OR i.image=?", (normal(name), name.strip().lower()))
        return found[0] if found else None

    def erased(self, name: str) -> Erased | None:
        """See ``Catalog.erased``."""
        return sqlite_tombstones.find(self._database, name)

    def of_channel(self, team: str, channel: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_channel``."""
        return self._list("i.team=? AND i.channel=? ORDER BY i.image DESC LIMIT ?", (team, channel, limit))

    def of_person(self, team: str, person: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_person``."""
        return self._list("i.team=? AND i.person=? ORDER BY i.image DESC LIMIT ?", (team, person, limit))

    def of_message(self, team: str, channel: str, message: str) -> list[Listed]:
        """See ``Catalog.of_message``."""
        return self._list(
            "i.team=? AND i.channel=? AND i.message=? ORDER BY i.rowid", (team, channel, message)
        )

    def newest(self, limit: int) -> list[Listed]:
        """See ``Catalog.newest``."""
        return self._list("1 ORDER BY i.image DESC LIMIT ?", (limit,))

    def report(self, image: str) -> Report:
        """See ``Catalog.report``."""
        with self._database.snapshot() as connection:
            rows, tasks = load_rows(connection, image), of_image(connection, image)
        if ARRIVAL not in rows:
            raise Unknown(f"There is no image '{image}'.")
        return report(rows, tasks, self._actors)

    def parked(self, limit: int) -> list[Row]:
        """See ``Catalog.parked``."""
        with self._database.snapshot() as connection:
            found = connection.execute(
                "SELECT image, actor FROM results WHERE parked ORDER BY at DESC LIMIT ?", (limit,)
            ).fetchall()
            return [load_rows(connection, r["image"])[r["actor"]] for r in found]

    def queue(self) -> Queue:
        """See ``Catalog.queue``."""
        tasks = self._database.read(QUEUE, {"now": time.time()})[0]
        states = self._database.read("SELECT state, COUNT(*) AS n FROM images GROUP BY state")
        parked = self._database.read("SELECT COUNT(*) AS n FROM results WHERE parked")[0]["n"]
        return Queue(
            waiting=tasks["waiting"],
            running=tasks["running"],
            delayed=tasks["later"],
            parked=parked,
            oldest_seconds=max(0.0, tasks["oldest"] or 0.0),
            images={r["state"]: r["n"] for r in states},
        )

    def _list(self, where: str, values: tuple[str | int, ...]) -> list[Listed]:
        return [_listed(record) for record in self._database.read(IMAGE + where, values)]


def _listed(record: Record) -> Listed:
    arrived = codec.load("Arrived", record["body"])
    assert isinstance(arrived, Arrived)
    return Listed(
        image=record["image"],
        short=record["short"],
        source=arrived.source,
        entered_at=datetime.fromtimestamp(record["entered_at"], UTC),
        state=record["state"],
    )
