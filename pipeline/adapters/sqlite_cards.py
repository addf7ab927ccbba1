"""Slack cards, their channels' lanes and Slack's rates in the ledger's SQLite file."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from sqlite3 import Connection, Row

from pipeline.adapters import sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.cards import BUSY, FRESH, Card, Done, Message, Pace
from pipeline.errors import Unavailable
from pipeline.model import Source
from pipeline.ports import Report

SCHEMA = """
CREATE TABLE IF NOT EXISTS cards (
    team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, thread TEXT NOT NULL,
    opened_at REAL NOT NULL, wanted INTEGER NOT NULL DEFAULT 1, due_at REAL,
    words TEXT, withdrawn TEXT, done TEXT NOT NULL DEFAULT '{}', trouble TEXT,
    PRIMARY KEY (team, channel, ts)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cards_due ON cards (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS cards_lane ON cards (team, channel, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS cards_trouble ON cards (opened_at) WHERE trouble IS NOT NULL;
CREATE TABLE IF NOT EXISTS card_reports (
    team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, image TEXT NOT NULL, report TEXT NOT NULL,
    PRIMARY KEY (team, channel, ts, image)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS card_reports_by_image ON card_reports (image);
CREATE TABLE IF NOT EXISTS card_echoes (
    team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, seen TEXT NOT NULL,
    PRIMARY KEY (team, channel, ts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card_lanes (
    team TEXT NOT NULL, channel TEXT NOT NULL, owner TEXT, until REAL NOT NULL DEFAULT 0,
    rest_until REAL NOT NULL DEFAULT 0, PRIMARY KEY (team, channel)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slack_rates (
    team TEXT NOT NULL, method TEXT NOT NULL, used_until REAL NOT NULL DEFAULT 0,
    held_until REAL NOT NULL DEFAULT 0, PRIMARY KEY (team, method)) WITHOUT ROWID;
"""
NEXT = """
SELECT c.*, coalesce(l.rest_until, 0) AS rest_until, e.seen FROM cards c
LEFT JOIN card_lanes l ON l.team = c.team AND l.channel = c.channel
LEFT JOIN card_echoes e ON e.team = c.team AND e.channel = c.channel AND e.ts = c.ts
WHERE c.due_at <= :now AND (l.owner IS NULL OR l.until <= :now)
  AND (coalesce(l.rest_until, 0) <= :now OR (c.done = '{}' AND c.opened_at > :fresh)
       OR json_extract(c.done, '$.ts') IS NOT NULL)
ORDER BY json_extract(c.done, '$.ts') IS NOT NULL, c.due_at LIMIT 1
"""
OTHERS = "SELECT COUNT(*) FROM cards WHERE team = ? AND channel = ? AND due_at <= ?"
ONE = "team = ? AND channel = ? AND ts = ?"


class SqliteCards:
    """The ``Cards`` port on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA + sqlite_tombstones.SCHEMA)

    def open(self, message: Message, due_at: float, words: str | None = None) -> None:
        """Begin a card; opening it again is harmless."""
        with self._database.write(durable=words is not None) as db:
            _open(db, message, due_at, words)

    def withdraw(self, message: Message, why: str) -> None:
        """Nothing of this card shall be seen any more; holds for a card that is opened later, too."""
        with self._database.write(durable=True) as db:
            _open(db, message, time.time(), None)
            db.execute(
                f"UPDATE cards SET withdrawn = ?, wanted = wanted + 1, due_at = ? WHERE {ONE}",  # noqa: S608
                (why, time.time(), *_key(message)),
            )

    def see(self, message: Message, ts: str) -> None:
        """Slack told of our message that answers this one."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO card_echoes VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen",
                (*_key(message), ts),
            )

    def spoke(self, team: str, channel: str, since: float) -> bool:
        """Was a card with words of its own begun in the channel after that moment?"""
        return bool(
            self._database.read(
                "SELECT 1 FROM cards WHERE team = ? AND channel = ? AND words IS NOT NULL AND opened_at > ?"
                " LIMIT 1",
                (team, channel, since),
            )
        )

    def leave(self, team: str, channel: str, why: str) -> None:
        """Withdraw every card of a channel that is not finished."""
        with self._database.write(durable=True) as db:
            db.execute(
                "UPDATE cards SET withdrawn = ?, wanted = wanted + 1, due_at = ?"
                " WHERE due_at IS NOT NULL AND team = ? AND channel = ?",
                (why, time.time(), team, channel),
            )

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """Keep the report for the image's card; only Slack's images have one."""
        if source.kind != "slack":
            return ()
        message = Message(source.team, source.channel, source.message, source.thread or source.message)
        with self._database.write() as db:
            if sqlite_tombstones.stands(db, image):
                return ()
            told = sqlite_tombstones.report_without_erased(db, report)
            text = json.dumps(told, sort_keys=True, default=str)
            _open(db, message, time.time(), None)
            changed = db.execute(
                "INSERT INTO card_reports VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET report = excluded.report WHERE report <> excluded.report",
                (*_key(message), image, text),
            ).rowcount
            if changed:
                db.execute(
                    f"UPDATE cards SET wanted = wanted + 1, due_at = ? WHERE {ONE}",  # noqa: S608
                    (time.time(), *_key(message)),
                )
        return ("slack",)

    def claim(self, owner: str, lease: float) -> Card | None:
        """The next card that is due and whose channel nobody else is sending to."""
        now = time.time()
        moment = {"now": now, "fresh": now - FRESH}
        if not self._database.read(NEXT, moment):
            return None
        with self._database.write() as db:
            row = db.execute(NEXT, moment).fetchone()
            if row is None:
                return None
            db.execute(
                "INSERT INTO card_lanes (team, channel, owner, until) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until",
                (row["team"], row["channel"], owner, now + lease),
            )
            others = db.execute(OTHERS, (row["team"], row["channel"], now)).fetchone()[0] - 1
            return _card(row, owner, others, _reports(db, row))

    def note(self, card: Card, done: Done) -> None:
        """Record what was just done; kept even if the power fails right after."""
        with self._database.write(durable=True) as db:
            _record(db, card, done)

    def finish(self, card: Card, done: Done, due_at: float | None, *, rest_until: float = 0.0) -> None:
        """Give the card back; look again at ``due_at``, or when it changes."""
        with self._database.write() as db:
            _record(db, card, done)
            db.execute(
                f"UPDATE cards SET due_at = CASE WHEN wanted = ? THEN ? ELSE ? END WHERE {ONE}",  # noqa: S608
                (card.wanted, due_at, time.time(), *_key(card.message)),
            )
            db.execute(
                "UPDATE card_lanes SET owner = NULL, rest_until = max(rest_until, ?)"
                " WHERE team = ? AND channel = ?",
                (rest_until, card.message.team, card.message.channel),
            )

    def owners(self) -> list[str]:
        """Who holds a claim."""
        found = self._database.read("SELECT DISTINCT owner FROM card_lanes WHERE owner IS NOT NULL")
        return [row["owner"] for row in found]

    def release(self, owner: str) -> None:
        """Take its claims from a sender that is gone."""
        with self._database.write() as db:
            db.execute("UPDATE card_lanes SET owner = NULL WHERE owner = ?", (owner,))

    def reserve(self, team: str, method: str, pace: Pace) -> float:
        """0 when the method may be called now, and the call counted; else the earliest time for it."""
        now = time.time()
        with self._database.write() as db:
            row = db.execute(
                "SELECT used_until, held_until FROM slack_rates WHERE team = ? AND method = ?", (team, method)
            ).fetchone()
            used, held = (row["used_until"], row["held_until"]) if row else (0.0, 0.0)
            free_at = max(held, used - pace.every * (pace.burst - 1))
            if free_at > now:
                return float(free_at)
            _rate(db, team, method, max(used, now) + pace.every, held)
        return 0.0

    def rest(self, team: str, channel: str, seconds: float) -> float:
        """See ``Cards.rest``."""
        now = time.time()
        with self._database.write() as db:
            row = db.execute(
                "SELECT owner, until, rest_until FROM card_lanes WHERE team = ? AND channel = ?",
                (team, channel),
            ).fetchone()
            if row and row["owner"] is not None and row["until"] > now:
                return now + BUSY
            if row and row["rest_until"] > now:
                return float(row["rest_until"])
            db.execute(
                "INSERT INTO card_lanes (team, channel, rest_until) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET rest_until = excluded.rest_until",
                (team, channel, now + seconds),
            )
            return 0.0

    def hold(self, team: str, method: str, until: float) -> None:
        """Let no process call the method before that time."""
        with self._database.write() as db:
            _rate(db, team, method, 0.0, until)

    def stopped(self, limit: int) -> list[tuple[Message, str]]:
        """The newest cards that came to a premature end or cannot get out now, and why."""
        found = self._database.read(
            "SELECT * FROM cards WHERE trouble IS NOT NULL ORDER BY opened_at DESC LIMIT ?", (limit,)
        )
        return [(_message(row), row["trouble"]) for row in found]

    def wait(self, seconds: float) -> None:
        """Return when another connection has written something, or after ``seconds``."""
        self._database.wait(seconds)


def _key(message: Message) -> tuple[str, str, str]:
    return message.team, message.channel, message.ts


def _open(db: Connection, message: Message, due_at: float, words: str | None) -> None:
    db.execute(
        "INSERT INTO cards (team, channel, ts, thread, opened_at, due_at, words) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (*_key(message), message.thread, time.time(), due_at, words),
    )


def _record(db: Connection, card: Card, done: Done) -> None:
    lane = (card.message.team, card.message.channel)
    held = db.execute("SELECT owner FROM card_lanes WHERE team = ? AND channel = ?", lane).fetchone()
    if held is None or held["owner"] != card.owner:
        raise Unavailable(f"Another sender took over the card of {card.message.channel}.")
    trouble = done.over or done.fault
    db.execute(
        f"UPDATE cards SET done = ?, trouble = ? WHERE {ONE}",  # noqa: S608
        (json.dumps({} if done == Done() else asdict(done), default=sorted), trouble, *_key(card.message)),
    )


def _rate(db: Connection, team: str, method: str, used: float, held: float) -> None:
    db.execute(
        "INSERT INTO slack_rates VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " used_until = max(used_until, excluded.used_until),"
        " held_until = max(held_until, excluded.held_until)",
        (team, method, used, held),
    )


def _reports(db: Connection, row: Row) -> dict[str, Report]:
    key: Sequence[str] = (row["team"], row["channel"], row["ts"])
    found = db.execute(f"SELECT image, report FROM card_reports WHERE {ONE} ORDER BY image", key)  # noqa: S608
    return {one["image"]: json.loads(one["report"]) for one in found}


def _message(row: Row) -> Message:
    return Message(row["team"], row["channel"], row["ts"], row["thread"])


def _card(row: Row, owner: str, others: int, reports: dict[str, Report]) -> Card:
    done = json.loads(row["done"])
    done["reactions"] = frozenset(done.get("reactions", ()))
    return Card(
        message=_message(row),
        owner=owner,
        opened_at=row["opened_at"],
        wanted=row["wanted"],
        done=Done(**done),
        words=row["words"],
        withdrawn=row["withdrawn"],
        reports=reports,
        rest_until=row["rest_until"],
        others=others,
        seen=row["seen"],
    )
