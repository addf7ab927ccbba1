"""Sessions in the SQLite ledger's file, and the people they belong to."""

import secrets
import time
from collections.abc import Callable
from sqlite3 import Connection, Row

from pipeline.adapters.sqlite_database import Database
from pipeline.subscribers import fingerprint
from pipeline.visitors import DAY, LASTS, WAITS, Visitor

SCHEMA = """
CREATE TABLE IF NOT EXISTS visitors (
    id TEXT PRIMARY KEY, folded TEXT UNIQUE, mailbox TEXT NOT NULL DEFAULT '', team TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '', at REAL NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS visitors_by_account ON visitors (team, account) WHERE account<>'';
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, at REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of_visitor ON sessions (visitor);
CREATE TABLE IF NOT EXISTS invitations (
    token TEXT PRIMARY KEY, visitor TEXT NOT NULL, image TEXT NOT NULL, at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""
OF_SESSION = """
SELECT v.* FROM sessions s JOIN visitors v ON v.id=s.visitor WHERE s.id=? AND s.used>?
"""


class SqliteSessions:
    """``pipeline.visitors.Sessions``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        database.define(SCHEMA)

    def begin(self, visitor: Visitor) -> str:
        """See ``Sessions.begin``."""
        secret, now = secrets.token_hex(16), self._clock()
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT INTO sessions (id, visitor, at, used) VALUES (?,?,?,?)",
                (fingerprint(secret), visitor.id, now, now),
            )
        return secret

    def visitor(self, secret: str) -> Visitor | None:
        """See ``Sessions.visitor``."""
        found = self._database.read(OF_SESSION, (fingerprint(secret), self._clock() - LASTS))
        return visitor(found[0]) if found else None

    def renew(self, secret: str) -> bool:
        """See ``Sessions.renew``."""
        now, it = self._clock(), fingerprint(secret)
        if not self._database.read("SELECT 1 FROM sessions WHERE id=? AND used<?", (it, now - DAY)):
            return False
        with self._database.write(durable=True) as connection:
            renewed = connection.execute("UPDATE sessions SET used=? WHERE id=?", (now, it))
            return renewed.rowcount > 0

    def end(self, secret: str) -> None:
        """See ``Sessions.end``."""
        with self._database.write(durable=True) as connection:
            connection.execute("DELETE FROM sessions WHERE id=?", (fingerprint(secret),))

    def end_all(self, visitor: Visitor) -> int:
        """See ``Sessions.end_all``."""
        with self._database.write(durable=True) as connection:
            return connection.execute("DELETE FROM sessions WHERE visitor=?", (visitor.id,)).rowcount


def forget(connection: Connection, now: float) -> int:
    """Drop sessions and personal links that have expired; how many."""
    count = connection.execute("DELETE FROM sessions WHERE used<?", (now - LASTS,)).rowcount
    return count + connection.execute("DELETE FROM invitations WHERE at<?", (now - WAITS,)).rowcount


def new_id() -> str:
    """For a visitor who was not here before."""
    return "V" + secrets.token_hex(8)


def visitor(row: Row) -> Visitor:
    """A row of ``visitors``."""
    return Visitor(row["id"], row["mailbox"], row["team"], row["account"])
