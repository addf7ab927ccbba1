"""Replays: a newer result supersedes an older one, and whoever was computed from it follows, once."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.chain import chain
from pipeline.engine import Engine
from pipeline.errors import Unknown
from pipeline.ledger import Plan
from tests.flow import toy
from tests.flow.driving import Shop, endings, enter, revisions, work_off


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "ledger.sqlite")


@pytest.fixture
def engine(shop: Shop) -> Engine:
    return shop.engine()


def settled(engine: Engine, name: str = "good") -> str:
    (image,) = enter(engine, name)
    work_off(engine)
    return image


def test_a_replay_at_the_top_of_a_diamond_runs_everyone_below_once(engine: Engine) -> None:
    image = settled(engine)
    assert engine.replay(image, "weigh") == ["weigh"]
    ran = work_off(engine)
    assert sorted(ran) == ["fold", "paint", "ship", "weigh", "wrap"]
    assert set(revisions(engine, image).values()) == {2}


def test_a_replay_on_one_side_leaves_the_other_side_alone(engine: Engine) -> None:
    image = settled(engine)
    engine.replay(image, "paint")
    assert work_off(engine) == ["paint", "wrap", "ship"]
    assert revisions(engine, image) == {"weigh": 1, "fold": 1, "paint": 2, "wrap": 2, "ship": 2}


@pytest.mark.parametrize("order", [("paint", "fold"), ("fold", "paint")])
def test_replays_on_both_sides_run_the_join_once(engine: Engine, order: tuple[str, str]) -> None:
    image = settled(engine)
    for actor in order:
        engine.replay(image, actor)
    ran = work_off(engine)
    assert ran.count("wrap") == ran.count("ship") == 1
    assert engine.ledger.rows(image)["wrap"].inputs == {"paint": 2, "fold": 2}


def test_a_newer_version_supersedes(engine: Engine, shop: Shop) -> None:
    image = settled(engine)
    newer = Engine(toy.mended(), engine.ledger)
    newer.replay(image, "fold")
    work_off(newer)
    row = engine.ledger.rows(image)["fold"]
    assert (row.revision, row.version) == (2, 2)
    assert set(shop.accepted().values()) == {1}


def test_the_image_waits_while_it_is_replayed(engine: Engine, shop: Shop) -> None:
    image = settled(engine)
    engine.replay(image, "ship")
    assert shop.states() == {"good": "waiting"}
    work_off(engine)
    assert shop.states() == {"good": "done"}


def test_a_replay_in_the_middle_of_a_run_ends_with_the_newest_inputs(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    (weigh,) = engine.turn("a")
    paint, fold = engine.turn("a", [engine.run(weigh)], want=2)
    engine.replay(image, "weigh")
    engine.turn("a", [engine.run(paint), engine.run(fold)], want=0)
    work_off(engine, "b")
    rows = engine.ledger.rows(image)
    assert rows["paint"].inputs == rows["fold"].inputs == {"weigh": 2}
    assert rows["wrap"].inputs == {"paint": rows["paint"].revision, "fold": rows["fold"].revision}
    assert rows["ship"].inputs == {"wrap": rows["wrap"].revision}
    assert rows["wrap"].revision == 1, "the join ran on a mixture of old and new"


def test_a_replay_whose_turn_has_not_come_runs_when_it_comes(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    assert engine.replay(image, "ship") == []
    assert sorted(work_off(engine)) == ["fold", "paint", "ship", "weigh", "wrap"]


def test_of_two_parked_runs_the_later_one_waits_for_the_earlier(shop: Shop) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "good")
    broken = Engine(
        chain(replace(a, function=_broken) if a.name in ("wrap", "ship") else a for a in toy.TOY),
        engine.ledger,
        backoff=shop.backoff,
    )
    work_off(broken)
    assert endings(engine, image) == dict.fromkeys(("weigh", "paint", "fold"), "done") | {
        "wrap": "failed",
        "ship": "failed",
    }
    assert engine.replay(image) == ["wrap"]
    assert work_off(engine) == ["wrap", "ship"]
    assert revisions(engine, image)["ship"] == 2


def _broken(**_awaited: object) -> toy.Shipped:
    raise ZeroDivisionError("a bug")


def test_an_actor_added_to_a_full_ledger_is_run_by_a_replay(shop: Shop) -> None:
    before = Engine(toy.without("wrap", "ship"), shop.engine().ledger)
    image = settled(before)
    after = Engine(toy.TOY, before.ledger)
    assert after.replay(image, "wrap") == ["wrap"]
    assert work_off(after) == ["wrap", "ship"]
    assert shop.states() == {"good": "done"}


def test_two_actors_added_at_once_run_in_their_order(shop: Shop) -> None:
    before = Engine(toy.without("wrap", "ship"), shop.engine().ledger)
    image = settled(before)
    after = Engine(toy.TOY, before.ledger)
    after.replay(image, "ship")
    assert work_off(after) == ["wrap", "ship"]


def test_a_replay_of_nobody_or_of_nothing_is_refused_with_words(engine: Engine) -> None:
    image = settled(engine)
    with pytest.raises(Unknown, match="There is no image 'nobody'"):
        engine.replay("nobody")
    with pytest.raises(Unknown, match=r"There is no actor 'pack'\. There are: weigh,"):
        engine.replay(image, "pack")


def test_a_replay_of_what_is_not_parked_starts_nothing(engine: Engine) -> None:
    image = settled(engine)
    assert engine.replay(image) == []
    assert work_off(engine) == []


def test_the_sweep_starts_what_is_due_and_missing(engine: Engine, shop: Shop) -> None:
    (entry,) = engine.ledger.enter([("good", toy.parcel("good"))], lambda *_: Plan())
    assert work_off(engine) == []
    assert engine.sweep() == 1
    work_off(engine)
    assert set(endings(engine, entry.arrived.image).values()) == {"done"}
    assert engine.sweep() == 0


def test_the_sweep_frees_what_dead_workers_held(engine: Engine, shop: Shop) -> None:
    enter(engine, "good")
    engine.turn("dead", lease=-1)
    assert engine.turn("w") == []
    assert engine.sweep() == 1
    work_off(engine)
    assert shop.states() == {"good": "done"}


@pytest.mark.parametrize("order", [("slow", "quick"), ("quick", "slow")])
def test_a_run_that_began_before_a_replay_never_has_the_last_word(
    engine: Engine, order: tuple[str, str]
) -> None:
    """What the replay was asked for (a note, say) may have come too late for the run that is under way."""
    image = settled(engine)
    engine.replay(image, "paint")
    runs = {"slow": engine.turn("slow")[0]}
    assert engine.replay(image, "paint") == ["paint"]
    runs["quick"] = engine.turn("quick")[0]
    assert [runs[name].task.revision for name in ("slow", "quick")] == [2, 3]
    for name in order:
        engine.turn(name, [engine.run(runs[name])], want=0)
    work_off(engine)
    assert revisions(engine, image) == {"weigh": 1, "fold": 1, "paint": 3, "wrap": 2, "ship": 2}
    assert engine.ledger.open_tasks(image) == {}


def test_a_replay_during_the_very_first_run_runs_once_more(engine: Engine) -> None:
    (image,) = enter(engine, "good")
    first = engine.turn("slow")[0]
    assert engine.replay(image, first.task.actor) == ["weigh"]
    engine.turn("slow", [engine.run(first)], want=0)
    work_off(engine)
    assert set(revisions(engine, image).values()) == {1, 2}
    assert revisions(engine, image)["weigh"] == 2


def test_pictures_of_an_earlier_version_catch_up_with_the_steps_that_are_new(engine: Engine) -> None:
    earlier = Engine(engine.chain.upto(["fold", "paint"]), engine.ledger, engine.ports, engine.backoff)
    image = settled(earlier)
    assert set(endings(engine, image)) == {"weigh", "fold", "paint"}
    assert engine.catch_up(image) == ["wrap"]
    assert engine.catch_up(image) == []
    assert work_off(engine) == ["wrap", "ship"]
    assert set(revisions(engine, image).values()) == {1}
    assert engine.catch_up(image) == []
