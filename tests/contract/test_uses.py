"""Who needs an original's bytes."""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline import codec
from pipeline.adapters import dynamo_bytes
from pipeline.adapters.dynamo_bytes import LEASE, ORIGINAL, leaving
from pipeline.adapters.dynamo_table import Table, Update
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.errors import Transient, Unavailable
from pipeline.ledger import Row
from pipeline.ports import Uses
from pipeline.results import Accepted, Archived, Result
from tests.contract.grounds import Ground, OnDynamo
from tests.contract.ledgers import enter, finish

HASH = "ab" * 32
BEFORE = "CREATE TABLE originals (sha256 TEXT PRIMARY KEY, image TEXT NOT NULL) WITHOUT ROWID"
ACCEPTED = Accepted(HASH, f"originals/{HASH}", "PNG", 1, 1, 1)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def uses(ground: Ground) -> Uses:
    return ground.uses({"ship"}, restore_for=100)


def image(ground: Ground, delivery: str = "d1", *, settled: bool = True) -> str:
    """An image of the toy chain that has the bytes."""
    made = enter(ground.ledger, delivery)
    ground.twins.claim(HASH, made)
    if settled:
        finish(ground.ledger)
    return made


def row(of: str, actor: str, result: Result) -> Row:
    return Row(of, actor, result, NOW)


def archived(of: str, key: str = ACCEPTED.key) -> Row:
    return row(of, "archive_original", Archived(key, 1, NOW))


def released(uses: Uses, of: str) -> bool:
    removed: list[str] = []
    told = uses.release(HASH, of, lambda: removed.append(of))
    assert bool(removed) is told
    return told


def test_what_nobody_needs_is_released(ground: Ground, uses: Uses) -> None:
    assert released(uses, image(ground))


def test_runs_that_may_read_it_keep_it(ground: Ground, uses: Uses) -> None:
    one = image(ground)
    image(ground, "d2", settled=False)
    assert not released(uses, one)
    finish(ground.ledger)
    assert released(uses, one)


def test_runs_that_come_after_its_removal_do_not(ground: Ground, uses: Uses) -> None:
    one = image(ground, settled=False)
    ground.only_task(one, "ship")
    assert released(uses, one)


def test_a_wish_to_restore_keeps_it_as_long_as_the_wish_holds(ground: Ground, uses: Uses) -> None:
    one, other = image(ground), image(ground, "d2")
    ground.notes.set(other, "restore")
    ground.notes.set(one, "archive")
    assert not released(uses, one)
    ground.age(101)
    assert released(uses, one)


def test_a_twin_that_is_not_archived_itself_keeps_it(ground: Ground, uses: Uses) -> None:
    one, other = image(ground), image(ground, "d2")
    ground.write(row(other, "accept_image", ACCEPTED))
    assert not released(uses, one)
    ground.write(archived(other))
    assert released(uses, one)


def test_a_twin_whose_other_bytes_are_archived_keeps_these(ground: Ground, uses: Uses) -> None:
    one = image(ground)
    ground.write(row(one, "accept_image", ACCEPTED))
    ground.write(archived(one, "originals/others"))
    assert not released(uses, one)


def test_a_removal_that_breaks_leaves_the_ledger_as_it_was(ground: Ground, uses: Uses) -> None:
    one = image(ground)

    def breaks() -> None:
        raise Unavailable("The disk is read-only.")

    with pytest.raises(Unavailable, match="read-only"):
        uses.release(HASH, one, breaks)
    assert released(uses, one)


def during(uses: Uses, of: str, act: Callable[[], object]) -> tuple[bool, list[str]]:
    """Act in a thread of its own while the bytes are being removed; was it still at it by the end of that?"""
    order: list[str] = []
    inside = Event()

    def other() -> None:
        inside.wait(9)
        act()
        order.append("acted")

    thread = Thread(target=other)

    def remove() -> None:
        inside.set()
        thread.join(0.2)
        order.append("removed")

    thread.start()
    told = uses.release(HASH, of, remove)
    thread.join()
    return told, order


def test_nobody_begins_to_use_the_bytes_while_they_are_removed(ground: Ground, uses: Uses) -> None:
    """Whether an image uses them for the first time or once more."""
    one, other = image(ground), enter(ground.ledger, "d2")
    finish(ground.ledger)
    for claimer in (other, one):
        assert during(uses, one, lambda claimer=claimer: ground.twins.claim(HASH, claimer)) == (  # type: ignore[misc]
            True,
            ["removed", "acted"],
        )


