"""What the clock did, in the SQLite ledger's file."""

from collections.abc import Collection, Mapping

from pipeline.adapters.sqlite_database import Database
from pipeline.wakes import Wake

SCHEMA = """
CREATE TABLE IF NOT EXISTS wakes (
    row TEXT PRIMARY KEY, at REAL NOT NULL, failures INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (
    row TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (row, date)) WITHOUT ROWID;
"""
DAYS = 40
"""Days that are remembered of each row, counted from its newest and not from what a clock says today."""
TIDY = f"""
DELETE FROM kept WHERE date < (SELECT date(MAX(k.date), '-{DAYS} days') FROM kept k WHERE k.row = kept.row)
"""  # noqa: S608
ASKED = 400
"""Pairs in one query: SQLite takes 999 values in its oldest versions (https://sqlite.org/limits.html, 9)."""


class SqliteWakes:
    """``pipeline.wakes.Wakes``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def all(self) -> Mapping[str, Wake]:
        """See ``Wakes.all``."""
        return {row["row"]: Wake(**row) for row in self._database.read("SELECT * FROM wakes")}

    def note(self, wake: Wake) -> None:
        """See ``Wakes.note``."""
        with self._database.write() as connection:
            values = (wake.row, wake.at, wake.failures)
            connection.execute("INSERT OR REPLACE INTO wakes VALUES (?,?,?)", values)

    def keep(self, row: str, date: str) -> None:
        """See ``Wakes.keep``; what failed before is forgiven."""
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO kept VALUES (?,?)", (row, date))
            connection.execute("DELETE FROM wakes WHERE row=?", (row,))

    def kept(self, asked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """See ``Wakes.kept``."""
        found: set[tuple[str, str]] = set()
        every = list(asked)
        for some in (every[first : first + ASKED] for first in range(0, len(every), ASKED)):
            pairs = ",".join(["(?,?)"] * len(some))
            query = f"SELECT row, date FROM kept WHERE (row, date) IN (VALUES {pairs})"  # noqa: S608
            values = [value for pair in some for value in pair]
            found |= {(row["row"], row["date"]) for row in self._database.read(query, values)}
        return found

    def tidy(self) -> int:
        """See ``Wakes.tidy``."""
        with self._database.write() as connection:
            return connection.execute(TIDY).rowcount
