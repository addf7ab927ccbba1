"""Who gets mail, in the SQLite ledger's file. Of the secrets in links only hashes are kept."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from pipeline.adapters import sqlite_newsroom
from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unsuitable
from pipeline.letters.mailbox import folded
from pipeline.news import MAIL
from pipeline.subscribers import (
    ASKER_HOURLY,
    DAY,
    HOUR,
    MAILBOX_DAILY,
    MAILBOX_HOURLY,
    SOFT,
    WAITS,
    Subscriber,
    Tokens,
    fingerprint,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscribers (
    folded TEXT PRIMARY KEY, mailbox TEXT NOT NULL, state TEXT NOT NULL, since REAL NOT NULL,
    asker TEXT NOT NULL, asking TEXT NOT NULL, asked_at REAL NOT NULL, nonce TEXT NOT NULL,
    confirm TEXT NOT NULL, stop TEXT NOT NULL, failures INTEGER NOT NULL DEFAULT 0, failing_since REAL,
    fault TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS subscribers_confirm ON subscribers (confirm);
CREATE INDEX IF NOT EXISTS subscribers_stop ON subscribers (stop);
CREATE TABLE IF NOT EXISTS subscriber_asks (folded TEXT NOT NULL, asker TEXT NOT NULL, at REAL NOT NULL);
"""
"""``asking`` becomes ``asker`` with the confirmation: nobody else's word makes a mailbox theirs to stop."""
ASKED = "SELECT COUNT(*) FROM subscriber_asks WHERE {who}=? AND at>?"
ASK = """
INSERT INTO subscribers (folded, mailbox, state, since, asker, asking, asked_at, nonce, confirm, stop)
VALUES (:folded, :mailbox, 'pending', :now, '', :asker, :now, :nonce, :confirm, :stop)
ON CONFLICT (folded) DO UPDATE SET asking=:asker, asked_at=:now, nonce=:nonce, confirm=:confirm,
    mailbox=CASE state WHEN 'confirmed' THEN mailbox ELSE :mailbox END
"""
CONFIRM = """
UPDATE subscribers SET since=CASE state WHEN 'confirmed' THEN since ELSE :now END, state='confirmed',
    asker=asking, nonce='', confirm='', failures=0, failing_since=NULL, fault=''
WHERE folded=:folded
"""
WAITING = "SELECT * FROM subscribers WHERE confirm=? AND confirm<>'' AND asked_at>?"
STOP = """
UPDATE subscribers SET state='stopped', since=?, nonce='', confirm='' WHERE folded=? AND state<>'stopped'
"""
FORGET_DUE = "DELETE FROM deliveries WHERE sink=? AND LOWER(address)=? AND state='due' AND owner IS NULL"
FAILED = """
UPDATE subscribers SET failures=failures+1, failing_since=COALESCE(failing_since, :now), fault=:words
WHERE folded=:folded
"""
BOUNCED = """
UPDATE subscribers SET state='bounced', since=:now WHERE folded=:folded AND state='confirmed'
AND (:permanent OR (failures>=:soft AND failing_since<=:now-:day))
"""


