"""How images end: well, failed, skipped, rejected; with retries, patience and parking on the way."""

import logging
import time
from pathlib import Path

import pytest

from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.engine import Engine
from pipeline.ledger import Again, Settled
from pipeline.results import Failed, Skipped
from pipeline.retry import Backoff
from tests.flow import toy
from tests.flow.driving import Shop, endings, enter, revisions, work_off


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "ledger.sqlite")


@pytest.fixture
def engine(shop: Shop) -> Engine:
    return shop.engine()


def reason(engine: Engine, image: str, actor: str) -> str:
    result = engine.ledger.rows(image)[actor].result
    assert isinstance(result, Failed | Skipped)
    return result.reason


def shipped(engine: Engine, image: str) -> str:
    result = engine.ledger.rows(image)["ship"].result
    assert isinstance(result, toy.Shipped)
    return result.ending


def test_every_actor_runs_once_and_nobody_before_what_it_waits_for(engine: Engine, shop: Shop) -> None:
    (image,) = enter(engine, "good")
    ran = work_off(engine)
    assert sorted(ran) == ["fold", "paint", "ship", "weigh", "wrap"]
    assert ran[0] == "weigh"
    assert ran[3:] == ["wrap", "ship"]
    assert shop.states() == {"good": "done"}
    assert shipped(engine, image) == "Wrapped"


