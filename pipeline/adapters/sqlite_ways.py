"""How far a collector took the ways of images, in the SQLite ledger's file."""

from pipeline.adapters import sqlite_facts
from pipeline.adapters.sqlite_database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS ways (one INTEGER PRIMARY KEY CHECK (one=1), number INTEGER NOT NULL);"
BEGIN = "INSERT OR IGNORE INTO ways SELECT 1, COALESCE(MAX(number), 0) FROM facts"
NEXT = """
SELECT number, image, state FROM facts WHERE number>(SELECT number FROM ways) ORDER BY number LIMIT ?
"""


class SqliteWays:
    """``pipeline.ways.Journal``, by the numbers that facts get when they change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_facts.SCHEMA + SCHEMA)
        with database.write() as connection:
            connection.execute(BEGIN)

    def settled(self, most: int) -> tuple[int, list[tuple[str, str]]]:
        """See ``Journal.settled``. What waits gets another number when it settles."""
        found = self._database.read(NEXT, (most,))
        settled = [(row["image"], row["state"]) for row in found if row["state"] != "waiting"]
        return (found[-1]["number"] if found else 0), settled

    def took(self, number: int) -> None:
        """See ``Journal.took``."""
        with self._database.write() as connection:
            connection.execute("UPDATE ways SET number=? WHERE number<?", (number, number))
