"""People's questions: answered in the right order, from indexes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.catalog import Catalog
from pipeline.errors import Unknown
from pipeline.ledger import Again, Entry, Ledger
from tests.contract.ledgers import FAILED, REJECTED, claim, engine, finish, row, settle
from tests.flow import toy

ACTORS = [actor.name for actor in toy.TOY]
FAR = 4_000_000_000.0


@pytest.fixture(params=["sqlite", "dynamo"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Ledger, Catalog]:
    if request.param == "dynamo":
        table = request.getfixturevalue("table")
        return DynamoLedger(table), DynamoCatalog(table, ACTORS)
    database = Database(tmp_path / "ledger.sqlite")
    return SqliteLedger(database), SqliteCatalog(database, ACTORS)


@pytest.fixture
def ledger(house: tuple[Ledger, Catalog]) -> Ledger:
    return house[0]


@pytest.fixture
def catalog(house: tuple[Ledger, Catalog]) -> Catalog:
    return house[1]


def post(ledger: Ledger, name: str, **where: str) -> Entry:
    source = replace(toy.parcel(name), **where)  # type: ignore[arg-type]
    return engine(ledger).enter([(name, source)])[0]


def listed(found: list[object]) -> list[str]:
    return [each.source.name for each in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        lambda short: f"  {short} ",
        lambda short: short.removeprefix("IMG-"),
        lambda short: short.removeprefix("IMG-").lower(),
        lambda short: "IMG-" + short.removeprefix("IMG-").replace("0", "o").replace("1", "l"),
    ],
)
def test_an_image_is_found_by_its_short_id_however_it_is_typed(
    ledger: Ledger, catalog: Catalog, typed: Callable[[str], str]
) -> None:
    for n in range(40):
        arrived = post(ledger, f"p{n}").arrived
        found = catalog.find(typed(arrived.short))
        assert found is not None
        assert (found.image, found.short, found.state) == (arrived.image, arrived.short, "waiting")


def test_an_image_is_found_by_its_guid(ledger: Ledger, catalog: Catalog) -> None:
    arrived = post(ledger, "p").arrived
    found = catalog.find(f" {arrived.image.upper()} ")
    assert found is not None
    assert (found.source, found.entered_at) == (arrived.source, arrived.at)


@pytest.mark.parametrize("typed", ["", "IMG-", "IMG-ZZZZZZ", "'; DROP TABLE images", "%", "_"])
def test_what_does_not_exist_is_not_found(ledger: Ledger, catalog: Catalog, typed: str) -> None:
    post(ledger, "p")
    assert catalog.find(typed) is None


def test_lists_are_newest_first_and_keep_to_their_place(ledger: Ledger, catalog: Catalog) -> None:
    for n in range(6):
        post(ledger, f"p{n}", channel=f"C{n % 2}", person=f"U{n % 3}", team="T1")
    post(ledger, "elsewhere", channel="C0", person="U0", team="T2")
    assert listed(list(catalog.of_channel("T1", "C0", 9))) == ["p4", "p2", "p0"]
    assert listed(list(catalog.of_channel("T1", "C0", 2))) == ["p4", "p2"]
    assert listed(list(catalog.of_person("T1", "U0", 9))) == ["p3", "p0"]
    assert listed(list(catalog.newest(3))) == ["elsewhere", "p5", "p4"]
    assert catalog.of_channel("T1", "C9", 9) == []


def test_the_images_of_a_message_are_in_the_order_they_were_attached(
    ledger: Ledger, catalog: Catalog
) -> None:
    sources = [(f"d{n}", replace(toy.parcel(f"p{n}"), message="1.2")) for n in (3, 1, 2)]
    engine(ledger).enter(sources)
    post(ledger, "other", message="1.3")
    assert listed(list(catalog.of_message("T1", "C1", "1.2"))) == ["p3", "p1", "p2"]


def test_states_follow_the_images(ledger: Ledger, catalog: Catalog) -> None:
    done, failed, rejected = (post(ledger, name).arrived.image for name in ("done", "failed", "rejected"))
    for work in claim(ledger, want=3):
        bad = {failed: FAILED, rejected: REJECTED}.get(work.task.image)
        settle(ledger, row(work, bad))
    finish(ledger)
    found = {each.image: each.state for each in catalog.newest(9)}
    assert found == {done: "done", failed: "failed", rejected: "rejected"}
    assert catalog.queue().images == {"done": 1, "failed": 1, "rejected": 1}


def test_parked_runs_are_listed_newest_first_and_rejected_ones_are_not(
    ledger: Ledger, catalog: Catalog
) -> None:
    images = [post(ledger, f"p{n}").arrived.image for n in range(4)]
    for seconds, work in enumerate(claim(ledger, want=4)):
        result = REJECTED if work.task.image == images[1] else FAILED
        written = row(work, result)
        settle(ledger, replace(written, at=written.at.replace(microsecond=seconds)))
    assert [found.image for found in catalog.parked(9)] == [images[3], images[2], images[0]]
    assert [found.image for found in catalog.parked(1)] == [images[3]]
    assert catalog.queue().parked == 3


def test_the_queue_is_counted(ledger: Ledger, catalog: Catalog) -> None:
    assert catalog.queue().oldest_seconds == 0.0
    for n in range(5):
        post(ledger, f"p{n}")
    first, _second = claim(ledger, want=2)
    engine(ledger).turn("w", [Again(first.task, FAR, "Busy.")], want=0)
    queue = catalog.queue()
    assert (queue.waiting, queue.running, queue.delayed, queue.parked) == (3, 1, 1, 0)
    assert queue.images == {"waiting": 5}
    assert queue.oldest_seconds > 0


def test_the_oldest_run_that_waits_is_no_run_that_is_under_way(ledger: Ledger, catalog: Catalog) -> None:
    post(ledger, "p")
    claim(ledger)
    assert catalog.queue().oldest_seconds == 0.0


def test_a_report_tells_how_every_actor_stands(ledger: Ledger, catalog: Catalog) -> None:
    arrived = post(ledger, "p").arrived
    settle(ledger, row(claim(ledger)[0]))
    (work,) = claim(ledger)
    report = catalog.report(arrived.image)
    states = {name: run["state"] for name, run in report["actors"].items()}
    assert list(states) == ACTORS
    assert states == {
        "weigh": "done",
        "paint": "waiting",
        "fold": "waiting",
        "wrap": "waiting",
        "ship": "waiting",
        work.task.actor: "running",
    }
    with pytest.raises(Unknown, match="There is no image 'nobody'"):
        catalog.report("nobody")
