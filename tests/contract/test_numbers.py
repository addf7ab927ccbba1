"""Figures of days, against the same counted by hand from the images themselves."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median_low
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.sqlite_earlier import SqliteEarlier
from pipeline.figures import EVERYTHING, Day, Facts, Figures, Scope, Step, Total
from tests.aws.tables import table
from tests.contract.day_book import DAY, NOON, PRIVATE, TEAM, Book, CloudBook, DayBook
from tests.flow.driving import Shop, enter, work_off

IMAGE = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["C1", "C2", "G1"]),
        "at": st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 27), timezones=st.just(UTC)),
        "state": st.sampled_from(["waiting", "done", "held", "rejected", "failed"]),
        "verdict_seconds": st.none() | st.floats(0, 100),
        "contains_nudity": st.none() | st.booleans(),
        "faces": st.none() | st.integers(0, 3),
        "bytes": st.none() | st.integers(0, 9_000_000),
        "renditions": st.integers(0, 3),
        "bytes_before": st.integers(0, 9_000_000),
        "bytes_after": st.integers(0, 9_000_000),
    }
)
ZONES = st.sampled_from(["UTC", "Europe/Sofia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])


def by_hand(images: Sequence[Facts], day: Day) -> Figures:
    """What one would count with pen and paper."""
    there = [each for each in images if day.start <= each.entered_at.timestamp() < day.end]
    waited = sorted(each.verdict_seconds for each in there if each.verdict_seconds is not None)
    states = {name: sum(each.state == name for each in there) for name in ("done", "held", "rejected")}
    return Figures(
        day=day,
        images=len(there),
        **states,
        failed=sum(each.state == "failed" for each in there),
        waiting=sum(each.state == "waiting" for each in there),
        nude=sum(bool(each.contains_nudity) for each in there),
        with_faces=sum(bool(each.faces) for each in there),
        published=sum(each.renditions > 0 for each in there),
        median_seconds=median_low(waited) if waited else None,
        p95_seconds=waited[-(-len(waited) * 95 // 100) - 1] if waited else None,
        bytes_in=sum(each.bytes or 0 for each in there),
        bytes_before=sum(each.bytes_before for each in there),
        bytes_after=sum(each.bytes_after for each in there),
    )


@pytest.fixture(params=["sqlite", "dynamo"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """As many as one asks for, one after the other."""
    if request.param == "sqlite":
        return (DayBook(Path(mkdtemp(dir=tmp_path))) for _ in count())
    running = request.getfixturevalue("in_aws")
    return (CloudBook(table(running)) for _ in count())


@pytest.fixture
def book(books: Iterator[Book]) -> Book:
    return next(books)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.lists(IMAGE, max_size=30), zone=ZONES)
def test_a_week_is_what_one_counts_by_hand_in_any_time_zone(
    books: Iterator[Book], known: list[dict[str, Any]], zone: str
) -> None:
    """Over the night in which clocks go back in Sofia."""
    week = Day(date(2026, 10, 28), zone).week()
    book = next(books)
    images = [book.image(**each) for each in known]
    numbers = book.numbers
    assert numbers.days(EVERYTHING, week) == [by_hand(images, day) for day in week]
    assert sum(each.images for each in numbers.days(EVERYTHING, week)) == len(images)
    there = [each for each in images if each.channel == "C2"]
    assert numbers.days(Scope(TEAM, "C2"), week) == [by_hand(there, day) for day in week]
    for told in numbers.days(EVERYTHING, week):
        assert told.images == told.done + told.held + told.rejected + told.failed + told.waiting


@pytest.mark.parametrize(("on", "images"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23)])
def test_an_image_an_hour_is_as_many_as_the_day_has_hours(book: Book, on: date, images: int) -> None:
    day = Day(on, "Europe/Sofia")
    for hour in range(30):
        book.image(at=datetime.fromtimestamp(day.start, UTC) + timedelta(hours=hour))
    assert book.numbers.days(EVERYTHING, [day])[0].images == images


def test_nothing_tells_where_a_picture_was_taken_that_is_not_cleared(book: Book) -> None:
    for decision, place in (("cleared", "Sofia"), ("review", "Plovdiv"), ("held", "Varna"), (None, "Ruse")):
        book.image(decision=decision, place=place, country_code="BG")
    towns = book.numbers.towns(EVERYTHING, DAY, 9)
    assert [each.place for each in towns] == ["Sofia"]


def test_towns_are_named_by_how_many_came_from_there_and_then_by_name(book: Book) -> None:
    for place in ("Sofia", "Varna", "Burgas", "Varna", "Ruse"):
        book.image(place=place, country_code="BG")
    towns = book.numbers.towns(EVERYTHING, DAY, 3)
    assert [(each.place, each.images) for each in towns] == [("Varna", 2), ("Burgas", 1), ("Ruse", 1)]


def test_channels_of_a_day_are_those_that_a_message_can_go_to(book: Book) -> None:
    for channel in ("C2", "C1", "C2", "D9", "", PRIVATE):
        book.image(channel)
    book.image("C3", NOON - timedelta(days=1))
    found = book.numbers.channels(DAY)
    assert [each.channel for each in found] == ["C1", "C2", PRIVATE]


HOUR = 3600.0


def test_steps_say_how_runs_ended_and_how_long_those_took_that_ran(book: Book) -> None:
    at = DAY.start + HOUR
    book.count([("look", "done", at, 100.0)] * 18 + [("look", "failed", at, 1000.0)] * 2)
    book.count([("look", "skipped", at, 0.0)] * 5 + [("look", "again", at, 0.0)] * 3)
    book.count([("publish", "done", at, 9.0), ("publish", "skipped", at, 0.0)])
    book.count([("rest", "skipped", at, 0.0)])
    assert book.numbers.steps(DAY) == [
        Step("look", runs=25, failed=2, skipped=5, retried=3, p50_ms=94.4, p95_ms=944.1),
        Step("publish", runs=2, failed=0, skipped=1, retried=0, p50_ms=9.4, p95_ms=9.4),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Pacific/Kiritimati"])
def test_a_step_belongs_to_the_day_on_which_it_ended(book: Book, zone: str) -> None:
    day = Day(date(2026, 11, 22), zone)
    for at in (day.start - 1, day.start, day.end - 1, day.end):
        book.count([("look", "done", at, 5.0)])
    assert [step.runs for step in book.numbers.steps(day)] == [2]


def test_totals_are_of_all_that_ended(tmp_path: Path) -> None:
    book = DayBook(tmp_path)
    now = time.time()
    book.count([("look", "done", now, 1000.0), ("look", "done", now - 90 * HOUR, 500.0)])
    assert book.totals.totals() == [Total("look", "done", 2, 1.5, {54: 1, 60: 1})]
    book.count([("look", "done", now, 500.0), ("look", "again", now, 0.0)])
    assert book.totals.totals() == [
        Total("look", "again", 1, 0.0, {0: 1}),
        Total("look", "done", 3, 2.0, {54: 2, 60: 1}),
    ]


def test_images_of_an_earlier_version_get_their_facts_bit_by_bit(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "ledger.sqlite")
    images = enter(shop.engine(), *(f"parcel {n}" for n in range(5)))
    work_off(shop.engine())
    enter(shop.engine(), "waiting still")
    facts = [dict(row) for row in shop.database().read("SELECT * FROM facts ORDER BY image")]
    with shop.database().write() as connection:
        connection.execute("DELETE FROM facts WHERE image<>?", (images[2],))
    earlier = SqliteEarlier(shop.database())
    assert [earlier.catch_up(2) for _ in range(4)] == [2, 2, 1, 0]
    made = [dict(row) for row in shop.database().read("SELECT * FROM facts ORDER BY image")]
    assert [each | {"number": 0} for each in made] == [each | {"number": 0} for each in facts]


def test_after_the_last_of_them_nothing_is_looked_for_any_more(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "ledger.sqlite")
    enter(shop.engine(), "parcel")
    earlier = SqliteEarlier(shop.database())
    assert earlier.catch_up(9) == 0
    with shop.database().write() as connection:
        connection.execute("DELETE FROM facts")
    assert earlier.catch_up(9) == 0
    assert SqliteEarlier(shop.database()).catch_up(9) == 1
