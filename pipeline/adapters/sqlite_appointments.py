"""Which actor is to look at which image again, and when, in the SQLite ledger's file."""

import time
from datetime import datetime

from pipeline.adapters.sqlite_database import Database
from pipeline.diary import Appointment

SCHEMA = """
CREATE TABLE IF NOT EXISTS appointments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, image TEXT NOT NULL, actor TEXT NOT NULL, at REAL NOT NULL,
    UNIQUE (image, actor));
CREATE INDEX IF NOT EXISTS appointments_due ON appointments (at);
CREATE TABLE IF NOT EXISTS policies (
    actor TEXT PRIMARY KEY, policy TEXT NOT NULL, reached TEXT NOT NULL) WITHOUT ROWID;
"""
"""A new appointment has a new number, also with the same image at the same time: so the clock never strikes
out one that was made while it kept the one before."""

LEFT_ALONE = """
SELECT i.image FROM images i WHERE i.image>?
AND EXISTS (SELECT 1 FROM results a WHERE a.image=i.image AND a.kind='Accepted')
AND NOT EXISTS (SELECT 1 FROM results r WHERE r.image=i.image AND r.actor=? AND r.state<>'skipped')
ORDER BY i.image LIMIT ?
"""
MAKE = "INSERT OR REPLACE INTO appointments (image, actor, at) VALUES (?,?,?)"
ALL = "~"
"""Comes after every image: all have been reached."""


class SqliteAppointments:
    """``pipeline.ports.Appointments``, and the clock's ``pipeline.diary.Diary``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def make(self, image: str, actor: str, at: datetime) -> None:
        """See ``Appointments.make``."""
        with self._database.write() as connection:
            connection.execute(MAKE, (image, actor, at.timestamp()))

    def due(self, limit: int) -> list[Appointment]:
        """See ``Diary.due``."""
        found = self._database.read(
            "SELECT number, image, actor FROM appointments WHERE at<=? ORDER BY at LIMIT ?",
            (time.time(), limit),
        )
        return [Appointment(row["number"], row["image"], row["actor"]) for row in found]

    def strike(self, appointment: Appointment) -> None:
        """See ``Diary.strike``."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM appointments WHERE number=?", (appointment.number,))

    def adopt(self, actor: str, policy: str) -> None:
        """See ``Diary.adopt``."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO policies VALUES (?,?,'') ON CONFLICT DO UPDATE SET policy=excluded.policy,"
                " reached='' WHERE policy<>excluded.policy",
                (actor, policy),
            )

    def catch_up(self, limit: int) -> None:
        """See ``Diary.catch_up``."""
        for row in self._database.read("SELECT actor, reached FROM policies WHERE reached<>?", (ALL,)):
            with self._database.write() as connection:
                found = connection.execute(LEFT_ALONE, (row["reached"], row["actor"], limit)).fetchall()
                connection.executemany(MAKE, [(each["image"], row["actor"], time.time()) for each in found])
                connection.execute(
                    "UPDATE policies SET reached=? WHERE actor=? AND reached=?",
                    (found[-1]["image"] if len(found) == limit else ALL, row["actor"], row["reached"]),
                )
