"""Nine o'clock in every zone, on days that have no such time, have it twice, or do not exist."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.figures import Day
from scheduler import hours
from tests.scheduler import wall

ZONES = sorted(available_timezones())
EDGES = [
    ("Europe/Sofia", date(2026, 3, 29)),  # 03:00 to 04:00 is missing
    ("Europe/Sofia", date(2026, 10, 25)),  # 03:00 to 04:00 comes twice
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),  # midnight is missing
    ("Africa/Cairo", date(2026, 10, 29)),  # the last hour before midnight comes twice
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),  # the first hour comes twice
    ("America/St_Johns", date(2010, 3, 14)),  # at one minute past midnight
    ("America/St_Johns", date(2010, 11, 7)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Pacific/Apia", date(2011, 12, 29)),  # the 30th does not exist
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kwajalein", date(1993, 8, 22)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("America/Caracas", date(2016, 5, 1)),
    ("Antarctica/Troll", date(2026, 3, 29)),  # two hours
    ("Pacific/Niue", date(2026, 6, 1)),  # UTC-11
    ("Pacific/Kiritimati", date(2026, 6, 1)),  # UTC+14
    ("Asia/Kathmandu", date(2026, 6, 1)),  # UTC+5:45
    ("Pacific/Chatham", date(2026, 4, 5)),  # UTC+12:45 and summer time
    ("Asia/Kolkata", date(2028, 2, 29)),
    ("UTC", date(2028, 2, 29)),
]
days = st.dates(date(2007, 1, 1), date(2036, 12, 31))
times = st.times().map(lambda t: f"{t:%H:%M}")


def probes(begin: float, end: float) -> list[float]:
    return [begin - 60, begin - 1, begin, begin + 1, begin + 60, (begin + end) / 2, end - 60, end - 1, end]


def holds(zone: str, day: date, at: str) -> None:
    begin, end = wall.window(zone, day, at)
    assert hours.opening(Day(day, zone), at) == begin
    assert wall.exists(zone, day) or begin == end
    for moment in probes(begin, end) if wall.exists(zone, day) else ():
        about = hours.told(at, zone, moment)
        due = about is not None and about.date == wall.told_in(zone, day)
        assert due == (begin <= moment < end), (zone, day, at, moment)


@pytest.mark.parametrize(("zone", "day"), EDGES, ids=lambda value: str(value).replace("/", "-"))
@pytest.mark.parametrize("at", ["00:00", "00:30", "02:15", "02:30", "03:00", "09:00", "23:30", "23:59"])
def test_at_the_edges_it_is_due_from_the_first_moment_on_until_midnight(
    zone: str, day: date, at: str
) -> None:
    holds(zone, day, at)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(ZONES), days, times)
@example("Australia/Lord_Howe", date(2026, 10, 4), "02:00")
def test_in_every_zone_it_is_due_from_the_first_moment_on_until_midnight(
    zone: str, day: date, at: str
) -> None:
    holds(zone, day, at)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        ("Europe/Sofia", date(2026, 3, 29), "03:30", "2026-03-29T01:00"),  # 04:00 summer time
        ("Europe/Sofia", date(2026, 10, 25), "03:30", "2026-10-25T00:30"),  # the first of two
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03T15:30"),  # 02:30 at +11
        ("Africa/Cairo", date(2026, 4, 24), "00:20", "2026-04-23T22:00"),  # 01:00 summer time
        ("Asia/Kathmandu", date(2026, 11, 22), "09:00", "2026-11-22T03:15"),
    ],
)
def test_a_time_that_is_missing_or_comes_twice(zone: str, day: date, at: str, moment: str) -> None:
    found = datetime.fromtimestamp(hours.opening(Day(day, zone), at), UTC)
    assert f"{found:%Y-%m-%dT%H:%M}" == moment


def test_after_a_day_that_does_not_exist_the_one_before_it_is_told() -> None:
    noon = datetime(2011, 12, 30, 22, tzinfo=UTC).timestamp()  # the 31st, 12:00 there
    assert hours.told("09:00", "Pacific/Apia", noon) == Day(date(2011, 12, 29), "Pacific/Apia")


def test_on_the_first_of_march_the_leap_day_is_told() -> None:
    noon = datetime(2028, 3, 1, 12, tzinfo=UTC).timestamp()
    assert hours.told("09:00", "UTC", noon) == Day(date(2028, 2, 29), "UTC")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), days, times, st.integers(0, 86_399))
def test_the_next_time_lies_ahead_and_nothing_is_due_in_between(
    zone: str, day: date, at: str, second: int
) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + second
    ahead = hours.next_opening(at, zone, moment)
    assert moment < ahead <= moment + timedelta(days=2).total_seconds()
    before = hours.told(at, zone, moment)
    if hours.around(moment, zone).date == hours.around(ahead - 1, zone).date:
        assert hours.told(at, zone, ahead - 1) == before
