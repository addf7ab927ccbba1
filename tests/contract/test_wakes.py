"""What the clock did is remembered: by row, by day, by any number of clocks, and for long enough."""

from datetime import date, timedelta

import pytest

from pipeline.adapters.sqlite_wakes import DAYS
from pipeline.wakes import Wake, Wakes
from tests.contract.grounds import Ground

FIRST = date(2026, 1, 1)


@pytest.fixture
def wakes(ground: Ground) -> Wakes:
    return ground.wakes


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def test_the_last_time_of_a_row_is_remembered(wakes: Wakes) -> None:
    wakes.note(Wake("sweep", 1.5))
    wakes.note(Wake("sweep", 2.5, failures=2))
    wakes.note(Wake("tidy", 9.0))
    assert wakes.all() == {"sweep": Wake("sweep", 2.5, 2), "tidy": Wake("tidy", 9.0)}


def test_another_clock_sees_it_too(ground: Ground, wakes: Wakes) -> None:
    wakes.keep("digest/T1/C1", day(1))
    wakes.keep("digest/T1/C1", day(1))
    assert ground.again().wakes.kept([("digest/T1/C1", day(1))])


def test_of_many_that_are_asked_about_those_are_told_that_were_done(wakes: Wakes) -> None:
    every = [(f"digest/T1/C{number}", day(number % 3)) for number in range(2000)]
    for pair in every[::37]:
        wakes.keep(*pair)
    assert wakes.kept(every) == set(every[::37])
    assert wakes.kept([]) == set()
    assert wakes.kept([(every[0][0], day(9))]) == set()  # another day
    assert wakes.kept(every[:5]) == {every[0]}


def test_what_is_done_is_forgiven_its_failures(wakes: Wakes) -> None:
    wakes.note(Wake("digest/T1/C1", 1.0, failures=2))
    wakes.keep("digest/T1/C1", day(1))
    assert wakes.all() == {}


def test_old_days_are_forgotten_by_the_newest_of_their_row_and_not_by_a_clock(wakes: Wakes) -> None:
    for number in range(DAYS + 10):
        wakes.keep("digest/T1/C1", day(number))
    wakes.keep("digest/T1/C2", day(0))  # long ago, and still the last one of this channel
    assert wakes.tidy() == 9
    asked = [("digest/T1/C1", day(number)) for number in range(DAYS + 10)]
    assert wakes.kept(asked) == set(asked[9:])
    assert wakes.kept([("digest/T1/C2", day(0))])
    assert wakes.tidy() == 0
