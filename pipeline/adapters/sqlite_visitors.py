"""Visitors in the SQLite ledger's file. Secrets are worked out from a key; the file has none."""

import hmac
import secrets
import time
from collections.abc import Callable
from sqlite3 import Row

from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unsuitable
from pipeline.letters.mailbox import folded
from pipeline.subscribers import fingerprint
from pipeline.visitors import Asking, Invited, Visitor

SCHEMA = """
CREATE TABLE IF NOT EXISTS visitors (
    id TEXT PRIMARY KEY, folded TEXT UNIQUE, mailbox TEXT NOT NULL DEFAULT '', team TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '', at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visitors_of_slack ON visitors (team, account);
CREATE TABLE IF NOT EXISTS askings (
    id TEXT PRIMARY KEY, folded TEXT NOT NULL, mailbox TEXT NOT NULL, network TEXT NOT NULL, at REAL NOT NULL,
    token TEXT NOT NULL UNIQUE, wrong INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invitations (
    token TEXT PRIMARY KEY, visitor TEXT NOT NULL, image TEXT NOT NULL, at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""
WAITS = 900.0
"""Seconds for which a letter can be answered."""
WRONG = 5
"""Wrong codes that end it."""
HOURLY, NETWORK_HOURLY = 5, 20
ASKED_FOR = "SELECT COUNT(*) FROM askings WHERE folded=? AND at>?"
ASKED_FROM = "SELECT COUNT(*) FROM askings WHERE network=? AND at>?"
OPEN = "SELECT * FROM askings WHERE {}=:it AND used=0 AND wrong<:wrong AND at>:after"
ENTER = """
INSERT INTO visitors (id, folded, mailbox, at) VALUES (?,?,?,?) ON CONFLICT (folded) DO NOTHING
"""


class SqliteVisitors:
    """``pipeline.visitors.Visitors``."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._database, self._key, self._clock = database, key, clock
        database.define(SCHEMA)

    def ask(self, mailbox: str, network: str) -> Asking:
        """See ``Visitors.ask``."""
        now, id = self._clock(), secrets.token_hex(16)
        with self._database.write(durable=True) as connection:
            for asked, value, most in (
                (ASKED_FOR, folded(mailbox), HOURLY),
                (ASKED_FROM, network, NETWORK_HOURLY),
            ):
                if connection.execute(asked, (value, now - 3600)).fetchone()[0] >= most:
                    raise Unsuitable("Too many letters were asked for. Please try again in an hour.")
            connection.execute(
                "INSERT INTO askings (id, folded, mailbox, network, at, token) VALUES (?,?,?,?,?,?)",
                (id, folded(mailbox), mailbox, network, now, fingerprint(self._token(id))),
            )
        return Asking(id, mailbox, self._token(id), self._code(id), now + WAITS)

    def waiting(self, token: str) -> str | None:
        """See ``Visitors.waiting``."""
        found = self._database.read(OPEN.format("token"), self._open(fingerprint(token)))
        return found[0]["mailbox"] if found else None

    def by_link(self, token: str) -> Visitor | None:
        """See ``Visitors.by_link``."""
        return self._enter("token", fingerprint(token), None)

    def by_code(self, asking: str, code: str) -> Visitor | None:
        """See ``Visitors.by_code``."""
        return self._enter("id", asking, code)

    def get(self, id: str) -> Visitor | None:
        """See ``Visitors.get``."""
        found = self._database.read("SELECT * FROM visitors WHERE id=?", (id,))
        return _visitor(found[0]) if found else None

    def of_slack(self, team: str, user: str) -> Visitor:
        """See ``Visitors.of_slack``."""
        with self._database.write(durable=True) as connection:
            row = connection.execute(
                "SELECT * FROM visitors WHERE team=? AND account=?", (team, user)
            ).fetchone()
            if row:
                return _visitor(row)
            made = Visitor(_new(), "", team, user)
            connection.execute(
                "INSERT INTO visitors (id, team, account, at) VALUES (?,?,?,?)",
                (made.id, team, user, self._clock()),
            )
            return made

    def invite(self, visitor: Visitor, image: str) -> str:
        """See ``Visitors.invite``."""
        token = secrets.token_urlsafe(24)
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT INTO invitations (token, visitor, image, at) VALUES (?,?,?,?)",
                (fingerprint(token), visitor.id, image, self._clock()),
            )
        return token

    def invited(self, token: str) -> Invited | None:
        """See ``Visitors.invited``."""
        found = self._database.read(
            "SELECT * FROM invitations WHERE token=? AND used=0 AND at>?",
            (fingerprint(token), self._clock() - WAITS),
        )
        visitor = self.get(found[0]["visitor"]) if found else None
        return Invited(visitor, found[0]["image"]) if visitor else None

    def by_invitation(self, token: str) -> Invited | None:
        """See ``Visitors.by_invitation``."""
        found = self.invited(token)
        with self._database.write(durable=True) as connection:
            used = connection.execute(
                "UPDATE invitations SET used=1 WHERE token=? AND used=0", (fingerprint(token),)
            ).rowcount
        return found if used else None

    def _enter(self, column: str, it: str, code: str | None) -> Visitor | None:
        with self._database.write(durable=True) as connection:
            row = connection.execute(OPEN.format(column), self._open(it)).fetchone()
            if row is None:
                return None
            if code is not None and not hmac.compare_digest(self._code(row["id"]).encode(), code.encode()):
                connection.execute("UPDATE askings SET wrong=wrong+1 WHERE id=?", (row["id"],))
                return None
            connection.execute("UPDATE askings SET used=1 WHERE id=?", (row["id"],))
            connection.execute(ENTER, (_new(), row["folded"], row["mailbox"], self._clock()))
            return _visitor(
                connection.execute("SELECT * FROM visitors WHERE folded=?", (row["folded"],)).fetchone()
            )

    def _open(self, it: str) -> dict[str, object]:
        return {"it": it, "wrong": WRONG, "after": self._clock() - WAITS}

    def _token(self, id: str) -> str:
        return hmac.digest(self._key, f"link\0{id}".encode(), "sha256").hex()[:48]

    def _code(self, id: str) -> str:
        return f"{int.from_bytes(hmac.digest(self._key, f'code{chr(0)}{id}'.encode(), 'sha256')) % 10**6:06}"


def _new() -> str:
    return "V" + secrets.token_hex(8)


def _visitor(row: Row) -> Visitor:
    return Visitor(row["id"], row["mailbox"], row["team"], row["account"])
