"""Which image had the same bytes first."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.model import Earlier
from tests.contract.ledgers import engine, enter
from tests.flow import toy


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "ledger.sqlite")


@pytest.fixture
def ledger(database: Database) -> SqliteLedger:
    return SqliteLedger(database)


@pytest.fixture
def twins(database: Database) -> SqliteTwins:
    return SqliteTwins(database)


def test_the_first_has_no_earlier_one(ledger: SqliteLedger, twins: SqliteTwins) -> None:
    assert twins.claim("ab", enter(ledger)) is None


def test_the_second_is_told_of_the_first(ledger: SqliteLedger, twins: SqliteTwins) -> None:
    (first,) = engine(ledger).enter([("d1", toy.parcel("first"))])
    twins.claim("ab", first.arrived.image)
    arrived = first.arrived
    for delivery in ("d2", "d3"):
        found = twins.claim("ab", enter(ledger, delivery))
        assert found == Earlier(arrived.image, arrived.short, arrived.at, arrived.source)


def test_the_first_stays_the_first_when_it_asks_again(ledger: SqliteLedger, twins: SqliteTwins) -> None:
    first, second = enter(ledger, "d1"), enter(ledger, "d2")
    twins.claim("ab", first)
    twins.claim("ab", second)
    assert twins.claim("ab", first) is None


def test_other_bytes_are_another_matter(ledger: SqliteLedger, twins: SqliteTwins) -> None:
    twins.claim("ab", enter(ledger, "d1"))
    assert twins.claim("cd", enter(ledger, "d2")) is None


def test_of_many_that_ask_at_once_one_is_the_first(ledger: SqliteLedger, twins: SqliteTwins) -> None:
    images = [enter(ledger, f"d{n}") for n in range(6)]
    start, told = Barrier(len(images)), dict[str, Earlier | None]()

    def claim(image: str) -> None:
        start.wait()
        told[image] = twins.claim("ab", image)

    threads = [Thread(target=claim, args=(image,)) for image in images]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [image for image, earlier in told.items() if earlier is None]
    assert {earlier.image for earlier in told.values() if earlier} == {first}
