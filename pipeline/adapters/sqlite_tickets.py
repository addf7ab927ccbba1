"""Upload tickets in the SQLite ledger's file."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from sqlite3 import Connection, Row

from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unsuitable
from pipeline.tickets import Known, Lying, Quota, Ticket

SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, most INTEGER NOT NULL,
    expires REAL NOT NULL, image TEXT NOT NULL, bound INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL DEFAULT '', size INTEGER, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tickets_of_person ON tickets (person, at);
CREATE INDEX IF NOT EXISTS tickets_of_image ON tickets (image);
CREATE INDEX IF NOT EXISTS tickets_expired ON tickets (expires);
"""
"""``image``: the one that it is about, bound to it from the start or taken as it since. So whoever erases
an image finds every ticket that knows of it."""
SPENT = """
SELECT COUNT(*) AS files, COALESCE(SUM(COALESCE(size, most)), 0) AS bytes FROM tickets
WHERE person=:person AND at>:now-86400 AND (size IS NOT NULL OR expires>:now)
"""
ISSUE = """
INSERT INTO tickets (id, person, name, type, most, expires, image, bound, at) VALUES (?,?,?,?,?,?,?,?,?)
"""
FORGET = "DELETE FROM tickets WHERE expires<? AND id NOT IN (SELECT value FROM json_each(?))"
CLAIM = "UPDATE tickets SET sha256=?, size=? WHERE id=? AND sha256=''"


class SqliteTickets:
    """``pipeline.tickets.Tickets``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        database.define(SCHEMA)

    def issue(self, ticket: Ticket, quota: Quota) -> None:
        """See ``Tickets.issue``."""
        now = self._clock()
        row = (ticket.id, ticket.person, ticket.name, ticket.type, ticket.most, ticket.expires, ticket.image)
        with self._database.write() as connection:
            _within(connection, ticket, quota, now)
            connection.execute(ISSUE, (*row, bool(ticket.image), now))

    def find(self, id: str) -> Known | None:
        """See ``Tickets.find``."""
        found = self._database.read("SELECT * FROM tickets WHERE id=?", (id,))
        return _known(found[0]) if found else None

    def whole(self) -> AbstractContextManager[Connection]:
        """See ``Tickets.whole``."""
        return self._database.write(durable=True)

    def claim(self, arrived: Sequence[tuple[str, Lying]]) -> list[Known | None]:
        """See ``Tickets.claim``."""
        with self._database.write(durable=True) as connection:
            connection.executemany(CLAIM, [(lying.sha256, lying.size, id) for id, lying in arrived])
            found = (_row(connection, id) for id, _ in arrived)
            return [_known(row) if row else None for row in found]

    def took(self, images: Mapping[str, str]) -> None:
        """See ``Tickets.took``."""
        with self._database.write(durable=True) as connection:
            connection.executemany(
                "UPDATE tickets SET image=?, taken=1 WHERE id=?", [(i, id) for id, i in images.items()]
            )

    def forget(self, before: float, but: Sequence[str] = ()) -> int:
        """See ``Tickets.forget``."""
        with self._database.write() as connection:
            return connection.execute(FORGET, (before, json.dumps(list(but)))).rowcount


def _within(connection: Connection, ticket: Ticket, quota: Quota, now: float) -> None:
    spent = connection.execute(SPENT, {"person": ticket.person, "now": now}).fetchone()
    if spent["files"] >= quota.files:
        raise Unsuitable(f"You have sent {spent['files']:,} files within a day; more can come later.")
    if spent["bytes"] + ticket.most > quota.bytes:
        raise Unsuitable(f"You may send {quota.bytes / 1e9:.1f} GB within a day; more can come later.")


def _row(connection: Connection, id: str) -> Row | None:
    found: Row | None = connection.execute("SELECT * FROM tickets WHERE id=?", (id,)).fetchone()
    return found


def _known(row: Row) -> Known:
    bound = row["image"] if row["bound"] else ""
    ticket = Ticket(
        row["id"], row["person"], row["name"], row["type"], row["most"], row["expires"], image=bound
    )
    claimed = Lying(row["sha256"], row["size"]) if row["sha256"] else None
    return Known(ticket, row["image"] if row["taken"] else "", claimed)
