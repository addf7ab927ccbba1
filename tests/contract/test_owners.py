"""Whose watermark says what."""

from pathlib import Path

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_owners import SqliteOwners
from pipeline.shortid import payload
from tests.contract.grounds import Ground, OnSqlite
from tests.contract.ledgers import engine
from tests.flow import toy


def test_every_image_is_found_by_what_its_mark_says(ground: Ground) -> None:
    entered = engine(ground.ledger).enter([(f"d{n}", toy.parcel(f"parcel {n}")) for n in range(20)])
    for each in entered:
        found = ground.owners.of(payload(each.arrived.image))
        assert found is not None
        assert (found.image, found.short) == (each.arrived.image, each.arrived.short)
        assert (found.source, found.at) == (each.arrived.source, each.arrived.at)


@pytest.mark.parametrize("says", [0, 1, 0x0123_4567_89AB_CDEF, 2**64 - 1])
def test_a_mark_that_no_image_here_has_is_nobodys(ground: Ground, says: int) -> None:
    engine(ground.ledger).enter([("d1", toy.parcel("parcel"))])
    assert ground.owners.of(says) is None


def test_many_images_are_not_read_through(tmp_path: Path) -> None:
    plan = OnSqlite(tmp_path).database.read(
        "EXPLAIN QUERY PLAN SELECT image FROM images WHERE substr(image, 20)=?", ("x",)
    )
    assert "images_by_mark" in plan[0]["detail"]


def test_a_second_process_may_open_the_same_ledger(tmp_path: Path) -> None:
    OnSqlite(tmp_path)
    assert SqliteOwners(Database(tmp_path / "ledger.sqlite")).of(5) is None
