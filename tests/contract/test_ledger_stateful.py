"""Whatever is done to them, in whatever order: the ledger in memory, SQLite's and DynamoDB's agree.

Ids are made by the ledgers, so images are compared by the key of their delivery; all else must be equal.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from pipeline.adapters import dynamo_claims, dynamo_items
from pipeline.ledger import Again, Ledger, Outcome, Row, Settled, Task, Work
from pipeline.results import Arrived, Result
from tests.aws.tables import table
from tests.contract.ledgers import AT, FAILED, LEDGERS, NOW, REJECTED, RESULTS, SKIPPED, Needed, engine, row
from tests.flow import toy
from tests.servers.ministack import MiniStack

WORKERS = st.sampled_from(["ann", "bob"])
DELIVERIES = st.sampled_from(["d1", "d2", "d3"])
ACTORS = st.sampled_from(sorted(RESULTS))
ENDINGS = st.sampled_from([None, None, None, FAILED, REJECTED, SKIPPED])
LEASES = st.sampled_from([-1.0, 600.0])
AHEAD = st.sampled_from([0, 1, 1, 1, 2])
LATER = 4_000_000_000.0
"""A time that does not come while this test is in use."""


Run = tuple[str, tuple[Work, ...]]
"""A worker, and the work that either ledger handed it for the same run."""


class Side:
    """One ledger, and what its images are called."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.engine = ledger, engine(ledger)
        self.delivery: dict[str, str] = {}
        self.image: dict[str, str] = {}

    def enter(self, delivery: str) -> bool:
        (entry,) = self.engine.enter([(delivery, toy.parcel(delivery))])
        self.delivery[entry.arrived.image], self.image[delivery] = delivery, entry.arrived.image
        return entry.new

    def turn(self, worker: str, outcomes: Sequence[Outcome], want: int, lease: float) -> list[Work]:
        claimed = self.engine.turn(worker, outcomes, want=want, lease=lease)
        return sorted(claimed, key=lambda work: (work.task.image, work.task.actor))

    def known(self, image: str) -> str:
        return self.delivery.get(image, image)

    def task(self, task: Task) -> Task:
        return replace(task, image=self.known(task.image))

    def row(self, found: Row) -> Row:
        result = found.result
        if isinstance(result, Arrived):
            result, at = replace(result, image="", short="", at=AT), AT
            return replace(found, image=self.known(found.image), result=result, at=at)
        return replace(found, image=self.known(found.image))

    def seen(self) -> dict[str, object]:
        """Everything that can be observed."""
        look = self.ledger
        return {
            "images": [self.known(image) for image in look.images("", 99)],
            "rows": {d: {n: self.row(r) for n, r in look.rows(i).items()} for d, i in self.image.items()},
            "tasks": {d: {self.task(t) for t in look.open_tasks(i).values()} for d, i in self.image.items()},
            "holders": sorted(look.holders()),
            "stalled": sorted(self.known(image) for image in look.stalled(99)),
        }  # fmt: skip


