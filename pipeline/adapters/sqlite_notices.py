"""Which messages of other systems were taken, in the SQLite ledger's file: what comes twice is taken once."""

import time

from pipeline.adapters.sqlite_database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS notices (message TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;"
REMEMBERED = 86_400.0
"""Seconds; a message that is older than an hour is not believed anyway."""


class SqliteNotices:
    """Remembers ids of messages for a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def known(self, message: str) -> bool:
        """Was it taken?"""
        return bool(self._database.read("SELECT 1 FROM notices WHERE message=?", (message,)))

    def keep(self, message: str) -> None:
        """It was taken. Called after what it brought is written down."""
        with self._database.write(durable=True) as connection:
            connection.execute("DELETE FROM notices WHERE at<?", (time.time() - REMEMBERED,))
            connection.execute("INSERT OR REPLACE INTO notices VALUES (?,?)", (message, time.time()))
