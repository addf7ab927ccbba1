"""What only grows, from the SQLite ledger's file: runs and images since Loupe counts them."""

import time
from collections.abc import Callable, Mapping
from sqlite3 import Row

from pipeline.adapters import sqlite_ledger, sqlite_tallies, sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.figures import Total

SUMS = """
SELECT actor, outcome, class, SUM(runs) AS runs, SUM(ms) AS ms FROM tallies
WHERE slot>=:since AND slot<:until GROUP BY actor, outcome, class
"""
ARRIVALS = """
SELECT (SELECT COUNT(*) FROM images) + (SELECT COUNT(*) FROM tombstones)
    - (SELECT COUNT(*) FROM tombstones JOIN images USING (image)) AS n
"""
CLOSED = 3 * 3600
"""Seconds after which nothing is added to a slot any more. Should a machine sleep in between, what it adds
then is counted from the next start of this process on."""
LAST = 1 << 62
Counts = dict[tuple[str, str, int], tuple[int, float]]
"""Runs and milliseconds, by actor, outcome and class."""


class SqliteTotals:
    """``pipeline.figures.Totals``. What the past adds up to is read once."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._past: tuple[int, Counts] = (0, {})
        for module in (sqlite_tallies, sqlite_tombstones, sqlite_ledger):
            database.define(module.SCHEMA)

    def arrivals(self) -> int:
        """See ``Totals.arrivals``: the images that are there, and the tombstones of the others."""
        return int(self._database.read(ARRIVALS)[0]["n"])

    def totals(self) -> list[Total]:
        """See ``Totals.totals``."""
        since, past = self._closed()
        found: dict[tuple[str, str], dict[int, tuple[int, float]]] = {}
        for (actor, outcome, number), counted in _sum(past, self._read(since, LAST)).items():
            found.setdefault((actor, outcome), {})[number] = counted
        return [_total(*key, classes) for key, classes in sorted(found.items())]

    def _closed(self) -> tuple[int, Counts]:
        """What was counted before some moment a few hours ago, and that moment."""
        since, past = self._past
        until = int(self._clock()) // CLOSED * CLOSED - CLOSED
        if until > since:
            self._past = until, _sum(past, self._read(since, until))
        return self._past

    def _read(self, since: int, until: int) -> list[Row]:
        return self._database.read(SUMS, {"since": since, "until": until})


def _sum(counts: Counts, rows: list[Row]) -> Counts:
    found = dict(counts)
    for row in rows:
        key = (row["actor"], row["outcome"], row["class"])
        runs, ms = found.get(key, (0, 0.0))
        found[key] = runs + row["runs"], ms + row["ms"]
    return found


def _total(actor: str, outcome: str, classes: Mapping[int, tuple[int, float]]) -> Total:
    counts = {number: runs for number, (runs, _) in sorted(classes.items())}
    seconds = sum(ms for _, ms in classes.values()) / 1000
    return Total(actor, outcome, sum(counts.values()), seconds, counts)
