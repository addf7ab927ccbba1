"""Facts of images that an earlier version of Loupe took in: made from their rows, bit by bit.

What was counted of runs cannot be made up: rows keep the last run alone.
"""

from sqlite3 import Connection

from pipeline.adapters import sqlite_facts
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import load_rows
from pipeline.facts import facts

WITHOUT = """
SELECT image FROM images WHERE image>? AND NOT EXISTS (SELECT 1 FROM facts WHERE facts.image=images.image)
ORDER BY image LIMIT ?
"""
STATE = "SELECT state FROM images WHERE image=?"


class SqliteEarlier:
    """Goes through the ledger once, from the oldest image on, as far at a time as it is told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after: str | None = ""
        database.define(sqlite_facts.SCHEMA)

    def catch_up(self, most: int) -> int:
        """Make the facts of up to ``most`` images that have none; how many there were. 0: there are no more.

        New images get theirs as they come, so after a 0 nothing is looked for any more.
        """
        if self._after is None:
            return 0
        found = [row["image"] for row in self._database.read(WITHOUT, (self._after, most))]
        self._after = found[-1] if found else None
        with self._database.write() as connection:
            for image in found:
                _make(connection, image)
        return len(found)


def _make(connection: Connection, image: str) -> None:
    known = connection.execute(STATE, (image,)).fetchone()
    made = facts(load_rows(connection, image), known["state"]) if known else None  # erased by now
    if made:
        sqlite_facts.write(connection, made)
