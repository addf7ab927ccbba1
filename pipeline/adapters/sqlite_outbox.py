"""Deliveries of news in the SQLite ledger's file: claimed under a lease, in order within a subject."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from pipeline.adapters import sqlite_newsroom
from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unavailable
from pipeline.news import Address, Piece
from pipeline.outbox import Delivery, Later, Outcome, Parked, Progress, Sent, Standing

DUE = """
SELECT d.*, p.id AS piece_id, p.kind, p.at, p.data, p.team, p.channel,
    d.image<>'' AND COALESCE((SELECT state FROM facts f WHERE f.image=d.image), '')='held' AS redacted
FROM deliveries d JOIN pieces p ON p.number=d.piece
WHERE d.sink=:sink AND d.state='due' AND d.due_at<=:now AND (d.owner IS NULL OR d.lease_until<:now)
AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.sink=d.sink AND e.address=d.address
    AND e.subject=d.subject AND e.state='due' AND e.number<d.number)
ORDER BY d.due_at LIMIT :want
"""
CLAIM = "UPDATE deliveries SET owner=?, lease_until=?, attempts=attempts+1 WHERE number=?"
STANDINGS = """
SELECT sink, COUNT(*) FILTER (WHERE state='due') AS due, COUNT(*) FILTER (WHERE state='sent') AS sent,
    COUNT(*) FILTER (WHERE state='parked') AS parked, MIN(born) FILTER (WHERE state='due') AS oldest,
    MAX(attempts) FILTER (WHERE state='due') AS failures,
    MAX(fault) FILTER (WHERE state<>'sent') AS fault
FROM deliveries GROUP BY sink ORDER BY sink
"""


class SqliteOutbox:
    """``pipeline.outbox.Outbox``. Safe for any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_newsroom.SCHEMA)

    def turn(
        self, sink: str, owner: str, outcomes: Sequence[Outcome], *, want: int, lease: float
    ) -> list[Delivery]:
        """See ``Outbox.turn``."""
        with self._database.write() as connection:
            for outcome in outcomes:
                _record(connection, owner, outcome)
            now = time.time()
            found = connection.execute(DUE, {"sink": sink, "now": now, "want": want}).fetchall()
            connection.executemany(CLAIM, [(owner, now + lease, row["number"]) for row in found])
            return [_delivery(row, owner) for row in found]

    def note(self, delivery: Delivery, progress: Progress) -> None:
        """See ``Outbox.note``."""
        with self._database.write(durable=True) as connection:
            noted = connection.execute(
                "UPDATE deliveries SET progress=? WHERE number=? AND owner=?",
                (json.dumps(dict(progress)), delivery.number, delivery.owner),
            )
            if not noted.rowcount:
                raise Unavailable(f"Another sender took over delivery {delivery.number}.")

    def release(self, owner: str) -> None:
        """See ``Outbox.release``."""
        with self._database.write() as connection:
            connection.execute("UPDATE deliveries SET owner=NULL WHERE owner=?", (owner,))

    def owners(self) -> list[str]:
        """See ``Outbox.owners``."""
        found = self._database.read("SELECT DISTINCT owner FROM deliveries WHERE owner IS NOT NULL")
        return [row["owner"] for row in found]

    def replay(self, sink: str) -> int:
        """See ``Outbox.replay``."""
        with self._database.write(durable=True) as connection:
            return connection.execute(
                "UPDATE deliveries SET state='due', attempts=0, due_at=?, born=?, owner=NULL, fault=NULL"
                " WHERE sink=? AND state='parked'",
                (time.time(), time.time(), sink),
            ).rowcount

    def standings(self) -> list[Standing]:
        """See ``Outbox.standings``."""
        return [
            Standing(
                sink=row["sink"],
                due=row["due"],
                sent=row["sent"],
                parked=row["parked"],
                oldest_seconds=max(0.0, time.time() - row["oldest"]) if row["oldest"] else 0.0,
                failures=row["failures"] or 0,
                fault=row["fault"] or "",
            )
            for row in self._database.read(STANDINGS)
        ]

    def wait(self, seconds: float) -> None:
        """See ``Outbox.wait``."""
        self._database.wait(seconds)


def _record(connection: Connection, owner: str, outcome: Outcome) -> None:
    where = " WHERE number=? AND owner=?"
    which = (outcome.delivery.number, owner)
    match outcome:
        case Sent():
            change: tuple[str, tuple[object, ...]] = ("state='sent', fault=NULL", ())
        case Later(due_at=due_at, fault=fault):
            change = ("due_at=?, fault=?", (due_at, fault))
        case Parked(fault=fault):
            change = ("state='parked', fault=?", (fault,))
    connection.execute(f"UPDATE deliveries SET owner=NULL, {change[0]}{where}", (*change[1], *which))  # noqa: S608


def _delivery(row: Row, owner: str) -> Delivery:
    piece = Piece(
        id=row["piece_id"],
        kind=row["kind"],
        subject=row["subject"],
        at=datetime.fromtimestamp(row["at"], UTC),
        data=json.loads(row["data"]),
        image=row["image"],
        team=row["team"],
        channel=row["channel"],
    )
    return Delivery(
        number=row["number"],
        piece=piece,
        address=Address(row["sink"], row["address"]),
        owner=owner,
        attempts=row["attempts"] + 1,
        born=row["born"],
        progress=json.loads(row["progress"]),
        redacted=bool(row["redacted"]),
    )
