"""Appointments: each at its time, until it is struck out; and policies that reach all images."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.dynamo_table import Table
from pipeline.ledger import Row
from pipeline.results import Accepted, Archived, Failed, Skipped
from tests.contract.grounds import Ground, OnDynamo
from tests.contract.ledgers import enter

ACTOR = "archive_original"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ACCEPTED = Accepted("ab", "originals/ab", "PNG", 1, 1, 1)


def due(ground: Ground, limit: int = 99) -> list[tuple[str, str]]:
    return [(each.image, each.actor) for each in ground.diary.due(limit)]


def accepted(ground: Ground, count: int) -> list[str]:
    """Images that were accepted, in the order in which they came."""
    images = [enter(ground.ledger, f"d{n}") for n in range(count)]
    for image in images:
        ground.write(Row(image, "accept_image", ACCEPTED, LONG_AGO))
    return images


def test_an_appointment_is_due_from_its_time_on(ground: Ground) -> None:
    ground.diary.make("one", ACTOR, datetime.now(UTC) + timedelta(hours=1))
    ground.diary.make("two", ACTOR, datetime.now(UTC))
    assert due(ground) == [("two", ACTOR)]


def test_the_oldest_come_first_and_no_more_than_asked_for(ground: Ground) -> None:
    for hours in (3, 1, 2):
        ground.diary.make(f"image {hours}", ACTOR, LONG_AGO + timedelta(hours=hours))
    assert due(ground) == [("image 1", ACTOR), ("image 2", ACTOR), ("image 3", ACTOR)]
    assert due(ground, 2) == [("image 1", ACTOR), ("image 2", ACTOR)]


def test_what_is_struck_out_is_gone(ground: Ground) -> None:
    ground.diary.make("one", ACTOR, LONG_AGO)
    (found,) = ground.diary.due(9)
    for _ in range(2):
        ground.diary.strike(found)
    assert due(ground) == []


def test_an_actor_has_one_appointment_with_an_image(ground: Ground) -> None:
    ground.diary.make("one", ACTOR, LONG_AGO)
    ground.diary.make("one", "restore_original", LONG_AGO)
    assert sorted(due(ground)) == [("one", ACTOR), ("one", "restore_original")]
    ground.diary.make("one", ACTOR, datetime.now(UTC) + timedelta(days=1))
    assert due(ground) == [("one", "restore_original")]


def test_a_new_one_at_the_very_same_time_is_not_struck_out_with_the_old(ground: Ground) -> None:
    ground.diary.make("one", ACTOR, LONG_AGO)
    (old,) = ground.diary.due(9)
    ground.diary.make("one", ACTOR, LONG_AGO)
    ground.diary.strike(old)
    assert due(ground) == [("one", ACTOR)]


def test_a_changed_policy_reaches_whom_the_actor_left_alone_and_nobody_else(ground: Ground) -> None:
    none, skipped, failed, done = accepted(ground, 4)
    enter(ground.ledger, "on its way")
    endings = {skipped: Skipped("Too early."), failed: Failed("It broke."), done: Archived("k", 1, LONG_AGO)}
    for image, result in endings.items():
        ground.write(Row(image, ACTOR, result, LONG_AGO))
    ground.diary.adopt(ACTOR, "30")
    ground.diary.catch_up(99)
    assert sorted(due(ground)) == sorted([(none, ACTOR), (skipped, ACTOR)])


def test_a_policy_is_followed_bit_by_bit_and_by_any_number_of_clocks(ground: Ground) -> None:
    images = accepted(ground, 5)
    ground.diary.adopt(ACTOR, "30")
    seen = []
    for _ in range(4):
        ground.diary.catch_up(2)
        seen.append(len(due(ground)))
    assert seen == [2, 4, 5, 5]
    assert sorted(due(ground)) == sorted((image, ACTOR) for image in images)


@pytest.mark.parametrize(("policy", "again"), [("30", 0), ("0", 3)])
def test_the_same_policy_is_no_work_and_another_one_begins_anew(
    ground: Ground, policy: str, again: int
) -> None:
    accepted(ground, 3)
    ground.diary.adopt(ACTOR, "30")
    ground.diary.catch_up(99)
    for each in ground.diary.due(99):
        ground.diary.strike(each)
    ground.diary.adopt(ACTOR, policy)
    ground.diary.catch_up(99)
    assert len(due(ground)) == again


def test_a_policy_that_changes_on_the_way_begins_anew(ground: Ground) -> None:
    accepted(ground, 4)
    ground.diary.adopt(ACTOR, "30")
    ground.diary.catch_up(2)
    ground.diary.adopt(ACTOR, "0")
    for _ in range(3):
        ground.diary.catch_up(2)
    assert len(due(ground)) == 4


def test_an_index_that_lags_brings_nothing_back(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the table: what the index says is looked for in the table."""
    there = OnDynamo(table)
    there.diary.make("one", ACTOR, LONG_AGO)
    (stale,) = [item for n in range(8) for item in table.index("open", f"appointment#{n}")]
    (found,) = there.diary.due(9)
    there.diary.strike(found)
    monkeypatch.setattr(table, "index", lambda _name, key, **_: [stale] if key == stale["open_pk"] else [])
    assert due(there) == []
