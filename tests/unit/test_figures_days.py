"""Days as calendars have them, in every time zone: with 23, 24 and 25 hours, and some others."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.durations import SLOT
from pipeline.figures import Day, day_of

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
SINCE, UNTIL = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2000, 2037))
HOUR = 3600.0


@given(ZONES, st.floats(SINCE, UNTIL))
def test_every_moment_belongs_to_the_day_that_begins_before_and_ends_after_it(zone: str, at: float) -> None:
    day = day_of(at, zone)
    assert day.start <= at < day.end
    assert day.date == datetime.fromtimestamp(at, ZoneInfo(zone)).date()


@given(ZONES, st.dates(date(2000, 1, 1), date(2036, 12, 30)))
def test_days_follow_each_other_without_a_gap(zone: str, on: date) -> None:
    assert Day(on, zone).end == Day(on + timedelta(days=1), zone).start


@given(ZONES, st.dates(date(2000, 1, 1), date(2036, 12, 30)))
def test_days_are_whole_quarters_of_an_hour(zone: str, on: date) -> None:
    assert Day(on, zone).start % SLOT == 0


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Sofia", date(2026, 3, 29), 23),
        ("Europe/Sofia", date(2026, 10, 25), 25),
        ("Europe/Sofia", date(2028, 2, 29), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight itself is left out
        ("America/Havana", date(2026, 11, 1), 25),  # midnight comes twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day that Samoa left out
        ("Pacific/Kiritimati", date(2026, 1, 1), 24),
        ("Pacific/Pago_Pago", date(2026, 1, 1), 24),
        ("Asia/Kathmandu", date(2026, 1, 1), 24),
    ],
)
def test_a_day_is_as_long_as_clocks_say(zone: str, on: date, hours: float) -> None:
    day = Day(on, zone)
    assert (day.end - day.start) / HOUR == hours


def test_a_week_is_the_seven_days_that_end_with_the_day() -> None:
    week = Day(date(2026, 3, 31), "Europe/Sofia").week()
    assert [day.date.day for day in week] == [25, 26, 27, 28, 29, 30, 31]
    assert sum(day.end - day.start for day in week) == 7 * 24 * HOUR - HOUR
