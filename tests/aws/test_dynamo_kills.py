"""Killed at any moment between two writes to the table: nothing is lost, nothing is there twice."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from pipeline.adapters import dynamo_catalog, dynamo_claims, dynamo_items
from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_table import Table
from pipeline.chain import Chain
from pipeline.engine import Engine
from pipeline.ledger import Plan, Work
from pipeline.retry import Backoff
from tests.aws.requests import Killed, asked
from tests.aws.tables import table
from tests.flow import toy
from tests.flow.driving import work_off
from tests.servers.ministack import MiniStack

CHAIN: Chain = toy.without("fold", "wrap", "ship")
MOST = 60
"""More writes than any story here needs."""


@pytest.fixture(autouse=True)
def one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the index asks each of its parts: one is enough here."""
    for module in (dynamo_items, dynamo_claims, dynamo_catalog):
        monkeypatch.setattr(module, "SHARDS", 1)


def engine(table: Table) -> Engine:
    return Engine(CHAIN, DynamoLedger(table), backoff=Backoff(first=0.0, longest=0.0))


def post(table: Table, name: str) -> str:
    """The picture comes in; who brought it brings it again until it was taken."""
    return engine(table).enter([("d1", toy.parcel(name))])[0].arrived.image


def called(table: Table, image: str) -> None:
    """As the functions do it: the router follows and calls; a function takes, runs, writes its row, ends."""
    one = engine(table)
    for _ in range(MOST):
        tasks = one.ledger.followed(image, one.follow)  # type: ignore[attr-defined]
        if not tasks:
            return
        for task in tasks:
            work = one.ledger.take("w", task, -1)  # type: ignore[attr-defined]
            if isinstance(work, Work):
                one.ledger.turn("w", [one.run(work)], lambda *_: Plan(), want=0, lease=0)
    pytest.fail("It does not end.")


def swept(table: Table, _image: str) -> None:
    """As workers do it: outcomes with what follows, and the sweep for what was interrupted."""
    one = engine(table)
    for holder in one.ledger.holders():
        one.ledger.release(holder)
    one.sweep()
    work_off(one)


def replayed(table: Table, image: str) -> None:
    """A person asks for a run once more."""
    one = engine(table)
    if one.ledger.rows(image)["weigh"].revision == 1 and "weigh" not in one.ledger.open_tasks(image):
        one.replay(image, "weigh")


Story = Callable[[Table, str], None]


def deaths(aws: MiniStack, name: str, story: Story, prepare: Story) -> Iterator[Table]:
    """Tables on which the story was told to its end after it had broken off at each of its writes in turn."""
    for number in range(MOST):
        fresh = table(aws)
        image = post(fresh, name)
        prepare(fresh, image)
        try:
            with asked(kill=number):
                story(fresh, image)
            return
        except Killed:
            story(fresh, image)
        yield fresh
    pytest.fail("It never gets through.")


def all_is_well(table: Table, states: dict[str, str], revision: int = 1) -> None:
    """One image, each row once, nothing open, counted once."""
    ledger, catalog = DynamoLedger(table), DynamoCatalog(table, CHAIN.names())
    (image,) = ledger.images("", 9)
    items = list(table.query(image))
    kinds = Counter(item["sk"].partition("#")[0] for item in items)
    assert kinds == {"image": 1, "turn": 1, "result": 1 + len(states) * revision}
    assert {n: r.state for n, r in ledger.rows(image).items() if n != "arrival"} == states
    assert {r.revision for n, r in ledger.rows(image).items() if n != "arrival"} == {revision}
    queue = catalog.queue()
    assert queue.images == {"rejected" if "failed" in states.values() else "done": 1}
    assert (queue.waiting, queue.running, queue.delayed, queue.parked) == (0, 0, 0, 0)
    assert ledger.stalled(9) == []


DONE = {"weigh": "done", "paint": "done"}
REFUSED = {"weigh": "failed", "paint": "skipped"}


@pytest.mark.parametrize("end", [called, swept])
@pytest.mark.parametrize(("name", "states"), [("p", DONE), ("reject@weigh", REFUSED)])
def test_runs_and_what_follows(in_aws: MiniStack, end: Story, name: str, states: dict[str, str]) -> None:
    tables = list(deaths(in_aws, name, end, lambda *_: None))
    assert len(tables) >= 3
    for died in tables:
        all_is_well(died, states)


@pytest.mark.parametrize("end", [called, swept])
def test_a_replay(in_aws: MiniStack, end: Story) -> None:
    def story(table: Table, image: str) -> None:
        replayed(table, image)
        end(table, image)

    for died in deaths(in_aws, "p", story, called):
        all_is_well(died, DONE, revision=2)


def test_an_arrival(in_aws: MiniStack) -> None:
    for number in range(MOST):
        fresh = table(in_aws)
        try:
            with asked(kill=number):
                post(fresh, "p")
            break
        except Killed:
            image = post(fresh, "p")
        assert [item["sk"] for item in fresh.query(image, "task#")] == ["task#weigh#000001"]
        called(fresh, image)
        all_is_well(fresh, DONE)
    assert number == 2
