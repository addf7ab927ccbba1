"""Who gets a digest when: by the installation's choice or the channel's own, and once for each day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import digest
from pipeline.figures import EVERYTHING, Day, Scope
from pipeline.habits import Habit
from scheduler.digests import FRESH, Choice, Digests
from scheduler.timetable import Daily, due
from tests.scheduler import wall
from tests.scheduler.channels import Chosen, Pictures

CATS, DOGS = Scope("T1", "C0CATS"), Scope("T1", "C0DOGS")
YESTERDAY = date(2026, 11, 21)
USUAL = Choice("09:00", "UTC")


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NINE = moment("2026-11-22T09:00")


class Told(list[tuple[Scope, Day]]):
    """What was told, in order."""

    def __call__(self, scope: Scope, day: Day) -> None:
        self.append((scope, day))


def at(digests: Digests, now: float) -> set[str]:
    """Whose row is there: ``team/channel``."""
    return {row.subject for row in digests.rows(now) if isinstance(row, Daily)}


def made(usual: Choice = USUAL, habits: tuple[Habit, ...] = ()) -> Digests:
    pictures = Pictures({CATS: {YESTERDAY}, DOGS: {date(2026, 11, 18)}})
    return Digests(pictures, Chosen({(h.team, h.channel): h for h in habits}), usual, Told())


def test_channels_with_pictures_that_day_and_everything_are_told_from_the_hour_on_until_midnight() -> None:
    digests = made()
    assert at(digests, NINE - 1) == set()
    assert at(digests, NINE) == {"T1/C0CATS", "/"}
    assert at(digests, moment("2026-11-22T23:59:59")) == {"T1/C0CATS", "/"}
    assert at(digests, moment("2026-11-23T00:00")) == set()
    assert at(digests, moment("2026-11-23T09:00")) == set()  # of an empty day nothing is told


def test_nobody_is_told_where_the_installation_is_off_but_those_who_asked() -> None:
    own = Habit("T1", "C0CATS", "10:00", "UTC")
    assert at(made(Choice("off", "UTC")), NINE) == set()
    assert at(made(Choice("off", "UTC"), (own,)), NINE + 3600) == {"T1/C0CATS"}


def test_a_channel_that_is_off_is_left_alone() -> None:
    assert at(made(habits=(Habit("T1", "C0CATS", "off", "UTC"),)), NINE) == {"/"}


def test_a_channel_hears_at_its_own_hour_by_its_own_clock() -> None:
    digests = made(habits=(Habit("T1", "C0CATS", "08:30", "Asia/Kathmandu"),))  # 02:45 UTC
    assert at(digests, moment("2026-11-22T02:44")) == set()
    assert at(digests, moment("2026-11-22T02:45")) == {"T1/C0CATS"}
    assert at(digests, NINE) == {"T1/C0CATS", "/"}
    assert at(digests, moment("2026-11-22T18:15")) == {"/"}  # midnight in Kathmandu


def test_of_an_empty_day_those_are_told_who_asked_for_it() -> None:
    digests = made(habits=(Habit("T1", "C0EMPTY", "09:00", "UTC", empty=True),))
    assert at(digests, NINE) == {"T1/C0CATS", "T1/C0EMPTY", "/"}


def test_where_empty_days_are_told_everybody_hears_who_had_pictures_in_the_week() -> None:
    digests = made(Choice("09:00", "UTC", empty=True))
    assert at(digests, NINE) == {"T1/C0CATS", "T1/C0DOGS", "/"}
    assert at(digests, moment("2026-12-24T09:00")) == {"/"}


def test_a_row_tells_the_digest_of_its_channel_and_day_under_the_digests_own_key() -> None:
    told, digests = Told(), made()
    digests.tell = told
    (turn,) = (t for t in due(digests.rows(NINE), NINE, {}, ()) if t.row.id == "digest/T1/C0CATS")
    turn.act()
    assert told == [(CATS, Day(YESTERDAY))]
    keys = {"/".join(turn.key) for turn in due(digests.rows(NINE), NINE, {}, ())}
    assert keys == {digest.key(scope, Day(YESTERDAY)) for scope in (CATS, EVERYTHING)}


def test_who_had_pictures_is_asked_once_in_a_while_and_not_at_every_look() -> None:
    digests = made()
    for second in range(0, int(FRESH), 5):
        digests.rows(NINE + second)
    assert isinstance(digests.numbers, Pictures)
    asked = digests.numbers.asked
    digests.rows(NINE + FRESH)
    assert digests.numbers.asked == 2 * asked


def test_an_empty_day_that_was_looked_at_by_a_clock_that_ran_ahead_is_told_when_it_has_come() -> None:
    digests = made()
    assert at(digests, moment("2026-12-24T09:00")) == set()
    assert isinstance(digests.numbers, Pictures)
    digests.numbers.dates[CATS] = {date(2026, 12, 23)}
    assert at(digests, NINE) == {"/"} or at(digests, NINE) == set()
    assert at(digests, moment("2026-12-24T09:00")) == {"T1/C0CATS", "/"}


def test_a_choice_of_a_time_or_zone_that_is_unknown_here_counts_as_none() -> None:
    for at_, zone in (
        ("09:00", "Mars/Olympus"),
        ("25:99", "UTC"),
        ("soon", "UTC"),
        ("09:00", "../etc/passwd"),
    ):
        assert at(made(habits=(Habit("T1", "C0CATS", at_, zone),)), NINE) == {"T1/C0CATS", "/"}


def test_where_nobody_can_be_asked_there_is_a_row_that_fails() -> None:
    digests = made()
    digests.habits = None  # type: ignore[assignment]
    (turn,) = due(digests.rows(NINE), NINE, {}, ())
    assert (turn.row.name, turn.row.id) == ("digest", "digest")
    with pytest.raises(AttributeError):
        turn.act()


def test_all_choices_are_listed_and_one_line_stands_for_the_rest() -> None:
    habits = (Habit("T1", "C0CATS", "off", "UTC"), Habit("T1", "C0DOGS", "10:00", "Asia/Kolkata"))
    listed = [(row.subject, row.at, row.zone) for row in made(habits=habits).listed()]
    assert listed == [
        ("/", "09:00", "UTC"), ("*/*", "09:00", "UTC"), ("T1/C0DOGS", "10:00", "Asia/Kolkata")
    ]  # fmt: skip


ZONES = ["Europe/Sofia", "Australia/Lord_Howe", "Pacific/Niue", "Pacific/Kiritimati", "Asia/Kathmandu",
         "America/Havana", "Africa/Cairo", "Pacific/Chatham", "America/St_Johns"]  # fmt: skip
FROM = {2026: moment("2026-03-01T00:00"), 2028: moment("2028-02-27T00:00"), 2027: moment("2027-10-01T00:00")}
steps = st.lists(st.integers(-3 * 86_400, 3 * 86_400) | st.integers(-7200, 7200), min_size=5, max_size=80)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.times().map(lambda t: f"{t:%H:%M}"), st.sampled_from(sorted(FROM)), steps)
def test_whatever_the_system_clock_does_each_day_is_told_once_and_within_its_day(
    zone: str, at: str, year: int, leaps: list[int]
) -> None:
    told = Told()
    digests = Digests(Pictures({CATS: None}), Chosen(), Choice(at, zone), told)
    kept: set[tuple[str, str]] = set()
    expected: set[date] = set()
    now = FROM[year] + 10 * 86_400
    for leap in leaps:
        now = max(FROM[year], now + leap)
        for turn in due(digests.rows(now), now, {}, kept):
            turn.act()
            kept.add(turn.key)
        local = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
        begin, end = wall.window(zone, local, at)
        if begin <= now < end:
            expected.add(wall.told_in(zone, local))
    assert [d.date for s, d in told if s == CATS] == list(dict.fromkeys(d.date for s, d in told if s == CATS))
    assert {d.date for s, d in told if s == CATS} == expected
    assert {d.date for s, d in told if s == EVERYTHING} == expected


CHOICE = st.tuples(st.sampled_from(ZONES), st.sampled_from(["00:00", "06:30", "23:45"]))


@settings(max_examples=100, deadline=None)
@given(st.lists(CHOICE, min_size=2))
def test_a_channel_that_changes_its_mind_gets_no_second_digest_of_a_day(
    choices: list[tuple[str, str]],
) -> None:
    told, chosen = Told(), Chosen()
    digests = Digests(Pictures({CATS: None}), chosen, USUAL, told)
    kept: set[tuple[str, str]] = set()
    now = NINE
    for zone, at in choices:
        chosen.set(Habit(CATS.team, CATS.channel, at, zone))
        for _ in range(4):
            now += 1700
            for turn in due(digests.rows(now), now, {}, kept):
                turn.act()
                kept.add(turn.key)
    dates = [day.date for scope, day in told if scope == CATS]
    assert len(dates) == len(set(dates))


def test_many_channels_with_choices_of_their_own_are_asked_about_once() -> None:
    channels = 10_000
    scopes = {Scope("T1", f"C{number:05}"): None for number in range(channels)}
    habits = {
        (s.team, s.channel): Habit(s.team, s.channel, f"{n % 9:02}:{n % 60:02}", ZONES[n % len(ZONES)])
        for n, s in enumerate(scopes)
        if n % 2
    }
    pictures = Pictures(dict.fromkeys(scopes))
    digests = Digests(pictures, Chosen(habits), USUAL, Told())
    for second in range(0, 50, 10):
        rows = digests.rows(moment("2026-11-22T12:00") + second)
    assert len(rows) > channels // 2
    assert pictures.asked <= 3 * (len(ZONES) + 1)
