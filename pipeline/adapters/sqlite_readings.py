"""What the alarms go by, from the SQLite ledger's file, beside what the catalog tells."""

from pipeline.adapters import sqlite_facts, sqlite_ledger, sqlite_tallies
from pipeline.adapters.sqlite_database import Database
from pipeline.durations import SLOT

RUNS = "SELECT COALESCE(SUM(runs), 0) AS n FROM tallies WHERE slot>=? AND outcome IN ('done', 'failed')"
PARKED = "SELECT COUNT(*) AS n FROM results WHERE parked AND at>=?"
LAST = "SELECT MAX(entered_at) AS at FROM facts"


class SqliteReadings:
    """Answers about the last hour. All moments are in seconds since the epoch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_ledger.SCHEMA + sqlite_facts.SCHEMA + sqlite_tallies.SCHEMA)

    def runs(self, since: float) -> tuple[int, int]:
        """Runs that ended for good since about then, and how many of them are parked.

        A file that is no picture fails too, as it should: that is counted as a run and not as a failure.
        What was parked and ran well since is no failure any more.
        """
        begin = since // SLOT * SLOT
        return self._one(RUNS, begin), self._one(PARKED, begin)

    def last_image(self) -> float | None:
        """When the last image came; None where none ever did."""
        at: float | None = self._database.read(LAST)[0]["at"]
        return at

    def _one(self, query: str, since: float) -> int:
        return int(self._database.read(query, (since,))[0]["n"])
