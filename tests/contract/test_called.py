"""What a ledger promises to functions that are called by messages: twice, late, or for what is long done."""

import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from pipeline.ledger import Again, Busy, Called, Task, Work
from tests.contract.ledgers import LEDGERS, LONG, NOW, claim, engine, enter, finish, names, row, settle


@pytest.fixture(params=["memory", "dynamo"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Called:
    return cast(Called, LEDGERS[request.param](tmp_path, request.getfixturevalue))


def weigh(image: str, revision: int = 1) -> Task:
    return Task(image, "weigh", revision, 50, NOW)


def taken(ledger: Called, task: Task, worker: str = "w", lease: float = LONG) -> Work:
    work = ledger.take(worker, task, lease)
    assert isinstance(work, Work), work
    return work


class TestTaking:
    def test_claims_the_run_and_hands_over_the_rows(self, ledger: Called) -> None:
        image = enter(ledger)
        work = taken(ledger, weigh(image))
        assert (work.task.actor, work.task.attempts, work.task.lost) == ("weigh", 1, 1)
        assert work.rows == ledger.rows(image)
        assert ledger.open_tasks(image)["weigh"].running
        assert claim(ledger, "other") == []

    def test_of_what_is_held_says_until_when(self, ledger: Called) -> None:
        image = enter(ledger)
        taken(ledger, weigh(image))
        busy = ledger.take("other", weigh(image), LONG)
        assert isinstance(busy, Busy)
        assert busy.until == pytest.approx(time.time() + LONG, abs=5)

    def test_takes_over_from_one_whose_lease_ran_out(self, ledger: Called) -> None:
        image = enter(ledger)
        taken(ledger, weigh(image), "late", lease=-1)
        assert taken(ledger, weigh(image), "other").task.lost == 2

    def test_before_its_time_says_when_that_is(self, ledger: Called) -> None:
        image = enter(ledger)
        work = taken(ledger, weigh(image))
        later = time.time() + 600
        engine(ledger).turn("w", [Again(replace(work.task, lost=0), later, "Busy.")], want=0)
        busy = ledger.take("w", weigh(image), LONG)
        assert isinstance(busy, Busy)
        assert busy.until == pytest.approx(later, abs=1e-3)

    def test_finds_nothing_where_it_is_settled(self, ledger: Called) -> None:
        image = enter(ledger)
        settle(ledger, row(taken(ledger, weigh(image))))
        assert ledger.take("w", weigh(image), LONG) is None

    def test_finds_nothing_under_another_revision(self, ledger: Called) -> None:
        image = enter(ledger)
        assert ledger.take("w", weigh(image, revision=2), LONG) is None
        ledger.demand([weigh(image, revision=2)])
        assert ledger.take("w", weigh(image, revision=1), LONG) is None
        assert taken(ledger, weigh(image, revision=2)).task.revision == 2

    def test_finds_nothing_of_an_image_that_is_not_there(self, ledger: Called) -> None:
        assert ledger.take("w", weigh("nobody"), LONG) is None


class TestFollowing:
    def test_gives_what_is_open_and_held_by_nobody(self, ledger: Called) -> None:
        image = enter(ledger)
        settle(ledger, row(taken(ledger, weigh(image))))
        follow = engine(ledger).follow
        assert sorted(task.actor for task in ledger.followed(image, follow)) == ["fold", "paint"]
        taken(ledger, Task(image, "fold", 1, 50, NOW))
        assert [task.actor for task in ledger.followed(image, follow)] == ["paint"]

    def test_of_an_unknown_image_gives_nothing(self, ledger: Called) -> None:
        assert ledger.followed("nobody", engine(ledger).follow) == []


class TestOverdue:
    def test_are_those_due_for_long_and_those_whose_holder_is_gone_for_long(self, ledger: Called) -> None:
        waiting, held, lost = (enter(ledger, f"d{n}") for n in range(3))
        taken(ledger, weigh(held))
        taken(ledger, weigh(lost), lease=-100)
        found = {task.image for task in ledger.overdue(60, 10)}
        assert found == {waiting, lost}
        assert len(ledger.overdue(60, 1)) == 1

    def test_are_none_where_all_is_done(self, ledger: Called) -> None:
        enter(ledger)
        finish(ledger)
        assert ledger.overdue(0, 10) == []


def test_what_messages_take_and_what_workers_claim_are_the_same_runs(ledger: Called) -> None:
    image = enter(ledger)
    settle(ledger, row(taken(ledger, weigh(image))))
    fold = taken(ledger, Task(image, "fold", 1, 50, NOW))
    assert names(claim(ledger, "other", want=9)) == ["paint"]
    settle(ledger, row(fold))
