"""Deliveries of news in the SQLite ledger's file: claimed under a lease, in order within a subject.

News of an image that is being decided anew waits for the decision; that of one which may not be shown at this
moment is marked ``redacted``. ``tasks``, ``results`` and ``notes`` say which; they are read with the claim.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from pipeline.adapters import (
    sqlite_breakers,
    sqlite_ledger,
    sqlite_newsroom,
    sqlite_notes,
    sqlite_settling,
    sqlite_tasks,
)
from pipeline.adapters.sqlite_database import Database
from pipeline.breaker import WAITS, Breaker, claimed, free
from pipeline.errors import Unavailable
from pipeline.news import Address, Piece
from pipeline.outbox import UNPACED, Delivery, Outcome, Progress, Standing

DUE = """
SELECT d.*, p.id AS piece_id, p.kind, p.at, p.data, p.team, p.channel,
    d.image<>'' AND (EXISTS (SELECT 1 FROM notes n WHERE n.image=d.image AND n.wish IN ('hold', 'withdraw'))
        OR NOT EXISTS (SELECT 1 FROM results r WHERE r.image=d.image AND r.actor='decide_release'
            AND json_extract(r.body, '$.decision')='cleared')) AS redacted
FROM deliveries d JOIN pieces p ON p.number=d.piece
WHERE d.sink=:sink AND d.state='due' AND d.due_at<=:now AND (d.owner IS NULL OR d.lease_until<:now)
AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.sink=d.sink AND e.address=d.address
    AND e.subject=d.subject AND e.state='due' AND e.number<d.number)
AND (d.image='' OR NOT EXISTS (
    SELECT 1 FROM tasks t WHERE t.image=d.image AND t.actor='decide_release'))
ORDER BY d.due_at, d.number LIMIT :want
"""
CLAIM = "UPDATE deliveries SET owner=?, lease_until=? WHERE number=?"
OVERAGE = "SELECT 1 FROM deliveries WHERE sink=? AND state='due' AND born<? LIMIT 1"
STANDINGS = """
SELECT s.sink, COALESCE(b.sent, 0) AS sent, b.*,
    (SELECT COUNT(*) FROM deliveries d WHERE d.sink=s.sink AND d.state='due') AS due,
    (SELECT COUNT(*) FROM deliveries d WHERE d.sink=s.sink AND d.state='parked') AS parked,
    (SELECT MIN(born) FROM deliveries d WHERE d.sink=s.sink AND d.state='due') AS oldest,
    (SELECT MAX(fault) FROM deliveries d WHERE d.sink=s.sink AND d.state='parked') AS parked_fault
FROM (SELECT sink FROM breakers UNION SELECT sink FROM deliveries WHERE state='due'
    UNION SELECT sink FROM deliveries WHERE state='parked') s
LEFT JOIN breakers b ON b.sink=s.sink ORDER BY s.sink
"""
SENT_BEFORE = "DELETE FROM deliveries WHERE state='sent' AND born<?"
NOBODY_WAITS = "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.piece=pieces.number)"
FORGET = f"""
DELETE FROM pieces WHERE at<? AND data<>'' AND {NOBODY_WAITS}
AND (image='' OR number<(
    SELECT MAX(number) FROM pieces l WHERE l.subject=pieces.subject AND l.kind=pieces.kind))
