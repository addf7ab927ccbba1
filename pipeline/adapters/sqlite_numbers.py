"""Figures from the SQLite ledger's file: from the facts of images and the tallies of runs."""

from collections.abc import Sequence
from sqlite3 import Connection

from pipeline.adapters import sqlite_facts, sqlite_tallies
from pipeline.adapters.sqlite_database import Database
from pipeline.counting import at_rank, steps
from pipeline.figures import EVERYTHING, Day, Figures, Scope, Step, Visited

DAY = """
SELECT COUNT(*) AS images,
    COUNT(*) FILTER (WHERE state='done') AS done, COUNT(*) FILTER (WHERE state='held') AS held,
    COUNT(*) FILTER (WHERE state='rejected') AS rejected, COUNT(*) FILTER (WHERE state='failed') AS failed,
    COUNT(*) FILTER (WHERE state='waiting') AS waiting, COUNT(*) FILTER (WHERE contains_nudity) AS nude,
    COUNT(*) FILTER (WHERE faces>0) AS with_faces, COUNT(*) FILTER (WHERE renditions>0) AS published,
    COALESCE(SUM(bytes),0) AS bytes_in, COALESCE(SUM(bytes_before),0) AS bytes_before,
    COALESCE(SUM(bytes_after),0) AS bytes_after
FROM facts WHERE {where}
"""
WAITED = "SELECT verdict_seconds FROM facts WHERE {where} AND verdict_seconds IS NOT NULL"
TOWNS = """
SELECT place, country_code, COUNT(*) AS images FROM facts
WHERE {where} AND place IS NOT NULL AND decision='cleared'
GROUP BY place, country_code ORDER BY images DESC, place LIMIT :most
"""
CHANNELS = """
SELECT DISTINCT team, channel FROM facts
WHERE entered_at>=:start AND entered_at<:end AND channel<>'' AND channel NOT LIKE 'D%' ORDER BY team, channel
"""
RUNS = """
SELECT actor, outcome, class, SUM(runs) AS runs FROM tallies
WHERE slot>=:start AND slot<:end GROUP BY actor, outcome, class ORDER BY actor, class
"""


class SqliteNumbers:
    """``pipeline.figures.Numbers``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_facts.SCHEMA + sqlite_tallies.SCHEMA)

    def days(self, scope: Scope, days: Sequence[Day]) -> list[Figures]:
        """See ``Numbers.days``: all of them at the same moment."""
        with self._database.snapshot() as connection:
            return [_day(connection, scope, day) for day in days]

    def towns(self, scope: Scope, day: Day, most: int) -> list[Visited]:
        """See ``Numbers.towns``."""
        where, values = _where(scope, day)
        where += " AND NOT private" if scope == EVERYTHING else ""
        found = self._database.read(TOWNS.format(where=where), values | {"most": most})
        return [Visited(row["place"], row["country_code"], row["images"]) for row in found]

    def channels(self, day: Day) -> list[Scope]:
        """See ``Numbers.channels``."""
        found = self._database.read(CHANNELS, {"start": day.start, "end": day.end})
        return [Scope(row["team"], row["channel"]) for row in found]

    def steps(self, day: Day) -> list[Step]:
        """See ``Numbers.steps``."""
        found = self._database.read(RUNS, {"start": day.start, "end": day.end})
        return steps((row["actor"], row["outcome"], row["class"], row["runs"]) for row in found)


def _day(connection: Connection, scope: Scope, day: Day) -> Figures:
    where, values = _where(scope, day)
    row = connection.execute(DAY.format(where=where), values).fetchone()
    plain = connection.cursor()
    plain.row_factory = None  # a hundred thousand rows by name take twice the time of those without
    waited = sorted(seconds for (seconds,) in plain.execute(WAITED.format(where=where), values))
    return Figures(
        day=day,
        median_seconds=at_rank(waited, 50),
        p95_seconds=at_rank(waited, 95),
        **{name: row[name] for name in row.keys()},  # noqa: SIM118  a row's iteration is its values
    )


def _where(scope: Scope, day: Day) -> tuple[str, dict[str, str | float | int]]:
    values: dict[str, str | float | int] = {"start": day.start, "end": day.end}
    time = "entered_at>=:start AND entered_at<:end"
    if scope == EVERYTHING:
        return time, values
    return f"team=:team AND channel=:channel AND {time}", values | {
        "team": scope.team,
        "channel": scope.channel,
    }