class SqliteSubscribers:
    """``pipeline.subscribers.Subscribers``."""

    def __init__(self, database: Database, tokens: Tokens, clock: Callable[[], float] = time.time) -> None:
        self._database, self._tokens, self._clock = database, tokens, clock
        database.define(sqlite_newsroom.SCHEMA + SCHEMA)

    def ask(self, mailbox: str, asker: str) -> Subscriber:
        """See ``Subscribers.ask``."""
        nonce, now = secrets.token_hex(16), self._clock()
        with self._database.write(durable=True) as connection:
            _count(connection, folded(mailbox), asker, now)
            known = {
                "folded": folded(mailbox),
                "mailbox": mailbox,
                "asker": asker,
                "now": now,
                "nonce": nonce,
                "confirm": fingerprint(self._tokens.confirming(nonce)),
                "stop": fingerprint(self._tokens.stopping(folded(mailbox))),
            }
            connection.execute(ASK, known)
            return _of(connection, folded(mailbox))

    def waiting(self, token: str) -> str | None:
        """See ``Subscribers.waiting``."""
        found = self._database.read(WAITING, (fingerprint(token), self._clock() - WAITS))
        return found[0]["mailbox"] if found else None

    def confirm(self, token: str) -> str | None:
        """See ``Subscribers.confirm``."""
        with self._database.write(durable=True) as connection:
            now = self._clock()
            found = connection.execute(WAITING, (fingerprint(token), now - WAITS)).fetchone()
            if found:
                connection.execute(CONFIRM, {"now": now, "folded": found["folded"]})
            return found["mailbox"] if found else None

    def agree(self, mailbox: str) -> bool:
        """See ``Subscribers.agree``."""
        with self._database.write(durable=True) as connection:
            known = {"now": self._clock(), "folded": folded(mailbox)}
            return connection.execute(CONFIRM, known).rowcount > 0

    def stoppable(self, token: str) -> str | None:
        """See ``Subscribers.stoppable``."""
        found = self._database.read("SELECT mailbox FROM subscribers WHERE stop=?", (fingerprint(token),))
        return found[0]["mailbox"] if found else None

    def stop(self, token: str) -> str | None:
        """See ``Subscribers.stop``."""
        return next(iter(self._stop("stop", fingerprint(token))), None)

    def stop_asked_by(self, asker: str) -> list[str]:
        """See ``Subscribers.stop_asked_by``."""
        return self._stop("asker", asker) if asker else []

    def get(self, mailbox: str) -> Subscriber | None:
        """See ``Subscribers.get``."""
        found = self._database.read("SELECT * FROM subscribers WHERE folded=?", (folded(mailbox),))
        return _subscriber(found[0]) if found else None

    def all(self) -> list[Subscriber]:
        """See ``Subscribers.all``."""
        return [
            _subscriber(row)
            for row in self._database.read("SELECT * FROM subscribers ORDER BY since, folded")
        ]

    def remove(self, mailbox: str) -> bool:
        """See ``Subscribers.remove``."""
        with self._database.write(durable=True) as connection:
            connection.execute(
                "DELETE FROM deliveries WHERE sink=? AND LOWER(address)=?", (MAIL, folded(mailbox))
            )
            connection.execute("DELETE FROM subscriber_asks WHERE folded=?", (folded(mailbox),))
            return (
                connection.execute("DELETE FROM subscribers WHERE folded=?", (folded(mailbox),)).rowcount > 0
            )

    def bounced(self, mailbox: str, permanent: bool, words: str) -> None:
        """See ``Bounces.bounced``."""
        with self._database.write(durable=True) as connection:
            known = {"folded": folded(mailbox), "now": self._clock(), "words": words}
            connection.execute(FAILED, known)
            connection.execute(BOUNCED, {**known, "permanent": permanent, "soft": SOFT, "day": DAY})

    def taken(self, mailbox: str) -> None:
        """See ``Bounces.taken``."""
        known = self._database.read("SELECT failures FROM subscribers WHERE folded=?", (folded(mailbox),))
        if known and known[0]["failures"]:
            with self._database.write() as connection:
                connection.execute(
                    "UPDATE subscribers SET failures=0, failing_since=NULL, fault='' WHERE folded=?"
                    " AND state<>'bounced'",
                    (folded(mailbox),),
                )

    def _stop(self, column: str, value: str) -> list[str]:
        with self._database.write(durable=True) as connection:
            found = connection.execute(f"SELECT * FROM subscribers WHERE {column}=?", (value,)).fetchall()  # noqa: S608
            for row in found:
                connection.execute(STOP, (self._clock(), row["folded"]))
                connection.execute(FORGET_DUE, (MAIL, row["folded"]))
            return [row["mailbox"] for row in found]


def _count(connection: Connection, folded: str, asker: str, now: float) -> None:
    """Note that somebody asks. Raises ``Unsuitable`` when that is too often; what is old is forgotten."""
    connection.execute("DELETE FROM subscriber_asks WHERE at<?", (now - DAY,))
    connection.execute("DELETE FROM subscribers WHERE state='pending' AND asked_at<?", (now - WAITS,))
    limits = [("folded", folded, HOUR, MAILBOX_HOURLY), ("folded", folded, DAY, MAILBOX_DAILY)]
    limits += [("asker", asker, HOUR, ASKER_HOURLY)] if asker else []
    for who, value, seconds, most in limits:
        if connection.execute(ASKED.format(who=who), (value, now - seconds)).fetchone()[0] >= most:
            raise Unsuitable(
                "That was asked for too often. Wait an hour, and look into the mailbox meanwhile."
            )
    connection.execute("INSERT INTO subscriber_asks VALUES (?,?,?)", (folded, asker, now))


def _of(connection: Connection, folded: str) -> Subscriber:
    return _subscriber(connection.execute("SELECT * FROM subscribers WHERE folded=?", (folded,)).fetchone())


def _subscriber(row: Row) -> Subscriber:
    return Subscriber(
        mailbox=row["mailbox"],
        state=row["state"],
        since=datetime.fromtimestamp(row["since"], UTC),
        asker=row["asker"],
        nonce=row["nonce"],
        fault=row["fault"],
    )
