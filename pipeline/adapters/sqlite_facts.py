"""The facts of images in the SQLite ledger's file, written in the transaction that changes their rows."""

from dataclasses import fields
from operator import attrgetter
from sqlite3 import Connection

from pipeline.figures import Facts

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, image TEXT NOT NULL UNIQUE, short TEXT NOT NULL,
    source TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, private INTEGER NOT NULL,
    entered_at REAL NOT NULL, state TEXT NOT NULL, verdict_seconds REAL, decision TEXT, format TEXT,
    width INTEGER, height INTEGER, bytes INTEGER, frames INTEGER, nudity_score REAL, contains_nudity INTEGER,
    faces INTEGER, watermark_found INTEGER, place TEXT, region TEXT, country_code TEXT, taken_at TEXT,
    camera_make TEXT, camera_model TEXT, renditions INTEGER NOT NULL, bytes_before INTEGER NOT NULL,
    bytes_after INTEGER NOT NULL, parked INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS facts_of_days ON facts (entered_at, state, contains_nudity, faces, renditions,
    bytes, bytes_before, bytes_after, verdict_seconds);
CREATE INDEX IF NOT EXISTS facts_by_channel ON facts (team, channel, entered_at);
"""
"""A line that changes gets the next number, so that whoever reads on from a number misses nothing. The first
index holds all that the figures of a day are made of: six times faster than to look up each line."""
NAMES = tuple(field.name for field in fields(Facts))
AT, WAITED = NAMES.index("entered_at"), NAMES.index("verdict_seconds")
FIND = f"SELECT {','.join(NAMES)} FROM facts WHERE image=?"  # noqa: S608
WRITE = f"INSERT OR REPLACE INTO facts ({','.join(NAMES)}) VALUES ({','.join('?' for _ in NAMES)})"  # noqa: S608
_taken = attrgetter(*NAMES)


def write(connection: Connection, facts: Facts) -> None:
    """Keep the facts in place of earlier ones; without a change nothing is written."""
    line, before = values(facts), connection.execute(FIND, (facts.image,)).fetchone()
    if before and before["verdict_seconds"] is not None:
        line[WAITED] = before["verdict_seconds"]
    if not before or line != list(before):
        connection.execute(WRITE, line)


def values(facts: Facts) -> list[object]:
    """A line of the table, without its number."""
    line = list(_taken(facts))
    line[AT] = facts.entered_at.timestamp()
    return line
