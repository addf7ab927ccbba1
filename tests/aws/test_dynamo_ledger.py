"""What is the DynamoDB ledger's alone: how few requests it needs, who comes first, what others wrote."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from pipeline.adapters import dynamo_entering, dynamo_turns
from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_items import HEAD, TOMBSTONE, day, facts_of, mark_key
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_standings import DynamoStandings
from pipeline.adapters.dynamo_table import Delete, Put, Step, Table, Update
from pipeline.errors import Unavailable
from pipeline.ledger import Again, Busy, Plan, Settled, Task, Work
from pipeline.results import Failed, Foreign
from pipeline.shortid import payload
from tests.aws.requests import asked
from tests.contract.ledgers import (
    AT,
    FAILED,
    LONG,
    NOW,
    again,
    claim,
    ending,
    engine,
    enter,
    finish,
    row,
    settle,
)
from tests.flow import toy

NAMES = [actor.name for actor in toy.TOY]


@pytest.fixture
def ledger(table: Table) -> DynamoLedger:
    return DynamoLedger(table)


def run(image: str, actor: str, revision: int = 1) -> Task:
    return Task(image, actor, revision, 50, NOW)


def taken(ledger: DynamoLedger, image: str, actor: str) -> Work:
    work = ledger.take("w", run(image, actor), LONG)
    assert isinstance(work, Work), work
    return work


def write(ledger: DynamoLedger, work: Work, **more: object) -> None:
    """As a function does that ran an actor: nothing is planned."""
    ending = replace(row(work), **more)  # type: ignore[arg-type]
    ledger.turn("w", [Settled(ending)], lambda *_: Plan(), want=0, lease=0)


class TestRequests:
    def test_an_arrival_is_one_transaction(self, ledger: DynamoLedger) -> None:
        enter(ledger, "d1")
        with asked() as names:
            enter(ledger, "d2")
        assert names == ["TransactWriteItems"]

    def test_a_repeated_arrival_is_looked_up(self, ledger: DynamoLedger) -> None:
        enter(ledger)
        with asked() as names:
            enter(ledger)
        assert names == ["TransactWriteItems", "GetItem", "GetItem"]

    def test_a_claim_is_a_write_and_a_query(self, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        with asked() as names:
            taken(ledger, image, "weigh")
        assert names == ["UpdateItem", "Query"]
        with asked() as names:
            assert isinstance(ledger.take("other", run(image, "weigh"), LONG), Busy)
        assert names == ["UpdateItem", "GetItem"]

    def test_a_function_ends_with_one_transaction_of_two_items(self, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        work = taken(ledger, image, "weigh")
        with asked() as names:
            write(ledger, work)
        assert names == ["TransactWriteItems"]
        assert ending(ledger, image) == {"weigh": "done"}
        assert ledger.open_tasks(image) == {}

    def test_trying_again_is_one_write(self, ledger: DynamoLedger) -> None:
        work = taken(ledger, enter(ledger), "weigh")
        with asked() as names:
            ledger.turn("w", [Again(work.task, NOW, "Busy.")], lambda *_: Plan(), want=0, lease=0)
        assert names == ["UpdateItem"]

    def test_following_is_a_query_and_a_transaction_and_only_a_query_where_nothing_follows(
        self, ledger: DynamoLedger
    ) -> None:
        image = enter(ledger)
        write(ledger, taken(ledger, image, "weigh"))
        with asked() as names:
            assert len(ledger.followed(image, engine(ledger).follow)) == 2
        assert names == ["Query", "TransactWriteItems"]
        with asked() as names:
            assert len(ledger.followed(image, engine(ledger).follow)) == 2
        assert names == ["Query"]

    def test_a_demand_is_a_query_and_a_transaction(self, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        with asked() as names:
            ledger.demand([run(image, "weigh", 2)])
        assert names == ["Query", "TransactWriteItems"]


class Meanwhile(Table):
    """A table in which something happens right before the next write."""

    happens: Callable[[], None] | None = None

    def write(self, *steps: Step) -> bool:
        happens, self.happens = self.happens, None
        if happens:
            happens()
        return super().write(*steps)


class Stale(Table):
    """A table whose indexes have stood still since the first look."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._seen: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def index(self, name: str, key: str, **how: Any) -> Iterator[dict[str, Any]]:
        if (name, key) not in self._seen:
            self._seen[name, key] = list(super().index(name, key, **how))
        yield from self._seen[name, key]


