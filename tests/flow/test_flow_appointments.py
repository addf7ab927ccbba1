"""The clock keeps appointments: each at least once, whatever dies, and no unknown image stops it."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from pipeline import appointments
from pipeline.results import Archived, Removed, Skipped
from tests.flow.storehouse import DAY, House, picture

ACTOR = "archive_original"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path / "data", 30 * DAY)


@pytest.fixture
def image(here: House, tmp_path: Path) -> str:
    return here.take(picture(tmp_path / "holiday.png"))


def keep(here: House, limit: int = 500) -> int:
    kept = appointments.keep(here.engine(), here.diary, limit)
    here.settle()
    return kept


def test_what_is_not_due_waits(here: House, image: str) -> None:
    assert keep(here) == 0
    assert list(here.appointments()) == [(image, ACTOR)]


def test_what_is_due_is_done_and_struck_out(here: House, image: str) -> None:
    here.pass_time(30 * DAY + 1)
    assert keep(here) == 1
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert here.appointments() == {}
    assert keep(here) == 0


def test_an_actor_that_finds_it_too_early_is_asked_again(here: House, image: str) -> None:
    here.diary.make(image, ACTOR, LONG_AGO)
    keep(here)
    assert isinstance(here.result(image, ACTOR), Skipped)
    assert abs(here.appointments()[image, ACTOR] - time.time() - 30 * DAY) < 60


def test_a_new_appointment_at_the_very_same_time_is_not_struck_out_with_the_old(
    here: House, image: str
) -> None:
    here.diary.make(image, ACTOR, LONG_AGO)
    (old,) = here.diary.due(9)
    here.diary.make(image, ACTOR, LONG_AGO)
    here.diary.strike(old)
    assert len(here.diary.due(9)) == 1


def test_a_run_that_began_before_its_time_is_followed_by_another(here: House, image: str) -> None:
    """It may be about to say that it is too early, and its appointment is struck out meanwhile."""
    here.engine().replay(image, ACTOR)
    engine = here.engine()
    work = engine.turn("w")
    outcomes = [engine.run(each) for each in work]
    here.diary.make(image, ACTOR, LONG_AGO)
    assert appointments.keep(engine, here.diary) == 1
    engine.turn("w", outcomes, want=0)
    assert here.appointments() == {}
    here.moves.archive_after = 0
    assert here.settle()[0] == ACTOR
    assert isinstance(here.result(image, ACTOR), Archived)


def test_a_clock_killed_between_the_replay_and_the_striking_out_repeats_it(here: House, image: str) -> None:
    here.pass_time(30 * DAY + 1)
    child = os.fork()
    if child == 0:
        here.diary.strike = lambda _which: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        appointments.keep(here.engine(), here.diary)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    here.settle()
    assert isinstance(here.result(image, ACTOR), Archived)
    keep(here)
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert here.appointments() == {}
    assert here.safe() == []


def test_two_clocks_do_no_harm(here: House, tmp_path: Path) -> None:
    images = [here.take(picture(tmp_path / f"{n}.png", n)) for n in range(6)]
    here.pass_time(30 * DAY + 1)
    clocks = [Thread(target=appointments.keep, args=(here.engine(), here.diary)) for _ in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    here.settle()
    assert {type(here.result(image, "remove_original")) for image in images} == {Removed}
    assert here.appointments() == {}


def test_a_pass_takes_no_more_than_it_may(here: House, tmp_path: Path) -> None:
    for n in range(5):
        here.take(picture(tmp_path / f"{n}.png", n))
    here.pass_time(30 * DAY + 1)
    assert [keep(here, limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("actor", [ACTOR, "an_actor_of_another_version"])
def test_unknown_images_and_actors_are_dropped_and_stop_nobody(here: House, image: str, actor: str) -> None:
    here.diary.make("gone", actor, LONG_AGO)
    here.diary.make(image, "an_actor_of_another_version", LONG_AGO)
    here.pass_time(30 * DAY + 1)
    keep(here)
    assert here.appointments() == {}
    assert isinstance(here.result(image, ACTOR), Archived)


@pytest.mark.parametrize(
    ("before", "after"), [(30 * DAY, 0.0), (None, 0.0), (30 * DAY, None), (None, 30 * DAY)]
)
def test_a_changed_policy_reaches_the_pictures_of_before(
    tmp_path: Path, before: float | None, after: float | None
) -> None:
    here = House(tmp_path / "data", before)
    here.diary.adopt(ACTOR, str(before))
    keep(here)
    images = [here.take(picture(tmp_path / f"{n}.png", n)) for n in range(5)]
    here.moves.archive_after = after
    here.diary.adopt(ACTOR, str(after))
    for _ in range(6):
        keep(here, limit=2)
    for image in images:
        if after == 0:
            assert isinstance(here.result(image, "remove_original"), Removed)
        elif after is None:
            assert here.reason(image, ACTOR).startswith("Originals stay")
            assert (image, ACTOR) not in here.appointments()
        else:
            assert here.reason(image, ACTOR).startswith("The original goes to the archive on ")
            assert here.appointments()[image, ACTOR] > time.time() + 29 * DAY


def test_a_policy_that_stays_is_no_work(here: House, image: str) -> None:
    here.diary.adopt(ACTOR, "30")
    keep(here)
    revision = here.ledger.rows(image)[ACTOR].revision
    for _ in range(3):
        here.diary.adopt(ACTOR, "30")
        assert keep(here) == 0
    assert here.ledger.rows(image)[ACTOR].revision == revision


def test_a_change_of_policy_outlives_the_death_of_the_clock(here: House, tmp_path: Path) -> None:
    images = [here.take(picture(tmp_path / f"{n}.png", n)) for n in range(5)]
    here.diary.adopt(ACTOR, "30")
    here.moves.archive_after = 0
    here.diary.adopt(ACTOR, "0")
    here.diary.catch_up(2)
    other = House(here.folder, 0)
    for _ in range(5):
        keep(other, limit=2)
    assert {type(other.result(image, "remove_original")) for image in images} == {Removed}


def test_pictures_that_came_before_there_was_an_archive_are_reached(here: House, image: str) -> None:
    """Rows of an earlier version of Loupe: this actor has none."""
    with here.database.write() as connection:
        connection.execute("DELETE FROM results WHERE actor LIKE '%_original'")
        connection.execute("DELETE FROM appointments")
    here.moves.archive_after = 0
    here.diary.adopt(ACTOR, "0")
    keep(here)
    assert isinstance(here.result(image, "remove_original"), Removed)


def test_rejected_pictures_are_not_looked_at_again(here: House, tmp_path: Path) -> None:
    (tmp_path / "not.png").write_text("a letter")
    image = here.take(tmp_path / "not.png")
    here.diary.adopt(ACTOR, "0")
    assert keep(here) == 0
    assert here.ledger.rows(image)[ACTOR].revision == 1


def test_an_appointment_in_the_far_future_is_one(here: House, image: str) -> None:
    here.diary.make(image, ACTOR, datetime.now(UTC) + timedelta(days=36_500))
    assert keep(here) == 0
