"""Counts of runs: never lost, never doubled, and kept small."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters import sqlite_tallies
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_totals import SqliteTotals
from pipeline.figures import Step, Total, day_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
DAYS = 86_400.0
RUN = st.tuples(
    st.sampled_from(["look", "publish"]),
    st.sampled_from(["done", "failed", "skipped", "again"]),
    st.floats(0, 60 * DAYS),
    st.floats(0, 100_000),
)
Runs = Sequence[tuple[str, str, float, float]]


def counted(database: Database, runs: Runs) -> None:
    with database.write() as connection:
        for actor, outcome, ago, ms in runs:
            sqlite_tallies.count(connection, actor, outcome, NOW - ago, ms)


def lines(database: Database) -> int:
    return int(database.read("SELECT COUNT(*) AS n FROM tallies")[0]["n"])


def totals(database: Database) -> SqliteTotals:
    return SqliteTotals(database, lambda: NOW)


def two_months(numbers: SqliteNumbers) -> list[list[Step]]:
    return [numbers.steps(day_of(NOW - ago * DAYS, "UTC")) for ago in range(61)]


def opened(folder: str | Path) -> tuple[Database, SqliteNumbers]:
    database = Database(Path(folder) / "ledger.sqlite")
    return database, SqliteNumbers(database)


@settings(max_examples=40, deadline=None)
@given(st.lists(RUN, max_size=40), st.floats(0, 60 * DAYS), st.lists(RUN, max_size=5))
def test_adding_up_old_days_changes_no_total_and_no_day_in_utc(runs: Runs, ago: float, late: Runs) -> None:
    with TemporaryDirectory() as folder:
        database, numbers = opened(folder)
        counted(database, runs)
        before = totals(database).totals(), two_months(numbers)
        there = lines(database)
        gone = sqlite_tallies.compact(database, NOW - ago)
        assert lines(database) == there - gone
        assert totals(database).totals() == before[0]
        assert two_months(numbers) == before[1]
        assert sqlite_tallies.compact(database, NOW - ago) == 0
        counted(database, late)
        sqlite_tallies.compact(database, NOW - ago)
        assert sum(each.runs for each in totals(database).totals()) == len(runs) + len(late)


def test_an_old_day_becomes_a_line_for_each_actor_outcome_and_class(tmp_path: Path) -> None:
    database, _ = opened(tmp_path)
    counted(database, [("look", "done", 41 * DAYS + 900.0 * n, 50.0) for n in range(40)])
    counted(database, [("look", "done", 900.0 * n, 50.0) for n in range(40)])
    assert sqlite_tallies.compact(database, NOW - 40 * DAYS) == 39
    assert lines(database) == 41


def test_a_day_that_has_not_quite_passed_stays_as_it_is(tmp_path: Path) -> None:
    database, _ = opened(tmp_path)
    counted(database, [("look", "done", 900.0 * n, 50.0) for n in range(40)])
    assert sqlite_tallies.compact(database, NOW) == 0


def test_totals_go_on_from_where_they_were(tmp_path: Path) -> None:
    """What was added up once is not read again; what comes later is."""
    database, _ = opened(tmp_path)
    counting = totals(database)
    counted(database, [("look", "done", 50 * DAYS, 1000.0), ("look", "done", 60, 500.0)])
    assert counting.totals() == [Total("look", "done", 2, 1.5, {54: 1, 60: 1})]
    counted(database, [("look", "done", 0, 500.0)])
    assert counting.totals() == [Total("look", "done", 3, 2.0, {54: 2, 60: 1})]
    sqlite_tallies.compact(database, NOW - 40 * DAYS)
    assert counting.totals() == totals(database).totals()
