"""People's questions: answered in the right order, from indexes."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.errors import Unknown
from pipeline.ledger import Again, Entry
from tests.contract.ledgers import FAILED, REJECTED, claim, engine, finish, row, settle
from tests.flow import toy

ACTORS = [actor.name for actor in toy.TOY]
WALKS = {
    "SCAN i USING INDEX sqlite_autoindex_images_1",  # newest first, as many as are wanted
    "SCAN results USING INDEX results_parked",  # parked runs only
    "SCAN tasks USING COVERING INDEX tasks_running",  # as many as there are workers
    "SCAN tasks USING INDEX tasks_ready",  # in order of priority, as many as are wanted
}
FAR = 4_000_000_000.0


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "ledger.sqlite")


@pytest.fixture
def ledger(database: Database) -> SqliteLedger:
    return SqliteLedger(database)


@pytest.fixture
def catalog(database: Database, ledger: SqliteLedger) -> SqliteCatalog:
    return SqliteCatalog(database, ACTORS)


def post(ledger: SqliteLedger, name: str, **where: str) -> Entry:
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
    ledger: SqliteLedger, catalog: SqliteCatalog, typed: Callable[[str], str]
) -> None:
    for n in range(40):
        arrived = post(ledger, f"p{n}").arrived
        found = catalog.find(typed(arrived.short))
        assert found is not None
        assert (found.image, found.short, found.state) == (arrived.image, arrived.short, "waiting")


def test_an_image_is_found_by_its_guid(ledger: SqliteLedger, catalog: SqliteCatalog) -> None:
    arrived = post(ledger, "p").arrived
    found = catalog.find(f" {arrived.image.upper()} ")
    assert found is not None
    assert (found.source, found.entered_at) == (arrived.source, arrived.at)


@pytest.mark.parametrize("typed", ["", "IMG-", "IMG-ZZZZZZ", "'; DROP TABLE images", "%", "_"])
def test_what_does_not_exist_is_not_found(ledger: SqliteLedger, catalog: SqliteCatalog, typed: str) -> None:
    post(ledger, "p")
    assert catalog.find(typed) is None


def test_lists_are_newest_first_and_keep_to_their_place(ledger: SqliteLedger, catalog: SqliteCatalog) -> None:
    for n in range(6):
        post(ledger, f"p{n}", channel=f"C{n % 2}", person=f"U{n % 3}", team="T1")
    post(ledger, "elsewhere", channel="C0", person="U0", team="T2")
    assert listed(list(catalog.of_channel("T1", "C0", 9))) == ["p4", "p2", "p0"]
    assert listed(list(catalog.of_channel("T1", "C0", 2))) == ["p4", "p2"]
    assert listed(list(catalog.of_person("T1", "U0", 9))) == ["p3", "p0"]
    assert listed(list(catalog.newest(3))) == ["elsewhere", "p5", "p4"]
    assert catalog.of_channel("T1", "C9", 9) == []


def test_the_images_of_a_message_are_in_the_order_they_were_attached(
    ledger: SqliteLedger, catalog: SqliteCatalog
) -> None:
    sources = [(f"d{n}", replace(toy.parcel(f"p{n}"), message="1.2")) for n in (3, 1, 2)]
    engine(ledger).enter(sources)
    post(ledger, "other", message="1.3")
    assert listed(list(catalog.of_message("T1", "C1", "1.2"))) == ["p3", "p1", "p2"]


def test_states_follow_the_images(ledger: SqliteLedger, catalog: SqliteCatalog) -> None:
    done, failed, rejected = (post(ledger, name).arrived.image for name in ("done", "failed", "rejected"))
    for work in claim(ledger, want=3):
        bad = {failed: FAILED, rejected: REJECTED}.get(work.task.image)
        settle(ledger, row(work, bad))
    finish(ledger)
    found = {each.image: each.state for each in catalog.newest(9)}
    assert found == {done: "done", failed: "failed", rejected: "rejected"}
    assert catalog.queue().images == {"done": 1, "failed": 1, "rejected": 1}


def test_parked_runs_are_listed_newest_first_and_rejected_ones_are_not(
    ledger: SqliteLedger, catalog: SqliteCatalog
) -> None:
    images = [post(ledger, f"p{n}").arrived.image for n in range(4)]
    for seconds, work in enumerate(claim(ledger, want=4)):
        result = REJECTED if work.task.image == images[1] else FAILED
        written = row(work, result)
        settle(ledger, replace(written, at=written.at.replace(microsecond=seconds)))
    assert [found.image for found in catalog.parked(9)] == [images[3], images[2], images[0]]
    assert [found.image for found in catalog.parked(1)] == [images[3]]
    assert catalog.queue().parked == 3


def test_the_queue_is_counted(ledger: SqliteLedger, catalog: SqliteCatalog) -> None:
    assert catalog.queue().oldest_seconds == 0.0
    for n in range(5):
        post(ledger, f"p{n}")
    first, _second = claim(ledger, want=2)
    engine(ledger).turn("w", [Again(first.task, FAR, "Busy.")], want=0)
    queue = catalog.queue()
    assert (queue.waiting, queue.running, queue.delayed, queue.parked) == (3, 1, 1, 0)
    assert queue.images == {"waiting": 5}
    assert queue.oldest_seconds > 0


def test_the_oldest_run_that_waits_is_no_run_that_is_under_way(
    ledger: SqliteLedger, catalog: SqliteCatalog
) -> None:
    post(ledger, "p")
    claim(ledger)
    assert catalog.queue().oldest_seconds == 0.0


def test_a_report_tells_how_every_actor_stands(ledger: SqliteLedger, catalog: SqliteCatalog) -> None:
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


def test_no_question_but_the_queues_counts_scans_the_ledger(
    database: Database, ledger: SqliteLedger, catalog: SqliteCatalog
) -> None:
    image = post(ledger, "p").arrived.image
    settle(ledger, row(claim(ledger)[0], FAILED))
    connection, asked = database.connection(), list[str]()
    connection.set_trace_callback(asked.append)
    catalog.find("IMG-0000")
    catalog.of_channel("T1", "C1", 9)
    catalog.of_person("T1", "U1", 9)
    catalog.of_message("T1", "C1", "1.2")
    catalog.newest(9)
    catalog.parked(9)
    catalog.report(image)
    ledger.stalled(9)
    ledger.holders()
    claim(ledger)
    connection.set_trace_callback(None)
    queries = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "UPDATE"))]
    assert len(queries) >= 12
    for sql in queries:
        assert not scans(connection, sql), sql
    for key in ("short=?", "team=? AND channel=?", "team=? AND person=?", "AND message=?"):
        assert any(key in step for sql in queries for step in steps(connection, sql)), key


def steps(connection: sqlite3.Connection, sql: str) -> list[str]:
    """How SQLite goes about a query."""
    return [step["detail"] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def scans(connection: sqlite3.Connection, sql: str) -> list[str]:
    """The steps of a query that look at a whole table, or sort more than an index gave."""
    found = steps(connection, sql)
    return [each for each in found if each.startswith(("SCAN", "USE TEMP B-TREE")) and each not in WALKS]
