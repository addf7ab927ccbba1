"""What of the timetable is due, by what was done; and the timetable in a scheduler's words."""

from datetime import UTC, date, datetime

import pytest

from pipeline.figures import Day
from pipeline.wakes import Wake
from scheduler.timetable import RETRY, Daily, Every, Row, due, entries, next_time

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()


def nothing(*_: object) -> None:
    """What the rows here do."""


SWEEP = Every("sweep", 300, nothing)
DIGEST = Daily("digest", "09:00", "UTC", nothing, "T1/C1")


def is_due(row: Row, now: float, *wakes: Wake, kept: tuple[tuple[str, str], ...] = ()) -> bool:
    return bool(due([row], now, {wake.row: wake for wake in wakes}, kept))


def test_what_was_never_done_is_due() -> None:
    assert is_due(SWEEP, NOON)
    assert is_due(DIGEST, NOON)


def test_an_interval_is_waited_for_from_beginning_to_beginning() -> None:
    assert not is_due(SWEEP, NOON + 299, Wake("sweep", NOON))
    assert is_due(SWEEP, NOON + 300, Wake("sweep", NOON))


def test_a_time_in_the_future_was_noted_by_a_clock_that_was_wrong() -> None:
    assert is_due(SWEEP, NOON, Wake("sweep", NOON + 86_400))


def test_what_is_done_of_a_day_is_not_due_again_that_day() -> None:
    done = (("digest/T1/C1", "2026-11-21"),)
    assert not is_due(DIGEST, NOON, kept=done)
    assert is_due(DIGEST, NOON + 86_400, kept=done)
    assert not is_due(DIGEST, NOON + 12 * 3600)  # midnight: it is not caught up any more


def test_what_failed_is_tried_again_after_growing_pauses() -> None:
    for failures, wait in ((1, 60), (2, 120), (3, 240), (20, RETRY[1])):
        failed = Wake(DIGEST.id, NOON - wait + 1, failures)
        assert not is_due(DIGEST, NOON, failed)
        assert is_due(DIGEST, NOON + 1, failed)


def test_what_failed_never_waits_longer_than_its_interval_and_an_hourly_row_is_tried_earlier() -> None:
    assert is_due(SWEEP, NOON, Wake("sweep", NOON - 300, failures=9))
    assert is_due(Every("tidy", 3600, nothing), NOON, Wake("tidy", NOON - 60, failures=1))


def test_a_daily_row_is_done_about_the_day_before() -> None:
    days: list[Day] = []
    row = Daily("export", "03:00", "Europe/Sofia", days.append)
    for turn in due([row], NOON, {}, ()):
        turn.act()
    assert days == [Day(date(2026, 11, 21), "Europe/Sofia")]


@pytest.mark.parametrize(
    ("row", "wakes", "at"),
    [
        (SWEEP, [], NOON),
        (SWEEP, [Wake("sweep", NOON - 100)], NOON + 200),
        (SWEEP, [Wake("sweep", NOON - 900)], NOON),
        (DIGEST, [], NOON + 21 * 3600),
    ],
)
def test_the_next_time_of_a_row_can_be_told(row: Row, wakes: list[Wake], at: float) -> None:
    assert next_time(row, NOON, wakes[0] if wakes else None) == at


def test_the_timetable_is_data_for_a_scheduler_elsewhere() -> None:
    rows: list[Row] = [Every("appointments", 30, nothing), SWEEP, Every("tidy", 3600, nothing), DIGEST,
            Daily("digest", "18:05", "Asia/Kolkata", nothing, "/")]  # fmt: skip
    assert [(e.name, e.subject, e.expression, e.zone) for e in entries(rows)] == [
        ("appointments", "", "rate(1 minute)", "UTC"),
        ("sweep", "", "rate(5 minutes)", "UTC"),
        ("tidy", "", "rate(60 minutes)", "UTC"),
        ("digest", "T1/C1", "cron(0 9 * * ? *)", "UTC"),
        ("digest", "/", "cron(5 18 * * ? *)", "Asia/Kolkata"),
    ]