def test_a_join_is_given_all_it_waited_for(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    work_off(engine)
    assert engine.ledger.rows(image)["wrap"].result == toy.Wrapped(("Painted", "good"))
    assert engine.ledger.rows(image)["wrap"].inputs == {"paint": 1, "fold": 1}


def test_a_result_says_how_it_came_about(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    work_off(engine)
    row = engine.ledger.rows(image)["weigh"]
    assert (row.version, row.attempts, row.inputs) == (1, 1, {"arrival": 1})
    assert 0 < row.ms < 5000


def test_an_actor_that_takes_a_skipped_result_goes_on(engine: Engine, shop: Shop) -> None:
    (image,) = enter(engine, "skip@paint")
    work_off(engine)
    assert endings(engine, image) == dict.fromkeys(("weigh", "fold", "wrap", "ship"), "done") | {
        "paint": "skipped"
    }
    assert engine.ledger.rows(image)["wrap"].result == toy.Wrapped(("Skipped", "skip@paint"))
    assert shop.states() == {"skip@paint": "done"}


def test_a_rejected_image_is_settled_at_once_with_words(engine: Engine, shop: Shop) -> None:
    (image,) = enter(engine, "reject@weigh")
    assert work_off(engine) == ["weigh", "ship"]
    assert endings(engine, image) == dict.fromkeys(("paint", "fold", "wrap"), "skipped") | {
        "weigh": "failed",
        "ship": "done",
    }
    assert reason(engine, image, "weigh") == "This parcel will never do."
    assert reason(engine, image, "paint") == "Not run, because weigh failed: This parcel will never do."
    assert reason(engine, image, "wrap") == "Not run, because fold was skipped."
    assert shipped(engine, image) == "Skipped"


def test_a_bug_is_tried_again_then_parked_and_stops_only_its_own_branch(engine: Engine, shop: Shop) -> None:
    bad, good = enter(engine, "bug@fold", "good")
    ran = work_off(engine)
    assert ran.count("fold") == 3 + 1
    assert endings(engine, bad) == {
        "weigh": "done",
        "paint": "done",
        "fold": "failed",
        "wrap": "skipped",
        "ship": "done",
    }
    assert reason(engine, bad, "fold") == "ZeroDivisionError: a bug"
    assert engine.ledger.rows(bad)["fold"].parked
    assert engine.ledger.rows(bad)["fold"].attempts == 3
    assert set(endings(engine, good).values()) == {"done"}
    assert shop.states() == {"bug@fold": "failed", "good": "done"}


def test_parked_runs_are_listed_and_cleared_by_a_replay(engine: Engine, shop: Shop) -> None:
    (image,) = enter(engine, "bug@fold")
    work_off(engine)
    catalog = SqliteCatalog(shop.database(), [a.name for a in toy.TOY])
    assert [(row.image, row.actor) for row in catalog.parked(9)] == [(image, "fold")]
    mended = Engine(toy.mended(), engine.ledger)
    assert mended.replay(image) == ["fold"]
    assert shop.states() == {"bug@fold": "waiting"}
    work_off(mended)
    assert set(endings(engine, image).values()) == {"done"}
    assert revisions(engine, image) == {"weigh": 1, "paint": 1, "fold": 2, "wrap": 2, "ship": 2}
    assert catalog.parked(9) == []
    assert shop.states() == {"bug@fold": "done"}


def test_a_failing_run_waits_longer_every_time(shop: Shop) -> None:
    engine = Engine(toy.TOY, shop.engine().ledger, backoff=Backoff(first=100, longest=1000))
    enter(engine, "bug@weigh")
    (work,) = engine.turn("w")
    outcome = engine.run(work)
    assert isinstance(outcome, Again)
    assert 50 <= outcome.due_at - time.time() <= 100
    engine.turn("w", [outcome], want=0)
    task = engine.ledger.open_tasks(work.task.image)["weigh"]
    assert (task.attempts, task.lost, task.error) == (1, 0, "ZeroDivisionError: a bug")
    assert engine.turn("w") == []


def test_a_transient_fault_waits_as_long_as_the_other_side_asked(engine: Engine) -> None:
    enter(engine, "busy@weigh")
    (work,) = engine.turn("w")
    outcome = engine.run(work)
    assert isinstance(outcome, Again)
    assert 29 < outcome.due_at - time.time() <= 30
    assert outcome.error == "The shop is closed."


def test_a_transient_fault_has_more_patience_than_a_bug(shop: Shop) -> None:
    patient = Backoff(first=0.0, longest=0.0, transient_attempts=12)
    engine = Engine(toy.TOY, shop.engine().ledger, backoff=patient)
    (image,) = enter(engine, "closed@paint")
    ran = work_off(engine)
    assert ran.count("paint") == 12
    assert reason(engine, image, "paint") == "The shop is closed for good."
    assert engine.ledger.rows(image)["paint"].parked


@pytest.mark.parametrize("name", ["nan@wrong", "other@wrong", "nothing@wrong", "list@wrong", "strange@wrong"])
def test_a_result_that_the_ledger_cannot_keep_is_a_bug_of_its_actor_alone(tmp_path: Path, name: str) -> None:
    shop = Shop(tmp_path / "ledger.sqlite", toy.WRONG)
    engine = shop.engine()
    bad, good = enter(engine, name, "good")
    assert work_off(engine).count("wrong") == 3 + 1
    assert endings(engine, bad) == {"weigh": "done", "wrong": "failed"}
    assert endings(engine, good) == {"weigh": "done", "wrong": "done"}


def test_words_of_any_length_and_alphabet_can_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "loupe.run")  # parallel tests cannot hand such a trace over
    engine = Shop(tmp_path / "ledger.sqlite", toy.WRONG).engine()
    (image,) = enter(engine, "words@wrong")
    work_off(engine)
    assert reason(engine, image, "wrong").startswith("ValueError: ? long")
    assert len(reason(engine, image, "wrong")) == 1000


def test_a_row_that_this_version_cannot_read_fails_alone_and_can_be_replayed(
    engine: Engine, shop: Shop
) -> None:
    old, good = enter(engine, "old", "good")
    work_off(engine)
    with shop.database().write() as connection:
        connection.execute("UPDATE results SET kind='Gone' WHERE actor='fold' AND image=?", (old,))
    assert "does not know" in reason(engine, old, "fold")
    assert engine.replay(old) == ["fold"]
    assert engine.replay(good, "fold") == ["fold"]
    work_off(engine)
    assert set(endings(engine, old).values()) == set(endings(engine, good).values()) == {"done"}


def test_a_run_of_an_actor_that_no_longer_exists_ends_and_hurts_nobody(shop: Shop) -> None:
    before = shop.engine()
    (image,) = enter(before, "good")
    weighed = before.turn("w")[0]
    before.turn("w", [before.run(weighed)], want=0)
    after = Engine(toy.without("fold", "wrap", "ship"), before.ledger)
    assert sorted(work_off(after)) == ["fold", "paint"]
    assert reason(after, image, "fold") == "This version of Loupe has no actor 'fold'."
    assert shop.states() == {"good": "done"}


def test_a_run_that_nobody_ever_hears_of_again_is_given_up(engine: Engine, shop: Shop) -> None:
    (image,) = enter(engine, "good")
    for _ in range(3):
        assert engine.turn("dies", lease=-1)
        engine.ledger.expire()
    assert work_off(engine) == ["weigh", "ship"]
    assert reason(engine, image, "weigh").startswith("weigh was given up after 4 runs: its worker died")
    assert shop.states() == {"good": "failed"}


def test_a_lost_run_of_an_actor_that_no_longer_exists_is_given_up(shop: Shop) -> None:
    before = shop.engine()
    enter(before, "good")
    before.turn("w")
    after = Engine(toy.without(*(actor.name for actor in toy.TOY)), before.ledger)
    after.lost("w", "died")
    assert shop.open() == 0


def test_outcomes_are_recorded_even_when_nothing_is_wanted(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    (work,) = engine.turn("w")
    outcome = engine.run(work)
    assert isinstance(outcome, Settled)
    assert engine.turn("w", [outcome], want=0) == []
    assert endings(engine, image) == {"weigh": "done"}


def test_a_parked_run_is_run_again_once_however_often_it_is_asked_for(engine: Engine) -> None:
    (image,) = enter(engine, "bug@fold")
    work_off(engine)
    revision = engine.ledger.rows(image)["fold"].revision
    assert engine.rerun(image, "fold", revision)
    assert not engine.rerun(image, "fold", revision)
    work_off(engine)
    assert engine.ledger.rows(image)["fold"].revision == revision + 1
    assert not engine.rerun(image, "fold", revision)  # parked anew: that is another run


def test_what_is_not_parked_is_not_run_again(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    work_off(engine)
    assert not engine.rerun(image, "fold", 1)
    assert not engine.rerun(image, "nobody", 1)
    assert not engine.rerun("no-such-image", "fold", 1)
