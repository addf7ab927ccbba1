"""What every ledger promises, kept by SQLite and by its twin in memory."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import shortid
from pipeline.ledger import Again, Ledger, Plan, Settled, Task
from pipeline.results import Arrived, Result
from tests.contract.ledgers import (
    FAILED,
    LEDGERS,
    LONG,
    NOW,
    REJECTED,
    SKIPPED,
    again,
    claim,
    ending,
    engine,
    enter,
    finish,
    names,
    row,
    settle,
)
from tests.flow import toy


@pytest.fixture(params=LEDGERS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    return LEDGERS[request.param](tmp_path, request.getfixturevalue)


class TestEntering:
    def test_starts_the_chain(self, ledger: Ledger) -> None:
        image = enter(ledger)
        assert list(ledger.open_tasks(image)) == ["weigh"]
        assert isinstance(ledger.rows(image)["arrival"].result, Arrived)

    def test_takes_one_delivery_once(self, ledger: Ledger) -> None:
        first, second = (engine(ledger).enter([("d1", toy.parcel("p"))])[0] for _ in range(2))
        assert (first.new, second.new) == (True, False)
        assert first.arrived == second.arrived
        assert ledger.images("", 10) == [first.arrived.image]

    def test_takes_one_delivery_once_within_a_batch(self, ledger: Ledger) -> None:
        entries = engine(ledger).enter([("d1", toy.parcel("p")), ("d1", toy.parcel("p"))])
        assert [entry.new for entry in entries] == [True, False]

    def test_answers_in_the_order_given(self, ledger: Ledger) -> None:
        entries = engine(ledger).enter([(f"d{n}", toy.parcel(f"p{n}")) for n in range(20)])
        assert [entry.arrived.source.name for entry in entries] == [f"p{n}" for n in range(20)]

    def test_lists_images_in_the_order_they_came_page_by_page(self, ledger: Ledger) -> None:
        came = [enter(ledger, f"d{n}") for n in range(7)]
        pages, after = [], ""
        while page := ledger.images(after, 3):
            pages.append(page)
            after = page[-1]
        assert pages == [came[:3], came[3:6], came[6:]]

    def test_gives_every_image_a_short_id_of_its_own(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shortid, "ALPHABET", "0" * 16 + "1" * 16)  # leaves 16 ids of four letters
        arrivals = [(f"d{n}", toy.parcel("p")) for n in range(20)]
        shorts = [e.arrived.short for e in engine(ledger).enter(arrivals)]
        assert len(set(shorts)) == 20
        assert {len(short) for short in shorts} >= {len("IMG-0101"), len("IMG-01011")}

    def test_takes_the_priority_from_who_is_waiting(self, ledger: Ledger) -> None:
        bulk = replace(toy.parcel("bulk"), kind="folder")
        first, second = engine(ledger).enter([("d1", bulk), ("d2", toy.parcel("posted"))])
        assert claim(ledger)[0].task.image == second.arrived.image
        assert claim(ledger)[0].task.image == first.arrived.image


class TestClaiming:
    def test_is_exclusive(self, ledger: Ledger) -> None:
        enter(ledger)
        assert names(claim(ledger, "a")) == ["weigh"]
        assert claim(ledger, "b") == []

    def test_counts_the_run_and_hands_over_the_rows(self, ledger: Ledger) -> None:
        image = enter(ledger)
        (work,) = claim(ledger)
        assert (work.task.attempts, work.task.lost) == (1, 1)
        assert work.rows == ledger.rows(image)
        assert ledger.open_tasks(image)["weigh"].running

    def test_takes_no_more_than_wanted(self, ledger: Ledger) -> None:
        for n in range(5):
            enter(ledger, f"d{n}")
        assert [len(claim(ledger, want=want)) for want in (0, 2, 10)] == [0, 2, 3]

    def test_takes_one_image_only_once_per_actor(self, ledger: Ledger) -> None:
        enter(ledger)
        settle(ledger, row(claim(ledger)[0]))
        assert names(claim(ledger, "a") + claim(ledger, "b") + claim(ledger, "c")) == ["fold", "paint"]

    def test_waits_until_a_run_is_due(self, ledger: Ledger) -> None:
        image = enter(ledger)
        work = claim(ledger)[0]
        engine(ledger).turn("w", [Again(work.task, time.time() + 0.15, "Busy.")], want=0)
        assert claim(ledger) == []
        deadline = time.monotonic() + 5
        while not (found := claim(ledger)) and time.monotonic() < deadline:
            ledger.wait(0.01)
        assert [w.task.attempts for w in found] == [2]
        assert ledger.open_tasks(image)["weigh"].error == "Busy."


class TestSettling:
    def test_starts_what_it_made_ready(self, ledger: Ledger) -> None:
        image = enter(ledger)
        settle(ledger, row(claim(ledger)[0]))
        assert sorted(ledger.open_tasks(image)) == ["fold", "paint"]

    def test_joins_wait_for_all(self, ledger: Ledger) -> None:
        image = enter(ledger)
        settle(ledger, row(claim(ledger)[0]))
        one, two = claim(ledger, want=2)
        settle(ledger, row(one))
        assert list(ledger.open_tasks(image)) == [two.task.actor]
        settle(ledger, row(two))
        assert list(ledger.open_tasks(image)) == ["wrap"]

    def test_keeps_the_row_as_it_was_given(self, ledger: Ledger) -> None:
        image = enter(ledger)
        written = replace(row(claim(ledger)[0]), version=7, attempts=3, ms=12.5)
        settle(ledger, written)
        assert ledger.rows(image)["weigh"] == written

    def test_a_second_result_for_the_same_revision_changes_nothing(self, ledger: Ledger) -> None:
        image = enter(ledger)
        work = claim(ledger)[0]
        settle(ledger, row(work))
        rows, tasks = ledger.rows(image), ledger.open_tasks(image)
        settle(ledger, row(work, toy.Weighed("doubled")))
        settle(ledger, row(work, FAILED))
        assert (ledger.rows(image), ledger.open_tasks(image)) == (rows, tasks)

    def test_a_late_result_of_a_superseded_revision_changes_nothing(self, ledger: Ledger) -> None:
        image = enter(ledger)
        late = claim(ledger)[0]
        settle(ledger, row(late))
        again(ledger, image, "weigh")
        settle(ledger, row(claim(ledger, want=9)[0], toy.Weighed("newer"), revision=2))
        before = ledger.rows(image)
        settle(ledger, row(late, toy.Weighed("late")))
        assert ledger.rows(image) == before

    def test_a_late_result_does_not_call_off_a_replay(self, ledger: Ledger) -> None:
        image = enter(ledger)
        late = claim(ledger)[0]
        settle(ledger, row(late))
        again(ledger, image, "weigh")
        settle(ledger, row(late))
        assert ledger.open_tasks(image)["weigh"].revision == 2

    def test_a_newer_revision_has_the_last_word_in_whichever_order_they_come(self, ledger: Ledger) -> None:
        image = enter(ledger)
        work = claim(ledger)[0]
        settle(ledger, row(work, toy.Weighed("newest"), revision=3))
        settle(ledger, row(work, toy.Weighed("overtaken"), revision=2))
        assert (found := ledger.rows(image)["weigh"]).revision == 3
        assert found.result == toy.Weighed("newest")

    def test_a_result_for_an_unknown_image_changes_nothing(self, ledger: Ledger) -> None:
        enter(ledger)
        stranger = replace(row(claim(ledger)[0]), image="nobody")
        settle(ledger, stranger)
        assert ledger.rows("nobody") == {}
        assert ledger.open_tasks("nobody") == {}

    def test_a_result_is_taken_from_a_worker_that_lost_its_lease(self, ledger: Ledger) -> None:
        image = enter(ledger)
        work = claim(ledger, "slow", lease=-1)[0]
        ledger.expire()
        claim(ledger, "quick")
        settle(ledger, row(work), worker="slow")
        assert ledger.rows(image)["weigh"].state == "done"
        assert "weigh" not in ledger.open_tasks(image)

    @pytest.mark.parametrize(
        ("result", "parked", "state"),
        [(FAILED, True, "failed"), (REJECTED, False, "failed"), (SKIPPED, False, "skipped")],
    )
    def test_rows_written_unrun_come_with_the_result_that_caused_them(
        self, ledger: Ledger, result: Result, parked: bool, state: str
    ) -> None:
        image = enter(ledger)
        settle(ledger, row(claim(ledger)[0], result))
        assert ending(ledger, image) == {
            "weigh": state,
            "paint": "skipped",
            "fold": "skipped",
            "wrap": "skipped",
        }
        assert ledger.rows(image)["weigh"].parked is parked
        assert list(ledger.open_tasks(image)) == ["ship"]

    def test_an_image_is_settled_in_the_end(self, ledger: Ledger) -> None:
        image = enter(ledger)
        finish(ledger)
        assert set(ending(ledger, image).values()) == {"done"}
        assert ledger.open_tasks(image) == {}
        assert ledger.stalled(9) == []


class TestTryingAgain:
    def test_keeps_when_why_and_how_often_it_was_lost(self, ledger: Ledger) -> None:
        image = enter(ledger)
        task = claim(ledger)[0].task
        engine(ledger).turn("w", [Again(replace(task, lost=0), NOW + 1, "Busy.")], want=0)
        found = ledger.open_tasks(image)["weigh"]
        assert (found.due_at, found.error, found.lost, found.attempts) == (NOW + 1, "Busy.", 0, 1)
        assert not found.running

    def test_counts_lost_runs_until_one_speaks(self, ledger: Ledger) -> None:
        enter(ledger)
        for lost in (1, 2, 3):
            assert claim(ledger, "w")[0].task.lost == lost
            ledger.release("w")

    def test_says_nothing_where_another_worker_has_it_by_now(self, ledger: Ledger) -> None:
        image = enter(ledger)
        late = claim(ledger, "slow", lease=-1)[0]
        ledger.expire()
        claim(ledger, "quick")
        engine(ledger).turn("slow", [Again(late.task, NOW + 99, "Late.")], want=0)
        found = ledger.open_tasks(image)["weigh"]
        assert (found.running, found.error) == (True, None)

    def test_says_nothing_about_a_newer_revision(self, ledger: Ledger) -> None:
        image = enter(ledger)
        late = claim(ledger)[0]
        settle(ledger, row(late))
        again(ledger, image, "weigh")
        engine(ledger).turn("w", [Again(late.task, NOW + 99, "Late.")], want=0)
        assert ledger.open_tasks(image)["weigh"].error is None

    def test_says_nothing_about_what_has_settled(self, ledger: Ledger) -> None:
        image = enter(ledger)
        late = claim(ledger)[0]
        settle(ledger, row(late))
        engine(ledger).turn("w", [Again(late.task, NOW, "Late.")], want=0)
        assert "weigh" not in ledger.open_tasks(image)


class TestLeases:
    def test_run_out(self, ledger: Ledger) -> None:
        enter(ledger)
        claim(ledger, "a", lease=-1)
        assert ledger.expire() == 1
        assert names(claim(ledger, "b")) == ["weigh"]

    def test_hold_while_they_are_extended(self, ledger: Ledger) -> None:
        enter(ledger, "d1")
        enter(ledger, "d2")
        enter(ledger, "d3")
        for worker in ("a", "b", "c"):
            claim(ledger, worker, lease=-1)
        ledger.extend(["a", "c"], LONG)
        assert ledger.expire() == 1
        assert sorted(ledger.holders()) == ["a", "c"]

    def test_of_others_are_not_extended_by_nobody(self, ledger: Ledger) -> None:
        enter(ledger)
        claim(ledger, "a", lease=-1)
        ledger.extend([], LONG)
        assert ledger.expire() == 1

    def test_end_when_a_worker_is_released(self, ledger: Ledger) -> None:
        image = enter(ledger)
        held = claim(ledger, "a")
        assert [work.task.actor for work in ledger.release("a")] == ["weigh"]
        assert ledger.holders() == []
        assert claim(ledger, "b")[0].task.attempts == held[0].task.attempts + 1
        assert ledger.open_tasks(image)["weigh"].lost == 2

    def test_release_gives_back_only_what_the_worker_held(self, ledger: Ledger) -> None:
        enter(ledger, "d1")
        enter(ledger, "d2")
        claim(ledger, "a")
        (other,) = claim(ledger, "b")
        released = ledger.release("a")
        assert [work.task.image for work in released] != [other.task.image]
        assert ledger.release("a") == []
        assert ledger.holders() == ["b"]

    def test_end_with_the_result(self, ledger: Ledger) -> None:
        enter(ledger)
        settle(ledger, row(claim(ledger)[0]))
        assert ledger.holders() == []


class TestReplay:
    def test_supersedes_the_row_and_those_computed_from_it(self, ledger: Ledger) -> None:
        image = enter(ledger)
        finish(ledger)
        again(ledger, image, "paint")
        finish(ledger)
        revisions = {name: found.revision for name, found in ledger.rows(image).items()}
        assert revisions == {"arrival": 1, "weigh": 1, "paint": 2, "fold": 1, "wrap": 2, "ship": 2}

    def test_demanded_twice_runs_once(self, ledger: Ledger) -> None:
        image = enter(ledger)
        finish(ledger)
        task = again(ledger, image, "ship")
        ledger.demand([task])
        settle(ledger, row(claim(ledger)[0]))
        assert ledger.open_tasks(image) == {}
        assert ledger.rows(image)["ship"].revision == 2

    def test_starts_afresh_where_a_run_was_open(self, ledger: Ledger) -> None:
        image = enter(ledger)
        task = claim(ledger)[0].task
        engine(ledger).turn("w", [Again(task, time.time() + 600, "Busy.")], want=0)
        ledger.demand([Task(image, "weigh", task.revision + 1, 7, NOW)])
        found = ledger.open_tasks(image)["weigh"]
        assert found == Task(image, "weigh", task.revision + 1, 7, NOW)

    def test_that_was_overtaken_by_another_leaves_the_image_settled(self, ledger: Ledger) -> None:
        image = enter(ledger)
        finish(ledger)
        overtaken = again(ledger, image, "ship")
        finish(ledger)
        ledger.demand([overtaken])
        finish(ledger)
        assert ledger.open_tasks(image) == {}
        assert ledger.rows(image)["ship"].revision == 2
        assert ledger.stalled(9) == []

    def test_makes_the_image_wait_whatever_started_it(self, ledger: Ledger) -> None:
        image = ledger.enter([("d1", toy.parcel("p"))], lambda *_: Plan(state="done"))[0].arrived.image
        assert ledger.stalled(9) == []
        ledger.resume(image, engine(ledger).follow)
        settle(ledger, row(claim(ledger)[0]))
        sides = [Settled(row(work)) for work in claim(ledger, want=2)]
        ledger.turn("w", sides, lambda *_: Plan(), want=0, lease=1)
        assert ledger.stalled(9) == [image]

    def test_takes_the_run_from_who_is_at_an_older_one(self, ledger: Ledger) -> None:
        image = enter(ledger)
        task = claim(ledger, "old")[0].task
        ledger.demand([replace(task, revision=task.revision + 1)])
        assert ledger.holders() == []
        assert [(w.task.revision, w.task.attempts) for w in claim(ledger, "new")] == [(2, 1)]
        assert list(ledger.open_tasks(image)) == ["weigh"]

    def test_does_not_disturb_an_open_run_of_the_same_revision(self, ledger: Ledger) -> None:
        image = enter(ledger)
        task = claim(ledger)[0].task
        ledger.demand([replace(task, attempts=0, priority=1)])
        assert ledger.open_tasks(image)["weigh"].running


class TestSweeping:
    def test_finds_images_that_wait_with_nothing_due(self, ledger: Ledger) -> None:
        image = ledger.enter([("d1", toy.parcel("p"))], lambda *_: Plan())[0].arrived.image
        assert ledger.stalled(9) == [image]
        ledger.resume(image, engine(ledger).follow)
        assert list(ledger.open_tasks(image)) == ["weigh"]
        assert ledger.stalled(9) == []

    def test_finds_no_more_than_asked_for(self, ledger: Ledger) -> None:
        for n in range(3):
            ledger.enter([(f"d{n}", toy.parcel("p"))], lambda *_: Plan())
        assert len(ledger.stalled(2)) == 2

    def test_leaves_alone_what_is_due_or_settled(self, ledger: Ledger) -> None:
        enter(ledger, "d1")
        finish(ledger)
        enter(ledger, "d2")
        assert ledger.stalled(9) == []

    def test_resuming_twice_changes_nothing_more(self, ledger: Ledger) -> None:
        image = enter(ledger)
        before = ledger.open_tasks(image)
        ledger.resume(image, engine(ledger).follow)
        assert ledger.open_tasks(image) == before

    def test_resuming_an_unknown_image_changes_nothing(self, ledger: Ledger) -> None:
        ledger.resume("nobody", engine(ledger).follow)
        assert ledger.images("", 9) == []
