"""Death between any two steps: nothing is lost, nothing is doubled.

The steps are those of a worker that takes one image through the chain. It is stopped after each of them,
and at each statement that reaches SQLite; another worker then takes over.
"""

import os
import random
from collections.abc import Iterator
from itertools import count, permutations
from pathlib import Path

import pytest

from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.ledger import Outcome
from tests.flow import toy
from tests.flow.driving import Shop, endings, enter, revisions, work_off

ALL = {actor.name for actor in toy.TOY}
STEPS = 2 * len(ALL)
"""Claim and run, for every actor."""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "ledger.sqlite")


def steps(engine: Engine, worker: str) -> Iterator[str]:
    """A worker's life, halting after each step."""
    outcomes: list[Outcome] = []
    while claimed := engine.turn(worker, outcomes):
        yield "claimed"
        outcomes = [engine.run(work) for work in claimed]
        yield "run, not recorded"


def whole(shop: Shop, engine: Engine, image: str) -> None:
    """Everything settled well, each result accepted once."""
    assert endings(engine, image) == dict.fromkeys(ALL, "done")
    assert set(revisions(engine, image).values()) == {1}
    assert set(shop.accepted().values()) == {1}
    assert shop.open() == 0
    assert set(shop.states().values()) == {"done"}


@pytest.mark.parametrize("survived", range(STEPS + 1))
@pytest.mark.parametrize("rescue", ["release", "lost"])
def test_a_worker_that_dies_after_any_step_is_replaced(shop: Shop, survived: int, rescue: str) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "good")
    life = steps(engine, "dies")
    for _ in range(survived):
        next(life, None)
    engine.ledger.release("dies") if rescue == "release" else engine.lost("dies", "died")
    work_off(engine, "heir")
    whole(shop, engine, image)


def test_a_worker_that_dies_after_every_step_gets_there_all_the_same(shop: Shop) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "good")
    for n in range(4 * STEPS):
        life = steps(engine, f"w{n}")
        for _ in range(1 + 2 * (n % 2)):
            next(life, None)
        engine.ledger.release(f"w{n}")
    work_off(engine, "heir")
    whole(shop, engine, image)


def test_every_outcome_recorded_twice_counts_once(shop: Shop) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "good")
    told: list[Outcome] = []
    while claimed := engine.turn("w", want=9):
        told += [engine.run(work) for work in claimed]
        engine.turn("w", told + told, want=0)
    whole(shop, engine, image)


def test_two_workers_that_both_believe_they_hold_a_run_settle_it_once(shop: Shop) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "good")
    late: list[Outcome] = []
    while claimed := engine.turn("slow", lease=-1):
        late += [engine.run(work) for work in claimed]
        engine.ledger.expire()
        engine.turn("quick", [engine.run(work) for work in engine.turn("quick")], want=0)
        engine.turn("slow", late, want=0)
    whole(shop, engine, image)


def test_deliveries_doubled_and_in_any_order_enter_once(shop: Shop) -> None:
    engine = shop.engine()
    posted = ["a", "b", "c"]
    for order in permutations(posted * 2, 4):
        enter(engine, *order)
        work_off(engine)
    enter(engine, *posted)
    work_off(engine)
    assert shop.states() == dict.fromkeys(posted, "done")
    assert set(shop.accepted().values()) == {1}


def test_outcomes_in_any_order_lead_to_the_same_rows(tmp_path: Path) -> None:
    ends = []
    for seed in range(12):
        shop = Shop(tmp_path / f"{seed}.sqlite")
        engine, dice = shop.engine(), random.Random(seed)
        images = enter(engine, "good", "skip@paint", "bug@fold", "reject@weigh")
        pending: list[Outcome] = []
        while claimed := engine.turn("w", want=9):
            pending += [engine.run(work) for work in claimed]
            dice.shuffle(pending)
            engine.turn("w", pending, want=0)
            pending = pending[: dice.randrange(3)]
        ends.append([(endings(engine, image), revisions(engine, image)) for image in images])
        assert set(shop.accepted().values()) == {1}
    assert all(end == ends[0] for end in ends)


def lived(shop: Shop, kill_at: int) -> bool:
    """In a child process: enter and work off one image, dying at the given statement. Did it get through?"""
    child = os.fork()
    if child == 0:
        engine, left = shop.engine(), iter(range(kill_at))
        database = engine.ledger._database  # type: ignore[attr-defined]
        database.connection().set_trace_callback(lambda _sql: next(left, None) is None and os._exit(9))
        enter(engine, "good")
        work_off(engine, "dies", want=9)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_process_killed_at_any_statement_leaves_a_ledger_to_go_on_with(tmp_path: Path) -> None:
    statement = 0
    while True:
        shop = Shop(tmp_path / f"{statement}.sqlite")
        engine = shop.engine()
        through = lived(shop, statement)
        (image,) = enter(engine, "good")  # delivered again, since nobody answered
        for holder in engine.ledger.holders():
            engine.lost(holder, "died")
        work_off(engine, "heir")
        whole(shop, engine, image)
        if through:
            break
        statement += 1
    assert statement > 50, "it was hardly ever killed"


def test_a_transaction_that_breaks_off_anywhere_happened_not_at_all(shop: Shop) -> None:
    engine = shop.engine()
    (image,) = enter(engine, "reject@weigh")
    (work,) = engine.turn("w")
    outcome = engine.run(work)
    before = engine.ledger.rows(image), engine.ledger.open_tasks(image)
    connection = engine.ledger._database.connection()  # type: ignore[attr-defined]
    for broken in range(10_000):
        ticks = count()
        connection.set_progress_handler(lambda ticks=ticks, broken=broken: next(ticks) == broken, 5)
        try:
            engine.turn("w", [outcome], want=1)
        except Unavailable:
            connection.set_progress_handler(None, 0)
            assert (engine.ledger.rows(image), engine.ledger.open_tasks(image)) == before
        else:
            break
    connection.set_progress_handler(None, 0)
    assert broken > 20, "it hardly ever broke off"
    assert sorted(endings(engine, image)) == ["fold", "paint", "weigh", "wrap"]