class Twins(RuleBasedStateMachine):
    """Does the same to both ledgers. A claimed run is a pair: the work as either ledger handed it out."""

    held = Bundle("held")
    old = Bundle("old")
    ledgers = ("sqlite", "memory")
    fixture: Needed = str

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.sides = [Side(LEDGERS[name](Path(self.folder.name), self.fixture)) for name in self.ledgers]

    def teardown(self) -> None:
        self.folder.cleanup()

    def both(self, answers: list[object]) -> None:
        assert answers[0] == answers[1]

    def record(self, worker: str, pair: Sequence[Work], outcomes: list[Outcome]) -> None:
        for side, outcome in zip(self.sides, outcomes, strict=True):
            side.turn(worker, [outcome], 0, 600)

    @rule(delivery=DELIVERIES)
    def enter(self, delivery: str) -> None:
        self.both([side.enter(delivery) for side in self.sides])

    @rule(target=held, worker=WORKERS, lease=LEASES)
    def claim(self, worker: str, lease: float) -> object:
        pairs = list(zip(*(side.turn(worker, [], 99, lease) for side in self.sides), strict=True))
        for pair in pairs:
            self.both([side.task(work.task) for side, work in zip(self.sides, pair, strict=True)])
        return multiple(*((worker, pair) for pair in pairs))

    @rule(target=old, run=consumes(held), ending=ENDINGS)
    def settle(self, run: Run, ending: Result | None) -> object:
        worker, pair = run
        self.record(worker, pair, [Settled(row(work, ending)) for work in pair])
        return run

    @rule(run=old, ending=ENDINGS, revision=st.sampled_from([None, 1, 2, 3, 4]))
    def settle_late(self, run: Run, ending: Result | None, revision: int | None) -> None:
        worker, pair = run
        self.record(worker, pair, [Settled(row(work, ending, revision)) for work in pair])

    @rule(target=old, run=consumes(held), due_at=st.sampled_from([NOW, LATER]), lost=st.sampled_from([0, 2]))
    def try_again(self, run: Run, due_at: float, lost: int) -> object:
        worker, pair = run
        self.record(worker, pair, [Again(replace(w.task, lost=lost), due_at, "Busy.") for w in pair])
        return run

    @rule(run=old)
    def try_again_late(self, run: Run) -> None:
        worker, pair = run
        self.record(worker, pair, [Again(work.task, NOW, "Late.") for work in pair])

    @rule(worker=WORKERS)
    def release(self, worker: str) -> None:
        released = [
            sorted((side.task(w.task) for w in side.ledger.release(worker)), key=lambda t: (t.image, t.actor))
            for side in self.sides
        ]
        self.both(list(released))

    @rule()
    def expire(self) -> None:
        self.both([side.ledger.expire() for side in self.sides])

    @rule(workers=st.lists(WORKERS), lease=LEASES)
    def extend(self, workers: list[str], lease: float) -> None:
        for side in self.sides:
            side.ledger.extend(workers, lease)

    @rule(
        delivery=DELIVERIES,
        actor=ACTORS,
        ahead=st.sampled_from([0, 1, 1, 1, 2]),
        priority=st.sampled_from([1, 99]),
    )
    def demand(self, delivery: str, actor: str, ahead: int, priority: int) -> None:
        for side in self.sides:
            with suppress(KeyError):
                image = side.image[delivery]
                found = side.ledger.rows(image)[actor]
                side.ledger.demand([Task(image, actor, found.revision + ahead, priority, NOW)])

    @rule(delivery=DELIVERIES)
    def resume(self, delivery: str) -> None:
        for side in self.sides:
            side.ledger.resume(side.image.get(delivery, "nobody"), side.engine.follow)

    @invariant()
    def agree(self) -> None:
        one, two = (side.seen() for side in self.sides)
        assert one == two

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        for side in self.sides:
            for image in side.ledger.stalled(99):
                side.ledger.resume(image, side.engine.follow)
            assert side.ledger.stalled(99) == []


class DynamoTwins(Twins):
    """The same with the ledger in DynamoDB, which has a server to ask: fewer of them."""

    ledgers = ("memory", "dynamo")


TestTwins = Twins.TestCase
TestTwins.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestDynamoTwins = DynamoTwins.TestCase
TestDynamoTwins.settings = settings(
    TestTwins.settings,
    max_examples=5,
    stateful_step_count=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a failure would take minutes
)


@pytest.fixture(autouse=True, scope="module")
def cloud(aws: MiniStack) -> Iterator[None]:
    """A new table for every machine, its index in two parts: every look asks each of them."""
    DynamoTwins.fixture = staticmethod(lambda _name: table(aws))
    with pytest.MonkeyPatch.context() as patch:
        for module in (dynamo_items, dynamo_claims):
            patch.setattr(module, "SHARDS", 2)
        with aws.clients():
            yield
