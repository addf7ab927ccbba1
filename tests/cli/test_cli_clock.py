"""The clock wakes the rows of its timetable, and a row that breaks does not stop it."""

from threading import Event, Thread

import pytest

from pipeline.errors import Unavailable
from scheduler import clock
from scheduler.timetable import Every

PATIENCE = 10


def woken(*rows: Every, until: Event) -> None:
    stop = Event()
    thread = Thread(target=clock.run, args=(rows, stop))
    thread.start()
    try:
        assert until.wait(PATIENCE)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_row_is_woken_at_once_and_again_at_its_interval() -> None:
    thrice = Event()
    count = []

    def act() -> None:
        count.append(1)
        if len(count) >= 3:
            thrice.set()

    woken(Every("count", 0.05, act), until=thrice)


def test_a_row_that_breaks_is_told_and_woken_again(caplog: pytest.LogCaptureFixture) -> None:
    again = Event()
    calls = []

    def act() -> None:
        calls.append(1)
        if len(calls) > 1:
            again.set()
        raise ZeroDivisionError("a bug")

    woken(Every("broken", 0.05, act), until=again)
    assert "broken failed" in caplog.text


def test_a_fault_that_has_words_is_told_in_them(caplog: pytest.LogCaptureFixture) -> None:
    again = Event()
    calls = []

    def act() -> None:
        calls.append(1)
        if len(calls) > 1:  # then the first fault has been told
            again.set()
        raise Unavailable("The disk is full.")

    woken(Every("sweep", 0.05, act), until=again)
    assert "sweep: The disk is full." in caplog.text


def test_one_row_that_waits_holds_up_no_other() -> None:
    release, other = Event(), Event()
    try:
        woken(Every("slow", 60, lambda: release.wait(PATIENCE)), Every("quick", 60, other.set), until=other)
    finally:
        release.set()
