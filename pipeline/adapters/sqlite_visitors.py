"""Visitors in the SQLite ledger's file. Secrets are worked out from a key; the file has none."""

import hmac
import secrets
import time
from collections.abc import Callable
from sqlite3 import Connection, Row

from pipeline.adapters import sqlite_newsroom, sqlite_sessions
from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unsuitable
from pipeline.letters.mailbox import folded
from pipeline.news import MAIL
from pipeline.subscribers import fingerprint
from pipeline.visitors import (
    DAY,
    HOUR,
    MAILBOX_DAILY,
    MAILBOX_HOURLY,
    NETWORK_HOURLY,
    NETWORK_WRONG,
    WAITS,
    WRONG,
    WRONG_DAILY,
    Asking,
    Visitor,
)

SCHEMA = (
    sqlite_newsroom.SCHEMA
    + sqlite_sessions.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS askings (
    id TEXT PRIMARY KEY, folded TEXT NOT NULL, mailbox TEXT NOT NULL, network TEXT NOT NULL, at REAL NOT NULL,
    token TEXT NOT NULL UNIQUE, language TEXT NOT NULL, onward TEXT NOT NULL,
    wrong INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS askings_of_mailbox ON askings (folded, at);
CREATE INDEX IF NOT EXISTS askings_of_network ON askings (network, at);
CREATE INDEX IF NOT EXISTS askings_by_time ON askings (at);
CREATE TABLE IF NOT EXISTS wrong_codes (network TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS wrong_codes_of_network ON wrong_codes (network, at);
"""
)
LIMITS = (
    ("SELECT COUNT(*) FROM askings WHERE folded=:folded AND at>:now-3600", MAILBOX_HOURLY),
    ("SELECT COUNT(*) FROM askings WHERE folded=:folded AND at>:now-86400", MAILBOX_DAILY),
    ("SELECT COUNT(*) FROM askings WHERE network=:network AND at>:now-3600", NETWORK_HOURLY),
)
ASK = """
INSERT INTO askings (id, folded, mailbox, network, at, token, language, onward)
VALUES (:id, :folded, :mailbox, :network, :now, :token, :language, :onward)
"""
OPEN = "SELECT * FROM askings WHERE used=0 AND at>:after"
GUESSED = "UPDATE askings SET wrong=wrong+1 WHERE id=:id AND wrong<:most"
MISSED = "SELECT COALESCE(SUM(wrong), 0) FROM askings WHERE folded=? AND at>?"
TRIED = "SELECT COUNT(*) FROM wrong_codes WHERE network=? AND at>?"
ENTER = """
INSERT INTO visitors (id, folded, mailbox, at) VALUES (?,?,?,?) ON CONFLICT (folded) DO NOTHING
"""
LETTERS = "DELETE FROM deliveries WHERE sink=? AND subject LIKE 'signin/%' AND owner IS NULL AND "
TOO_OFTEN = "Too many letters were asked for. Please try again in an hour."
TOO_WRONG = "Too many wrong codes came from here. Please use the link, or try again in an hour."


class SqliteVisitors:
    """``pipeline.visitors.Visitors``."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._database, self._key, self._clock = database, key, clock
        database.define(SCHEMA)

    def ask(self, mailbox: str, network: str, language: str = "en", onward: str = "/") -> Asking:
        """See ``Visitors.ask``."""
        now, id = self._clock(), secrets.token_hex(16)
        made = Asking(id, mailbox, self._token(id), self._code(id), now + WAITS, language, onward)
        known = {
            "id": id, "folded": folded(mailbox), "mailbox": mailbox, "network": network, "now": now,
            "token": fingerprint(made.token), "language": language, "onward": onward,
        }  # fmt: skip
        with self._database.write(durable=True) as connection:
            if any(connection.execute(count, known).fetchone()[0] >= most for count, most in LIMITS):
                raise Unsuitable(TOO_OFTEN)
            connection.execute(ASK, known)
        return made

    def asked(self, asking: str) -> Asking | None:
        """See ``Visitors.asked``."""
        return self._found(f"{OPEN} AND id=:it", asking)

    def waiting(self, token: str) -> Asking | None:
        """See ``Visitors.waiting``."""
        return self._found(f"{OPEN} AND token=:it", fingerprint(token))

    def pending(self) -> list[Asking]:
        """See ``Visitors.pending``."""
        rows = self._database.read(f"{OPEN} ORDER BY at DESC", self._open(""))
        return [self._asking(row) for row in rows if self._ours(row)]

    def by_link(self, token: str) -> Visitor | None:
        """See ``Visitors.by_link``."""
        with self._database.write(durable=True) as connection:
            known = self._open(fingerprint(token))
            row = connection.execute(f"{OPEN} AND token=:it", known).fetchone()
            return self._enter(connection, row) if row and self._ours(row) else None

    def by_code(self, asking: str, code: str, network: str = "") -> Visitor | None:
        """See ``Visitors.by_code``."""
        now = self._clock()
        with self._database.write(durable=True) as connection:
            if connection.execute(TRIED, (network, now - HOUR)).fetchone()[0] >= NETWORK_WRONG:
                raise Unsuitable(TOO_WRONG)
            row = connection.execute(f"{OPEN} AND id=:it", self._open(asking)).fetchone()
            if row and self._right(connection, row, code):
                return self._enter(connection, row)
            connection.execute("INSERT INTO wrong_codes VALUES (?,?)", (network, now))
            if row:
                connection.execute(GUESSED, {"id": asking, "most": WRONG})
            return None

    def get(self, id: str) -> Visitor | None:
        """See ``Visitors.get``."""
        found = self._database.read("SELECT * FROM visitors WHERE id=?", (id,))
        return sqlite_sessions.visitor(found[0]) if found else None

    def all(self) -> list[Visitor]:
        """See ``Visitors.all``."""
        return [
            sqlite_sessions.visitor(row)
            for row in self._database.read("SELECT * FROM visitors ORDER BY at, id")
        ]

    def erase(self, mailbox: str) -> Visitor | None:
        """See ``Visitors.erase``."""
        who = folded(mailbox)
        with self._database.write(durable=True) as connection:
            connection.execute(f"{LETTERS}LOWER(address)=?", (MAIL, who))
            connection.execute("DELETE FROM askings WHERE folded=?", (who,))
            row = connection.execute("SELECT * FROM visitors WHERE folded=?", (who,)).fetchone()
            if row is None:
                return None
            connection.execute("DELETE FROM sessions WHERE visitor=?", (row["id"],))
            if row["account"]:
                connection.execute("UPDATE visitors SET folded=NULL, mailbox='' WHERE folded=?", (who,))
            else:
                connection.execute("DELETE FROM visitors WHERE folded=?", (who,))
            return sqlite_sessions.visitor(row)

    def forget(self) -> int:
        """See ``Visitors.forget``: a day's askings are kept, since limits count them."""
        before = self._clock() - DAY
        with self._database.write() as connection:
            count = connection.execute(f"{LETTERS}born<?", (MAIL, before)).rowcount
            count += connection.execute("DELETE FROM askings WHERE at<?", (before,)).rowcount
            count += connection.execute("DELETE FROM wrong_codes WHERE at<?", (before,)).rowcount
            return count + sqlite_sessions.forget(connection, self._clock())

    def _enter(self, connection: Connection, row: Row) -> Visitor:
        connection.execute("UPDATE askings SET used=1 WHERE folded=?", (row["folded"],))
        connection.execute(ENTER, (sqlite_sessions.new_id(), row["folded"], row["mailbox"], self._clock()))
        found = connection.execute("SELECT * FROM visitors WHERE folded=?", (row["folded"],)).fetchone()
        return sqlite_sessions.visitor(found)

    def _right(self, connection: Connection, row: Row, code: str) -> bool:
        missed = connection.execute(MISSED, (row["folded"], self._clock() - DAY)).fetchone()[0]
        right = hmac.compare_digest(self._code(row["id"]).encode(), code.encode())
        return right and row["wrong"] < WRONG and missed < WRONG_DAILY

    def _found(self, query: str, it: str) -> Asking | None:
        found = self._database.read(query, self._open(it))
        return self._asking(found[0]) if found and self._ours(found[0]) else None

    def _ours(self, row: Row) -> bool:
        """Was its letter written with this key? A new key ends what the old one let in."""
        return bool(row["token"] == fingerprint(self._token(row["id"])))

    def _open(self, it: str) -> dict[str, object]:
        return {"it": it, "after": self._clock() - WAITS}

    def _asking(self, row: Row) -> Asking:
        id, expires = row["id"], row["at"] + WAITS
        code = self._code(id) if row["wrong"] < WRONG else ""
        return Asking(id, row["mailbox"], self._token(id), code, expires, row["language"], row["onward"])

    def _token(self, id: str) -> str:
        return hmac.digest(self._key, f"link\0{id}".encode(), "sha256").hex()[:48]

    def _code(self, id: str) -> str:
        return f"{int.from_bytes(hmac.digest(self._key, f'code{chr(0)}{id}'.encode(), 'sha256')) % 10**6:06}"
