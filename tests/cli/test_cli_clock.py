"""The clock does what is due, tries again what broke, and no leap of the system clock stops it."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from apscheduler.schedulers import base as apscheduler_base

import scheduler.clock
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.errors import Unavailable
from pipeline.figures import Day
from scheduler.clock import Clock, Soon
from scheduler.timetable import Daily, Every, Row

PATIENCE = 10
TICK = 0.02


@pytest.fixture
def wakes(tmp_path: Path) -> SqliteWakes:
    return SqliteWakes(Database(tmp_path / "ledger.sqlite"))


@contextmanager
def running(wakes: SqliteWakes, rows: Sequence[Row], now: Callable[[], float] = time.time) -> Iterator[Clock]:
    clock = Clock(lambda _: rows, wakes, Event(), now)
    thread = Thread(target=clock.run, args=(TICK,))
    thread.start()
    try:
        yield clock
    finally:
        clock.stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        clock.pool.shutdown(wait=True)  # what was begun is noted when this returns


def after(calls: int, fault: Exception | None = None) -> tuple[Callable[[], None], Event]:
    """Something to do, and what is set when it was done so often."""
    done, count = Event(), itertools.count(1)

    def act() -> None:
        if next(count) >= calls:
            done.set()
        if fault:
            raise fault

    return act, done


def test_a_row_is_done_at_once_and_again_at_its_interval(wakes: SqliteWakes) -> None:
    act, thrice = after(3)
    with running(wakes, [Every("count", 0.05, act)]):
        assert thrice.wait(PATIENCE)


def test_what_was_done_before_a_restart_is_not_due_again(wakes: SqliteWakes) -> None:
    act, once = after(1)
    other, done = after(1)
    with running(wakes, [Every("hourly", 3600, act)]):
        assert once.wait(PATIENCE)
    once.clear()
    with running(wakes, [Every("hourly", 3600, act), Every("other", 0.05, other)]):
        assert done.wait(PATIENCE)
    assert not once.is_set()


def test_a_daily_row_is_done_once_a_day(wakes: SqliteWakes) -> None:
    days: list[Day] = []
    other, often = after(40)
    nine = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()
    steps = itertools.count()

    def now() -> float:
        return nine + next(steps) * 600  # ten minutes pass with every look

    with running(wakes, [Daily("digest", "09:00", "UTC", days.append), Every("other", 1, other)], now):
        assert often.wait(PATIENCE)
    dates = [day.date.isoformat() for day in days]
    assert dates[0] == "2026-11-21"
    assert dates == sorted(set(dates))


def test_a_row_that_breaks_is_told_and_done_again(
    wakes: SqliteWakes, caplog: pytest.LogCaptureFixture
) -> None:
    act, again = after(3, ZeroDivisionError("a bug"))
    with running(wakes, [Every("broken", 0.05, act)]):
        assert again.wait(PATIENCE)
    assert "broken failed" in caplog.text
    assert wakes.all()["broken"].failures >= 2


def test_a_fault_that_has_words_is_told_in_them(wakes: SqliteWakes, caplog: pytest.LogCaptureFixture) -> None:
    act, again = after(2, Unavailable("The disk is full."))
    with running(wakes, [Every("sweep", 0.05, act)]):
        assert again.wait(PATIENCE)
    assert "sweep: The disk is full." in caplog.text


def test_a_row_that_works_again_is_forgiven(wakes: SqliteWakes) -> None:
    count = itertools.count(1)
    well = Event()

    def act() -> None:
        if next(count) <= 2:
            raise ZeroDivisionError
        if next(count) > 6:
            well.set()

    with running(wakes, [Every("moody", 0.05, act)]):
        assert well.wait(PATIENCE)
    assert wakes.all()["moody"].failures == 0


def test_a_day_that_failed_is_tried_until_it_works(wakes: SqliteWakes) -> None:
    act, thrice = after(3)
    failed = itertools.count(1)

    def moody(day: Day) -> None:
        act()
        if next(failed) < 3:
            raise ZeroDivisionError

    nine, steps = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp(), itertools.count()
    with running(wakes, [Daily("digest", "09:00", "UTC", moody)], lambda: nine + next(steps) * 60):
        assert thrice.wait(PATIENCE)
        assert comes(lambda: wakes.kept([("digest/", "2026-11-21")]))
    assert wakes.all() == {}


def test_one_row_that_waits_holds_up_no_other(wakes: SqliteWakes) -> None:
    release = Event()
    quick, other = after(3)
    try:
        slow = Every("slow", 60, lambda: release.wait(PATIENCE))
        with running(wakes, [slow, Every("quick", 0.05, quick)]):
            assert other.wait(PATIENCE)
            release.set()
    finally:
        release.set()


def test_a_row_is_never_done_twice_at_once(wakes: SqliteWakes) -> None:
    inside: list[int] = []
    most: list[int] = []
    other, often = after(20)

    def act() -> None:
        inside.append(1)
        most.append(len(inside))
        often.wait(PATIENCE)
        inside.pop()

    with running(wakes, [Every("slow", 0.01, act), Every("other", 0.01, other)]):
        assert often.wait(PATIENCE)
    assert max(most) == 1


def test_a_timetable_that_cannot_be_read_is_told_and_read_again(
    wakes: SqliteWakes, caplog: pytest.LogCaptureFixture
) -> None:
    act, done = after(1)
    asked = itertools.count()

    def rows(_: float) -> Sequence[Row]:
        match next(asked):
            case 0:
                raise Unavailable("The ledger cannot be used.")
            case 1:
                raise ZeroDivisionError
        return [Every("well", 60, act)]

    clock = Clock(rows, wakes, Event())
    thread = Thread(target=clock.run, args=(TICK,))
    thread.start()
    assert done.wait(PATIENCE)
    clock.stop.set()
    thread.join(PATIENCE)
    assert "timetable: The ledger cannot be used." in caplog.text
    assert "The timetable cannot be read" in caplog.text


def comes(seen: Callable[[], object]) -> bool:
    """Does it come in time?"""
    until = time.monotonic() + PATIENCE
    while not seen() and time.monotonic() < until:
        time.sleep(TICK)
    return bool(seen())


def shifted(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Set the system clock, as APScheduler sees it."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz) + by

    for module in (apscheduler_base, scheduler.clock):
        monkeypatch.setattr(module, "datetime", Shifted)


@pytest.mark.parametrize("days", [-400, -1, 1, 4000])
def test_the_clock_goes_on_when_the_system_clock_is_set(
    wakes: SqliteWakes, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    done: list[float] = []
    with running(wakes, [Every("count", 0.01, lambda: done.append(time.monotonic()))]):
        assert comes(lambda: done)
        shifted(monkeypatch, timedelta(days=days))
        seen = len(done)
        assert comes(lambda: len(done) >= seen + 5)


def test_a_leap_of_ten_years_is_not_caught_up_tick_by_tick() -> None:
    now = datetime(2036, 1, 1, tzinfo=UTC)
    assert Soon(5).get_next_fire_time(datetime(2026, 1, 1, tzinfo=UTC), now) == now + timedelta(seconds=5)
