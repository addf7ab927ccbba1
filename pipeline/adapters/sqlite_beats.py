"""Signs of life of Loupe's parts, in the SQLite ledger's file."""

import time
from collections.abc import Mapping

from pipeline.adapters.sqlite_database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS beats (part TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;"


class SqliteBeats:
    """``pipeline.beats.Beats``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def beat(self, part: str) -> None:
        """See ``Beats.beat``."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO beats VALUES (?,?)", (part, time.time()))

    def ages(self) -> Mapping[str, float]:
        """See ``Beats.ages``."""
        now = time.time()
        return {row["part"]: max(0.0, now - row["at"]) for row in self._database.read("SELECT * FROM beats")}
