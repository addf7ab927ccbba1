"""When a channel last asked for its digest at once, from the news in the SQLite ledger's file."""

from pipeline.adapters import sqlite_newsroom
from pipeline.adapters.sqlite_database import Database
from pipeline.digest import asked_for

LAST = "SELECT at FROM pieces WHERE subject=? AND kind='digest' ORDER BY number DESC LIMIT 1"


class SqliteAskings:
    """``pipeline.habits.Askings``, from the pieces that were written for the asking."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_newsroom.SCHEMA)

    def last(self, team: str, channel: str) -> float | None:
        """See ``Askings.last``."""
        found = self._database.read(LAST, (asked_for(team, channel),))
        return found[0]["at"] if found else None
