"""Who needs an original's bytes; and uses carried over from ledgers of earlier versions."""

import time
from pathlib import Path

import pytest

from pipeline import codec
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.adapters.sqlite_uses import SqliteUses
from pipeline.errors import Unavailable
from pipeline.results import Accepted
from tests.contract.ledgers import enter, finish

HASH = "ab" * 32
BEFORE = "CREATE TABLE originals (sha256 TEXT PRIMARY KEY, image TEXT NOT NULL) WITHOUT ROWID"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "ledger.sqlite")
    SqliteLedger(made)
    return made


@pytest.fixture
def uses(database: Database) -> SqliteUses:
    return SqliteUses(database, {"ship"}, restore_for=100)


def image(database: Database, delivery: str = "d1", *, settled: bool = True) -> str:
    """An image of the toy chain that has the bytes."""
    ledger = SqliteLedger(database)
    made = enter(ledger, delivery)
    SqliteTwins(database).claim(HASH, made)
    if settled:
        finish(ledger)
    return made


def accepted(database: Database, of: str) -> None:
    body = codec.dump(Accepted(HASH, f"originals/{HASH}", "PNG", 1, 1, 1))
    row(database, of, "accept_image", "Accepted", body)


def row(database: Database, of: str, actor: str, kind: str, body: str) -> None:
    with database.write() as connection:
        connection.execute(
            "INSERT INTO results VALUES (?,?,1,1,'done',0,?,?,'{}',1,1,1)", (of, actor, kind, body)
        )


def released(uses: SqliteUses, of: str) -> bool:
    removed: list[str] = []
    told = uses.release(HASH, of, lambda: removed.append(of))
    assert bool(removed) is told
    return told


def test_what_nobody_needs_is_released(database: Database, uses: SqliteUses) -> None:
    assert released(uses, image(database))


def test_runs_that_may_read_it_keep_it(database: Database, uses: SqliteUses) -> None:
    one, other = image(database), image(database, "d2", settled=False)
    assert not released(uses, one)
    finish(SqliteLedger(database))
    assert released(uses, one)
    assert other


def test_runs_that_come_after_its_removal_do_not(database: Database, uses: SqliteUses) -> None:
    one = image(database, settled=False)
    with database.write() as connection:
        connection.execute("UPDATE tasks SET actor='ship'")
    assert released(uses, one)


def test_a_wish_to_restore_keeps_it_as_long_as_the_wish_holds(database: Database, uses: SqliteUses) -> None:
    one, other = image(database), image(database, "d2")
    SqliteNotes(database).set(other, "restore")
    SqliteNotes(database).set(one, "archive")
    assert not released(uses, one)
    with database.write() as connection:
        connection.execute("UPDATE notes SET at=?", (time.time() - 101,))
    assert released(uses, one)


def test_a_twin_that_is_not_archived_itself_keeps_it(database: Database, uses: SqliteUses) -> None:
    one, other = image(database), image(database, "d2")
    accepted(database, other)
    assert not released(uses, one)
    row(database, other, "archive_original", "Archived", f'{{"key": "originals/{HASH}"}}')
    assert released(uses, one)


def test_a_twin_whose_other_bytes_are_archived_keeps_these(database: Database, uses: SqliteUses) -> None:
    one = image(database)
    accepted(database, one)
    row(database, one, "archive_original", "Archived", '{"key": "originals/others"}')
    assert not released(uses, one)


def test_a_removal_that_breaks_leaves_the_ledger_as_it_was(database: Database, uses: SqliteUses) -> None:
    one = image(database)

    def breaks() -> None:
        raise Unavailable("The disk is read-only.")

    with pytest.raises(Unavailable, match="read-only"):
        uses.release(HASH, one, breaks)
    assert not database.connection().in_transaction
    assert released(uses, one)


def test_the_first_of_an_earlier_version_stays_the_first(tmp_path: Path) -> None:
    database = Database(tmp_path / "old.sqlite")
    ledger = SqliteLedger(database)
    later, first, third = enter(ledger, "d1"), enter(ledger, "d2"), enter(ledger, "d3")
    database.define(BEFORE)
    with database.write() as connection:
        connection.execute("INSERT INTO originals VALUES (?,?)", (HASH, first))
    for each in (later, first):
        accepted(database, each)
    for _ in range(2):
        twins = SqliteTwins(database)
    assert twins.claim(HASH, first) is None
    for each in (later, third):
        told = twins.claim(HASH, each)
        assert told is not None
        assert told.image == first
    found = database.read("SELECT image FROM uses ORDER BY number")
    assert [each["image"] for each in found] == [first, later, third]
    assert not database.read("SELECT 1 FROM sqlite_master WHERE name='originals'")


def test_when_the_first_is_gone_the_next_is_the_first(database: Database) -> None:
    first, second, third = (image(database, f"d{n}") for n in range(3))
    with database.write() as connection:
        connection.execute("DELETE FROM uses WHERE image=?", (first,))
        connection.execute("DELETE FROM results WHERE image=?", (first,))
    twins = SqliteTwins(database)
    assert twins.claim(HASH, second) is None
    told = twins.claim(HASH, third)
    assert told is not None
    assert told.image == second