"""  # noqa: S608
EMPTY = f"UPDATE pieces SET data='' WHERE at<? AND data<>'' AND {NOBODY_WAITS}"  # noqa: S608


class SqliteOutbox:
    """``pipeline.outbox.Outbox``. Safe for any number of processes."""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time, waits: Sequence[float] = WAITS
    ) -> None:
        self._database, self._clock, self._waits = database, clock, tuple(waits)
        for module in (sqlite_ledger, sqlite_tasks, sqlite_notes, sqlite_newsroom, sqlite_breakers):
            database.define(module.SCHEMA)

    def turn(
        self,
        sink: str,
        owner: str,
        outcomes: Sequence[Outcome],
        *,
        want: int,
        lease: float,
        rate: float = UNPACED,
    ) -> list[Delivery]:
        """See ``Outbox.turn``. Where nothing is to be recorded or claimed, nobody's writing is held up."""
        if not outcomes and not self._any(sink, want, rate):
            return []
        with self._database.write() as connection:
            before, now = sqlite_breakers.load(connection, sink), self._clock()
            after, sent = sqlite_settling.settle(connection, before, outcomes, now, self._waits)
            sqlite_settling.clear(connection, sink, before, after, now, self._waits)
            found = _due(connection, sink, now, free(after, rate, want, now))
            connection.executemany(CLAIM, [(owner, now + lease, row["number"]) for row in found])
            after = claimed(after, [row["number"] for row in found], rate, now)
            if after != before or sent:
                sqlite_breakers.keep(connection, sink, after, sent)
            return [_delivery(row, owner) for row in found]

    def extend(self, owners: Sequence[str], lease: float) -> None:
        """See ``Outbox.extend``."""
        holding = set(self.owners()).intersection(owners)
        if not holding:
            return
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE deliveries SET lease_until=? WHERE owner=?",
                [(self._clock() + lease, owner) for owner in holding],
            )

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
            found = sqlite_breakers.load(connection, sink)
            if found.failures or found.paused:
                sqlite_breakers.keep(connection, sink, replace(Breaker(), next_at=found.next_at))
            now = self._clock()
            count = connection.execute(
                "UPDATE deliveries SET state='due', attempts=0, due_at=?, born=?, owner=NULL, fault=NULL"
                " WHERE sink=? AND state='parked'",
                (now, now, sink),
            ).rowcount
            connection.execute(
                "UPDATE deliveries SET due_at=? WHERE sink=? AND state='due' AND owner IS NULL AND due_at>?",
                (now, sink, now),
            )
            return count

    def drop(self, sink: str) -> int:
        """See ``Outbox.drop``."""
        with self._database.write(durable=True) as connection:
            connection.execute("DELETE FROM breakers WHERE sink=?", (sink,))
            connection.execute("DELETE FROM deliveries WHERE sink=? AND state='sent'", (sink,))
            return connection.execute("DELETE FROM deliveries WHERE sink=?", (sink,)).rowcount

    def tidy(self, before: float) -> int:
        """See ``Outbox.tidy``."""
        with self._database.write() as connection:
            count = connection.execute(SENT_BEFORE, (before,)).rowcount
            count += connection.execute(FORGET, (before,)).rowcount
            connection.execute(EMPTY, (before,))
            return count

    def standings(self) -> list[Standing]:
        """See ``Outbox.standings``."""
        return [_standing(row, self._clock()) for row in self._database.read(STANDINGS)]

    def wait(self, seconds: float) -> None:
        """See ``Outbox.wait``."""
        self._database.wait(seconds)

    def _any(self, sink: str, want: int, rate: float) -> bool:
        """Is there anything to claim or to park? A look that keeps nobody from writing."""
        with self._database.snapshot() as connection:
            known, now = sqlite_breakers.load(connection, sink), self._clock()
            if known.paused:
                old = (sink, now - sum(self._waits))
                return connection.execute(OVERAGE, old).fetchone() is not None
            return bool(_due(connection, sink, now, min(1, free(known, rate, want, now))))


def _due(connection: Connection, sink: str, now: float, want: int) -> list[Row]:
    return connection.execute(DUE, {"sink": sink, "now": now, "want": want}).fetchall() if want else []


def _standing(row: Row, now: float) -> Standing:
    known = sqlite_breakers.breaker(row) if row["failures"] is not None else Breaker()
    return Standing(
        sink=row[0],
        due=row["due"],
        sent=row[1],
        parked=row["parked"],
        oldest_seconds=max(0.0, now - row["oldest"]) if row["oldest"] else 0.0,
        failures=known.failures,
        fault=known.fault or row["parked_fault"] or "",
        state=known.state,
        open_until=known.open_until,
    )


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
