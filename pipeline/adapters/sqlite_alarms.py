"""Alarms in the SQLite ledger's file: which stand, and the news of each in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from pipeline import alarms
from pipeline.adapters import sqlite_newsroom
from pipeline.adapters.sqlite_database import Database
from pipeline.alarms import Alarm, Hears, Trouble

SCHEMA = """
CREATE TABLE IF NOT EXISTS alarms (
    number INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, subject TEXT NOT NULL,
    words TEXT NOT NULL, raised_at REAL NOT NULL, well_since REAL, resolved_at REAL);
CREATE UNIQUE INDEX IF NOT EXISTS alarms_standing ON alarms (rule, subject) WHERE resolved_at IS NULL;
"""
STANDING = "SELECT * FROM alarms WHERE resolved_at IS NULL ORDER BY raised_at, number"
RAISE = "INSERT INTO alarms (rule, subject, words, raised_at) VALUES (?,?,?,?)"
CHANGE = "UPDATE alarms SET words=?, well_since=?, resolved_at=? WHERE number=?"


class SqliteAlarms:
    """``pipeline.alarms.Register``. Safe for any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_newsroom.SCHEMA + SCHEMA)

    def standing(self) -> list[Alarm]:
        """See ``Alarms.standing``."""
        return [_alarm(row) for row in self._database.read(STANDING)]

    def follow(
        self, troubles: Sequence[Trouble], unknown: Collection[str], now: datetime, hears: Hears
    ) -> list[Alarm]:
        """See ``Register.follow``. Where nothing changes nothing is written, and nobody waits."""
        if not alarms.changed(self.standing(), troubles, unknown, now):
            return []
        with self._database.write(durable=True) as connection:
            before = [_alarm(row) for row in connection.execute(STANDING)]
            written = [_write(connection, each) for each in alarms.changed(before, troubles, unknown, now)]
            numbers = {each.number for each in before}
            told = [each for each in written if each.number not in numbers or each.resolved_at]
            for each in told:
                piece = alarms.draft(each)
                sqlite_newsroom.write(connection, piece, hears(each, piece), now.timestamp())
            return told

    def tidy(self, before: datetime) -> int:
        """See ``Register.tidy``."""
        with self._database.write() as connection:
            gone = connection.execute("DELETE FROM alarms WHERE resolved_at<?", (before.timestamp(),))
            return gone.rowcount


def _write(connection: Connection, alarm: Alarm) -> Alarm:
    if not alarm.number:
        values = (alarm.rule, alarm.subject, alarm.words, alarm.raised_at.timestamp())
        return replace(alarm, number=connection.execute(RAISE, values).lastrowid or 0)
    at = (alarm.well_since, alarm.resolved_at)
    connection.execute(CHANGE, (alarm.words, *(each and each.timestamp() for each in at), alarm.number))
    return alarm


def _alarm(row: Row) -> Alarm:
    return Alarm(
        rule=row["rule"],
        subject=row["subject"],
        words=row["words"],
        raised_at=datetime.fromtimestamp(row["raised_at"], UTC),
        resolved_at=_time(row["resolved_at"]),
        well_since=_time(row["well_since"]),
        number=row["number"],
    )


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
