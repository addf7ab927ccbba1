"""What people asked for an image, and what nobody has heard of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.dynamo_notes import DynamoNotes
from pipeline.adapters.dynamo_table import Step, Table
from pipeline.ledger import Row
from pipeline.ports import Wish
from tests.contract.grounds import Ground, OnDynamo
from tests.contract.ledgers import RESULTS, again, claim, enter, finish
from tests.flow.toy import Wrapped

READERS: Mapping[Wish, Sequence[str]] = {"alt": ("ship",), "hold": ("wrap",), "withdraw": ("paint", "fold")}


def unheard(ground: Ground, older: float = 0, limit: int = 9) -> list[tuple[str, str]]:
    return ground.notes.unheard(READERS, older, limit)


@pytest.fixture
def image(ground: Ground) -> str:
    made = enter(ground.ledger)
    finish(ground.ledger)
    return made


def ran(ground: Ground, image: str, actor: str, began: datetime, seconds: float = 0) -> None:
    """The newest row of the actor is of a run that began then and took so long."""
    end = began + timedelta(seconds=seconds)
    ground.write(Row(image, actor, RESULTS[actor], end, revision=1, ms=seconds * 1000))


def test_a_wish_is_kept_as_it_was_given(ground: Ground, image: str) -> None:
    before = time.time()
    ground.notes.set(image, "alt", "Зоë on the beach", "U1")
    found = ground.notes.get(image, "alt")
    assert found is not None
    assert (found.text, found.person) == ("Зоë on the beach", "U1")
    assert before <= found.at.timestamp() <= time.time()
    assert found.at.tzinfo == UTC
    assert ground.notes.get(image, "hold") is None
    assert ground.notes.get("another", "alt") is None


def test_a_wish_takes_the_place_of_the_one_before_and_can_be_taken_back(ground: Ground, image: str) -> None:
    ground.notes.set(image, "alt", "one")
    ground.notes.set(image, "alt")
    found = ground.notes.get(image, "alt")
    assert found is not None
    assert (found.text, found.person) == ("", "")
    for _ in range(2):
        ground.notes.clear(image, "alt")
    assert ground.notes.get(image, "alt") is None
    assert unheard(ground) == []


def test_a_wish_that_came_after_the_last_run_is_unheard(ground: Ground, image: str) -> None:
    ground.notes.set(image, "alt")
    assert unheard(ground) == [(image, "ship")]
    assert unheard(ground) == [(image, "ship")]  # as long as nobody hears it


def test_a_wish_is_heard_by_each_of_its_readers(ground: Ground, image: str) -> None:
    ground.notes.set(image, "withdraw")
    assert sorted(unheard(ground)) == [(image, "fold"), (image, "paint")]
    ran(ground, image, "paint", datetime.now(UTC))
    assert unheard(ground) == [(image, "fold")]
    ran(ground, image, "fold", datetime.now(UTC))
    assert unheard(ground) == []
    assert unheard(ground) == []


def test_a_run_that_had_begun_before_the_wish_did_not_hear_it(ground: Ground, image: str) -> None:
    ground.notes.set(image, "alt")
    ran(ground, image, "ship", datetime.now(UTC) - timedelta(seconds=60), seconds=90)
    assert unheard(ground) == [(image, "ship")]


def test_a_wish_for_which_a_run_is_due_waits_for_it(ground: Ground, image: str) -> None:
    ground.notes.set(image, "hold")
    again(ground.ledger, image, "wrap")
    assert unheard(ground) == []
    claim(ground.ledger)
    assert unheard(ground) == []


def test_a_wish_for_an_image_that_is_on_its_way_waits_for_the_actor(ground: Ground) -> None:
    image = enter(ground.ledger)
    ground.notes.set(image, "alt")
    assert unheard(ground) == []
    row = ground.ledger.rows(image)["arrival"]
    ground.write(replace(row, actor="ship", result=Wrapped(()), at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert unheard(ground) == [(image, "ship")]


def test_a_fresh_wish_is_left_to_whoever_noted_it(ground: Ground, image: str) -> None:
    ground.notes.set(image, "alt")
    assert unheard(ground, older=60) == []
    ground.age(61)
    assert unheard(ground, older=60) == [(image, "ship")]


def test_a_wish_that_is_noted_anew_is_unheard_again(ground: Ground, image: str) -> None:
    ground.notes.set(image, "alt")
    ran(ground, image, "ship", datetime.now(UTC))
    assert unheard(ground) == []
    ground.notes.set(image, "alt", "other words")
    assert unheard(ground) == [(image, "ship")]


def test_no_more_are_told_than_asked_for(ground: Ground) -> None:
    images = [enter(ground.ledger, f"d{n}") for n in range(4)]
    finish(ground.ledger)
    for image in images:
        ground.notes.set(image, "alt")
    assert len(unheard(ground, limit=3)) == 3
    assert sorted(unheard(ground)) == sorted((image, "ship") for image in images)


def test_a_wish_that_nobody_reads_makes_nothing_due(ground: Ground, image: str) -> None:
    ground.notes.set(image, "original", "key")
    assert unheard(ground) == []
    found = ground.notes.get(image, "original")
    assert found is not None
    assert found.text == "key"


def test_the_clock_does_not_look_at_what_was_heard_again(table: Table) -> None:
    """In the table: a note is in the index until its readers have been seen to have heard it."""
    there = OnDynamo(table)
    image = enter(there.ledger)
    finish(there.ledger)
    there.notes.set(image, "alt")
    ran(there, image, "ship", datetime.now(UTC))
    (note,) = table.query(image, "note#")
    assert list(table.index("open", str(note["open_pk"])))
    assert unheard(there) == []
    assert not list(table.index("open", str(note["open_pk"])))
    assert there.notes.get(image, "alt") is not None


def test_a_wish_that_comes_while_the_clock_looks_stays_in_the_index(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = OnDynamo(table)
    image = enter(there.ledger)
    finish(there.ledger)
    there.notes.set(image, "alt")
    ran(there, image, "ship", datetime.now(UTC))
    write = table.write
    late = DynamoNotes(Table(table.name))

    def raced(*steps: Step) -> bool:
        late.set(image, "alt", "late")
        return write(*steps)

    monkeypatch.setattr(table, "write", raced)
    assert unheard(there) == []
    monkeypatch.undo()
    assert unheard(there) == [(image, "ship")]
