"""The facts of images in the SQLite ledger's file, written in the transaction that changes their rows."""

from dataclasses import asdict, fields
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
SAME = " AND ".join(f"{name} IS :{name}" for name in NAMES)
FIND = "SELECT verdict_seconds FROM facts WHERE image=?"
UNCHANGED = f"SELECT 1 FROM facts WHERE {SAME}"  # noqa: S608
WRITE = (
    f"INSERT OR REPLACE INTO facts ({','.join(NAMES)})"  # noqa: S608
    f" VALUES ({','.join(f':{name}' for name in NAMES)})"
)


def write(connection: Connection, facts: Facts) -> None:
    """Keep the facts in place of earlier ones; without a change nothing is written."""
    values = asdict(facts) | {"entered_at": facts.entered_at.timestamp()}
    before = connection.execute(FIND, (facts.image,)).fetchone()
    if before and before["verdict_seconds"] is not None:
        values["verdict_seconds"] = before["verdict_seconds"]
    if not (before and connection.execute(UNCHANGED, values).fetchone()):
        connection.execute(WRITE, values)