class TestALaggingIndex:
    def test_hands_nothing_out_twice(self, table: Table) -> None:
        stale, ledger = DynamoLedger(Stale(table.name)), DynamoLedger(table)
        image = enter(ledger)
        assert stale.holders() == []
        (work,) = claim(ledger, "quick")
        assert claim(stale, "slow") == []
        settle(ledger, row(work), worker="quick")
        assert claim(stale, "slow") == []
        assert sorted(ledger.open_tasks(image)) == ["fold", "paint"]

    def test_takes_nothing_from_who_holds_it_by_now(self, table: Table) -> None:
        stale, ledger = DynamoLedger(Stale(table.name)), DynamoLedger(table)
        image = enter(ledger)
        claim(ledger, "first", lease=-1)
        assert stale.holders() == ["first"]
        ledger.expire()
        claim(ledger, "second")
        assert (stale.expire(), stale.release("first")) == (0, [])
        stale.extend(["first"], LONG)
        assert ledger.holders() == ["second"]
        assert ledger.open_tasks(image)["weigh"].attempts == 2

    def test_calls_nobody_stalled_who_has_runs_open(self, table: Table) -> None:
        stale, ledger = DynamoLedger(Stale(table.name)), DynamoLedger(table)
        image = ledger.enter([("d1", toy.parcel("p"))], lambda *_: Plan())[0].arrived.image
        assert stale.stalled(9) == [image]
        ledger.resume(image, engine(ledger).follow)
        assert stale.stalled(9) == []