def test_a_wish_to_restore_waits_until_the_bytes_are_removed(ground: Ground, uses: Uses) -> None:
    one = image(ground)
    for result in (row(one, "accept_image", ACCEPTED), archived(one)):
        ground.write(result)
    assert during(uses, one, lambda: ground.notes.set(one, "restore")) == (True, ["removed", "acted"])
    assert not released(uses, one)


def test_two_removals_take_turns(ground: Ground, uses: Uses) -> None:
    one = image(ground)
    assert during(uses, one, lambda: released(uses, one)) == (True, ["removed", "acted"])


@pytest.mark.parametrize("twin", ["claims first", "is too late"])
def test_bytes_that_are_kept_after_the_claim_are_never_lost(ground: Ground, uses: Uses, twin: str) -> None:
    """As accept_image does it: claim, then keep. Either order leaves the store with the bytes."""
    one, other = image(ground), enter(ground.ledger, "d2")
    ground.only_task(one, "ship")
    store = {HASH}

    def keep() -> None:
        ground.twins.claim(HASH, other)
        store.add(HASH)

    if twin == "claims first":
        keep()
        assert not uses.release(HASH, one, store.clear)
    else:
        finish(ground.ledger)
        thread = Thread(target=keep)

        def remove() -> None:
            thread.start()
            thread.join(0.1)
            store.clear()

        assert uses.release(HASH, one, remove)
        thread.join()
    assert store == {HASH}


# Only in a table: what stands for SQLite's transaction


@pytest.fixture
def there(table: Table, monkeypatch: pytest.MonkeyPatch) -> OnDynamo:
    monkeypatch.setattr(dynamo_bytes, "PAUSES", (0.01,))
    return OnDynamo(table)


def test_who_dies_while_removing_holds_others_up_until_its_time_is_over(there: OnDynamo) -> None:
    one, uses = image(there), there.uses(set(), 100)
    child = os.fork()
    if child == 0:
        uses.release(HASH, one, lambda: os.kill(os.getpid(), signal.SIGKILL))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    for act in (lambda: there.twins.claim(HASH, one), lambda: released(uses, one)):
        with pytest.raises(Transient, match="is being taken out of the store"):
            act()
    mark = there.table.get(f"sha256#{HASH}", ORIGINAL)
    assert mark is not None
    assert 900 < mark["until"] - time.time() <= LEASE  # longer than a function can live
    late = {"until": time.time() - 1}
    there.table.write(Update(f"sha256#{HASH}", ORIGINAL, "SET #until=:until", given=late))
    assert there.twins.claim(HASH, one) is None
    assert released(uses, one)
    assert there.table.get(f"sha256#{HASH}", ORIGINAL) == {
        "pk": f"sha256#{HASH}",
        "sk": ORIGINAL,
        "first": one,
    }


def test_who_was_held_up_for_long_does_not_remove_any_more(
    there: OnDynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    with leaving(there.table, HASH) as in_time:
        monkeypatch.setattr(dynamo_bytes, "LEASE", 0.0)
        with pytest.raises(Transient, match="took too long"):
            in_time()
    assert there.twins.claim(HASH, enter(there.ledger)) is None


def test_who_lost_its_mark_leaves_that_of_another_one_alone(there: OnDynamo) -> None:
    with leaving(there.table, HASH):
        late = {"until": time.time() - 1}
        there.table.write(Update(f"sha256#{HASH}", ORIGINAL, "SET #until=:until", given=late))
        with leaving(there.table, HASH):
            pass
        other = leaving(there.table, HASH)
        other.__enter__()
    with pytest.raises(Transient):
        there.twins.claim(HASH, enter(there.ledger))
    other.__exit__(None, None, None)


# Only in SQLite: ledgers of earlier versions


def test_the_first_of_an_earlier_version_stays_the_first(tmp_path: Path) -> None:
    database = Database(tmp_path / "old.sqlite")
    ledger = SqliteLedger(database)
    later, first, third = enter(ledger, "d1"), enter(ledger, "d2"), enter(ledger, "d3")
    database.define(BEFORE)
    with database.write() as connection:
        connection.execute("INSERT INTO originals VALUES (?,?)", (HASH, first))
        connection.executemany(
            "INSERT INTO results VALUES (?,'accept_image',1,1,'done',0,'Accepted',?,'{}',1,1,1)",
            [(each, codec.dump(ACCEPTED)) for each in (later, first)],
        )
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
