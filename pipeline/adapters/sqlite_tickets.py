"""Upload tickets in the SQLite ledger's file."""

import time
from collections.abc import Callable

from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unsuitable
from pipeline.tickets import Known, Quota, Ticket

SCHEMA = """
CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, most INTEGER NOT NULL,
    expires REAL NOT NULL, original_of TEXT NOT NULL, image TEXT NOT NULL DEFAULT '', size INTEGER,
    at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tickets_of_person ON tickets (person, at);
CREATE INDEX IF NOT EXISTS tickets_of_image ON tickets (image);
"""
DAY = 86_400.0
SPENT = """
SELECT COUNT(*) AS files, COALESCE(SUM(COALESCE(size, most)), 0) AS bytes FROM tickets
WHERE person=:person AND at>:now-86400 AND (size IS NOT NULL OR expires>:now)
"""


class SqliteTickets:
    """``pipeline.tickets.Tickets``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        database.define(SCHEMA)

    def issue(self, ticket: Ticket, quota: Quota) -> None:
        """See ``Tickets.issue``."""
        now = self._clock()
        with self._database.write() as connection:
            spent = connection.execute(SPENT, {"person": ticket.person, "now": now}).fetchone()
            if spent["files"] >= quota.files:
                raise Unsuitable(f"You have sent {spent['files']:,} files within a day; more can come later.")
            if spent["bytes"] + ticket.most > quota.bytes:
                raise Unsuitable(
                    f"You may send {quota.bytes / 1e9:.1f} GB within a day; more can come later."
                )
            connection.execute(
                "INSERT INTO tickets (id, person, name, type, most, expires, original_of, at)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (ticket.id, ticket.person, ticket.name, ticket.type, ticket.most, ticket.expires,
                 ticket.image, now),
            )  # fmt: skip

    def find(self, id: str) -> Known | None:
        """See ``Tickets.find``."""
        found = self._database.read("SELECT * FROM tickets WHERE id=?", (id,))
        if not found:
            return None
        row = found[0]
        ticket = Ticket(
            row["id"],
            row["person"],
            row["name"],
            row["type"],
            row["most"],
            row["expires"],
            row["original_of"],
        )
        return Known(ticket, row["image"])

    def took(self, id: str, image: str, size: int) -> None:
        """See ``Tickets.took``."""
        with self._database.write(durable=True) as connection:
            connection.execute("UPDATE tickets SET image=?, size=? WHERE id=?", (image, size, id))

    def forget(self, before: float) -> int:
        """See ``Tickets.forget``."""
        with self._database.write() as connection:
            return connection.execute("DELETE FROM tickets WHERE expires<?", (before,)).rowcount