class TestRaces:
    def test_who_planned_from_what_is_no_longer_so_plans_again(self, table: Table) -> None:
        """Else a run would start twice: another one planned it, and it ran and ended meanwhile."""
        slow, ledger = Meanwhile(table.name), DynamoLedger(table)
        image = enter(ledger)
        write(ledger, taken(ledger, image, "weigh"))

        def overtake() -> None:
            ledger.followed(image, engine(ledger).follow)
            write(ledger, taken(ledger, image, "paint"))

        slow.happens = overtake
        found = DynamoLedger(slow).followed(image, engine(ledger).follow)
        assert [task.actor for task in found] == ["fold"]
        assert list(ledger.open_tasks(image)) == ["fold"]

    def test_a_replay_that_comes_between_keeps_the_image_waiting(self, table: Table) -> None:
        slow, ledger = Meanwhile(table.name), DynamoLedger(table)
        image = enter(ledger)
        finish(ledger)
        again(ledger, image, "ship")
        write(ledger, taken_revision(ledger, image, "ship", 2))
        slow.happens = lambda: ledger.demand([run(image, "ship", 3)])
        DynamoLedger(slow).followed(image, engine(ledger).follow)
        assert (table.get(image, HEAD) or {})["state"] == "waiting"
        assert ledger.open_tasks(image)["ship"].revision == 3

    def test_an_image_is_read_turn_first_then_tasks_then_rows(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        """A query is no snapshot: so a run that ends meanwhile is seen open and done, never neither."""
        image = enter(ledger)
        keys = [sk.partition("#")[0] for sk in dynamo_turns.Partition(table, image).items]
        assert keys == ["turn", "task", "result", "image"]

    def test_two_who_follow_at_once_start_everything_once(self, ledger: DynamoLedger) -> None:
        images = [enter(ledger, f"d{n}") for n in range(6)]
        for image in images:
            write(ledger, taken(ledger, image, "weigh"))
        together = Barrier(2)
        found: list[list[str]] = [[], []]

        def follow(who: int) -> None:
            for image in images:
                together.wait(10)
                found[who] += [task.actor for task in ledger.followed(image, engine(ledger).follow)]

        alongside(*(lambda who=who: follow(who) for who in range(2)))
        assert [sorted(each) for each in found] == [["fold"] * 6 + ["paint"] * 6] * 2
        assert all(len(list(ledger._table.query(image, "task#"))) == 2 for image in images)

    def test_one_run_is_taken_by_one_of_many(self, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        together, got = Barrier(4), list[object]()

        def take(who: int) -> None:
            together.wait(10)
            got.append(ledger.take(f"w{who}", run(image, "weigh"), LONG))

        alongside(*(lambda who=who: take(who) for who in range(4)))
        assert sorted(type(each).__name__ for each in got) == ["Busy", "Busy", "Busy", "Work"]
        assert ledger.open_tasks(image)["weigh"].attempts == 1

    def test_results_and_plans_at_once_leave_a_settled_image(self, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        write(ledger, taken(ledger, image, "weigh"))
        ledger.followed(image, engine(ledger).follow)
        works, together = [taken(ledger, image, actor) for actor in ("paint", "fold")], Barrier(2)

        def end(work: Work) -> None:
            together.wait(10)
            write(ledger, work)
            ledger.followed(image, engine(ledger).follow)

        alongside(*(lambda work=work: end(work) for work in works))
        assert list(ledger.open_tasks(image)) == ["wrap"]
        finish(ledger)
        assert set(ending(ledger, image).values()) == {"done"}


def taken_revision(ledger: DynamoLedger, image: str, actor: str, revision: int) -> Work:
    work = ledger.take("w", run(image, actor, revision), LONG)
    assert isinstance(work, Work)
    return work


def alongside(*work: Callable[[], None]) -> None:
    """Each in a thread of its own, to the end of all."""
    faults = list[BaseException]()

    def do(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as fault:
            faults.append(fault)

    threads = [Thread(target=do, args=(one,)) for one in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == []


class TestHeldStill:
    def test_who_was_killed_in_it_holds_nobody_up_for_long(
        self, table: Table, ledger: DynamoLedger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image = enter(ledger)
        monkeypatch.setattr("pipeline.adapters.dynamo_standings.HELD", 0.3)
        killed = DynamoStandings(table).still(image)
        killed.__enter__()
        began = time.monotonic()
        write(ledger, taken(ledger, image, "weigh"))
        assert 0.2 < time.monotonic() - began < 5
        killed.__exit__(None, None, None)
        assert ledger.followed(image, engine(ledger).follow)

    def test_waits_for_another_one(self, table: Table, ledger: DynamoLedger) -> None:
        image, order = enter(ledger), list[str]()
        with DynamoStandings(table).still(image):
            waiting = Thread(target=lambda: hold(table, image, order))
            waiting.start()
            time.sleep(0.1)
            order.append("first")
        waiting.join()
        assert order == ["first", "second"]

    def test_is_given_up_with_words(
        self, table: Table, ledger: DynamoLedger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image = enter(ledger)
        monkeypatch.setattr(dynamo_turns, "PATIENCE", 0.1)
        with (
            DynamoStandings(table).still(image),
            pytest.raises(Unavailable, match="hold it still"),
        ):
            ledger.demand([run(image, "weigh", 2)])

    def test_leaves_no_mark(self, table: Table, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        before = list(table.query(image))
        with DynamoStandings(table).still(image):
            assert list(table.query(image)) != before
        assert list(table.query(image)) == before

    def test_who_is_too_slow_is_told(
        self, table: Table, ledger: DynamoLedger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image = enter(ledger)
        monkeypatch.setattr("pipeline.adapters.dynamo_standings.HELD", -1.0)
        with pytest.raises(Unavailable, match="too slow"), DynamoStandings(table).still(image):
            pytest.fail("It was not held.")


def hold(table: Table, image: str, order: list[str]) -> None:
    with DynamoStandings(table).still(image):
        order.append("second")


class TestRowsOfOthers:
    def test_a_program_in_another_language_writes_a_row(self, table: Table, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        data = json.dumps({"quality": 84})
        sk = "result#estimate_quality#000001"
        table.write(Put({"pk": image, "sk": sk, "kind": "Foreign", "body": json.dumps({"data": data})}))
        found = ledger.rows(image)["estimate_quality"]
        assert (found.result, found.revision, found.version) == (Foreign(data), 1, 1)
        report = DynamoCatalog(table, NAMES).report(image)
        assert report["foreign"] == {"estimate_quality": {"quality": 84}}
        assert list(report["actors"])[-1] == "estimate_quality"
        finish(ledger)
        assert (table.get(image, HEAD) or {})["state"] == "done"

    @pytest.mark.parametrize(
        "item",
        [
            {"kind": "Nobody", "body": "{}"},
            {"kind": "Foreign", "body": "no JSON"},
            {"kind": "Foreign", "body": 7, "at": "noon", "inputs": "[]", "version": "new"},
            {},
        ],
    )
    def test_what_cannot_be_read_counts_as_parked_and_stops_nobody(
        self, table: Table, ledger: DynamoLedger, item: dict[str, str]
    ) -> None:
        image = enter(ledger)
        table.write(Put({"pk": image, "sk": "result#odd#000001", **item}))
        assert isinstance(ledger.rows(image)["odd"].result, Failed)
        finish(ledger)
        assert (table.get(image, HEAD) or {})["state"] == "done"
        assert DynamoCatalog(table, NAMES).report(image)["state"] == "done"

    @pytest.mark.parametrize(
        "sk", ["result#odd", "result#", "result#odd#new", "task#odd", "else", "note#hold"]
    )
    def test_items_under_other_keys_are_let_be(self, table: Table, ledger: DynamoLedger, sk: str) -> None:
        image = enter(ledger)
        table.write(Put({"pk": image, "sk": sk, "kind": "Foreign"}))
        finish(ledger)
        assert len(ledger.rows(image)) == 6


class TestWhatStands:
    def test_facts_keep_the_time_to_the_first_verdict(self, table: Table, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        told = facts_of((table.get(image, HEAD) or {})["facts"])
        assert (told.image, told.state, told.entered_at) == (
            image,
            "waiting",
            ledger.rows(image)["arrival"].at,
        )
        ledger.resume(image, lambda *_: Plan(facts=replace(told, verdict_seconds=2.0, faces=1)))
        ledger.resume(image, lambda *_: Plan(facts=replace(told, verdict_seconds=9.0, faces=3)))
        found = facts_of((table.get(image, HEAD) or {})["facts"])
        assert (found.verdict_seconds, found.faces) == (2.0, 3)

    def test_a_parked_row_leaves_the_index_once_it_is_superseded(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        catalog = DynamoCatalog(table, NAMES)
        image = enter(ledger)
        settle(ledger, row(claim(ledger)[0], FAILED))
        assert [found.actor for found in catalog.parked(9)] == ["weigh"]
        again(ledger, image, "weigh")
        write(ledger, taken_revision(ledger, image, "weigh", 2))
        ledger.followed(image, engine(ledger).follow)
        assert catalog.parked(9) == []
        assert catalog.queue().parked == 0

    def test_demanded_runs_are_marked_for_the_stream_and_others_are_not(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        image = enter(ledger)
        assert "demanded" not in next(table.query(image, "task#"))
        ledger.demand([run(image, "weigh", 2)])
        (item,) = table.query(image, "task#")
        assert (item["sk"], item["demanded"]) == ("task#weigh#000002", True)

    def test_deliveries_short_ids_and_marks_lead_to_the_image(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        (entry,) = engine(ledger).enter([("x" * 5000, toy.parcel("p"))])
        image = entry.arrived.image
        assert (table.get(mark_key(payload(image)), "mark") or {})["image"] == image
        assert mark_key(payload(image)).removeprefix("mark#") == image[19:].replace("-", "")
        assert (table.get(f"short#{entry.arrived.short}", "short") or {})["image"] == image
        assert not engine(ledger).enter([("x" * 5000, toy.parcel("p"))])[0].new

    def test_a_delivery_of_an_erased_image_is_known_and_a_late_row_of_it_is_not_kept(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        image = enter(ledger)
        work = taken(ledger, image, "weigh")
        short = (table.get(image, HEAD) or {})["short"]
        for item in list(table.query(image)):
            table.write(Delete(image, item["sk"]))
        table.write(Put({"pk": image, "sk": TOMBSTONE, "short": short, "at": NOW, "state": "erased"}))
        write(ledger, work)
        (entry,) = engine(ledger).enter([("d1", toy.parcel("p"))])
        assert (entry.new, entry.arrived.image, entry.arrived.short, entry.arrived.at) == (
            False,
            image,
            short,
            AT,
        )
        assert entry.arrived.source.name == ""
        assert ledger.rows(image) == {}
        catalog = DynamoCatalog(table, NAMES)
        assert catalog.find(short) is None
        assert [found and found.done for found in map(catalog.erased, (short, image, "IMG-0"))] == [
            True,
            True,
            None,
        ]

    def test_days_without_images_before_the_first_are_not_asked(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        image = enter(ledger)
        assert dynamo_entering.days(table)[0] == day(image) == datetime.now(UTC).date().isoformat()
        before = datetime.now(UTC) - timedelta(days=3)
        dynamo_entering.note_day(table, before.timestamp())
        dynamo_entering.note_day(table)
        assert len(dynamo_entering.days(table)) == 5
        assert dynamo_entering.days(table, image)[0] == day(image)

    def test_a_table_without_images_has_none(self, ledger: DynamoLedger, table: Table) -> None:
        assert ledger.images("", 9) == []
        assert DynamoCatalog(table, NAMES).newest(9) == []
        assert DynamoCatalog(table, NAMES).queue().images == {}

    def test_counts_follow_an_image_from_one_state_to_the_next(
        self, table: Table, ledger: DynamoLedger
    ) -> None:
        catalog = DynamoCatalog(table, NAMES)
        image = enter(ledger)
        for state in ("done", "held", "waiting", "failed", "failed"):
            ledger.resume(image, lambda *_, state=state: Plan(state=state))
            assert catalog.queue().images == {state: 1}

    def test_a_head_of_a_later_version_is_listed(self, table: Table, ledger: DynamoLedger) -> None:
        image = enter(ledger)
        head = table.get(image, HEAD) or {}
        source = json.dumps(json.loads(head["source"]) | {"album": "x"})
        facts = json.dumps(json.loads(head["facts"]) | {"mood": "x"})
        table.write(Update(image, HEAD, "SET #source=:s,#facts=:f", given={"s": source, "f": facts}))
        assert [each.image for each in DynamoCatalog(table, NAMES).of_person("T1", "U1", 9)] == [image]
        finish(ledger)
