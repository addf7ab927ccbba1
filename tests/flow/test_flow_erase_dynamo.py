"""Erasing from the DynamoDB table: what stays, what comes too late, death at any write, and the look anew."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_bytes import ORIGINAL
from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_news_items import news_key
from pipeline.adapters.dynamo_table import Put, Step, Table, Update, loaded
from pipeline.erasing import resume
from pipeline.errors import Unknown
from pipeline.model import Earlier
from pipeline.opinions import Opinion
from pipeline.results import Accepted, Arrived, WatermarkSeen
from pipeline.shortid import candidates
from tests.contract.grounds import OnDynamo
from tests.contract.ledgers import claim, enter, row, settle
from tests.flow.erasures import NAME, gone, leave_traces, places, speak_of
from tests.flow.storehouse import House, picture


@pytest.fixture
def ground(table: Table) -> OnDynamo:
    return OnDynamo(table)


@pytest.fixture
def here(tmp_path: Path, ground: OnDynamo) -> House:
    return House(tmp_path / "data", ground=ground)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return picture(tmp_path / NAME)


def everything(table: Table) -> list[dict[str, Any]]:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table.name)
    return [loaded(item) for page in pages for item in page["Items"]]


def speaking(table: Table, image: str) -> list[tuple[str, str]]:
    """The items that name an image in a key or a value."""
    return sorted((i["pk"], i["sk"]) for i in everything(table) if image in " ".join(map(str, i.values())))


def test_what_stays_is_ids_a_time_and_a_hash(here: House, table: Table, file: Path) -> None:
    image = here.post(file, "file:1")
    here.settle()
    leave_traces(here, image)
    table.write(Put({"pk": news_key(image), "sk": "piece#1", "data": NAME}))
    here.diary.adopt("look", "30")
    here.diary.catch_up(1)  # stands on the image now
    assert gone(here, image).left == {}
    short = next(candidates(image))
    kept = speaking(table, image)
    assert [pk.partition("#")[0] for pk, _ in kept] == [image, "delivery", "short"]
    assert "file:1" not in str(everything(table))
    stone = table.get(image, "tombstone")
    assert stone is not None
    assert {name for name, _ in stone.items()} == {"pk", "sk", "short", "at", "state"}
    assert (stone["short"], stone["state"]) == (short, "erased")


def test_it_is_found_by_any_of_its_names(here: House, table: Table, file: Path) -> None:
    image = here.post(file)
    short = next(candidates(image))
    catalog = DynamoCatalog(table, here.chain.names())
    assert catalog.erased(short) is None
    gone(here, image)
    for name in (image, f" {image.upper()} ", short, short.lower(), short.removeprefix("IMG-")):
        found = catalog.erased(name)
        assert found is not None
        assert (found.image, found.short, found.done) == (image, short, True)
    assert catalog.find(short) is None
    assert catalog.newest(9) == []


class Died(BaseException):
    """The process is no more."""


class Dying(Table):
    """A table whose process dies before its n-th write, and writes nothing after that."""

    left: int

    def write(self, *steps: Step) -> bool:
        self.left -= 1
        if self.left < 0:
            raise Died
        return super().write(*steps)


def time_passes(table: Table) -> None:
    """What dead processes held is free again."""
    for item in everything(table):
        if item["sk"] == ORIGINAL and "until" in item:
            table.write(Update(item["pk"], ORIGINAL, "SET #until=:past", given={"past": 1}))


def test_an_erasure_that_dies_at_every_write_is_completed_by_the_clock(
    here: House, table: Table, file: Path, tmp_path: Path
) -> None:
    """It dies at the first, is gone on with and dies at the second, and so on to the last."""
    image, twin = here.take(file), here.take(picture(tmp_path / "twin.png"))
    leave_traces(here, image)
    dying = Dying(table.name)
    other = House(here.folder, ground=OnDynamo(dying))
    for writes in count():
        dying.left = writes
        try:
            if table.get(image, "tombstone"):
                resume(places(other))
            else:
                gone(other, image)
        except Died:
            time_passes(table)
            continue
        break
    assert writes > 8, "it hardly ever died"
    assert resume(places(here)) == 0
    assert gone(here, image).left == {}
    assert speak_of(here, NAME) == []
    assert len(speaking(table, image)) == 3
    here.settle()
    assert here.safe() == []
    assert here.cold(twin)


# What comes too late


def test_nothing_can_be_noted_for_it_any_more(here: House, table: Table, file: Path) -> None:
    image, late = here.take(file), datetime.now(UTC)
    gone(here, image)
    before = everything(table)
    with pytest.raises(Unknown, match="There is no image"):
        here.ground.twins.claim("ab" * 32, image)
    with pytest.raises(Unknown, match="There is no image"):
        here.notes.set(image, "alt", "late")
    here.diary.make(image, "look", late)
    here.ground.opinions.add(Opinion("k", image, ("other",), "late", "U1", late))
    assert everything(table) == before


def mentioning(ground: OnDynamo, first: str) -> Earlier:
    arrived = ground.ledger.rows(first)["arrival"].result
    assert isinstance(arrived, Arrived)
    return Earlier(first, arrived.short, arrived.at, arrived.source)


@pytest.mark.parametrize("erased", ["before the row lands", "after it"])
def test_whose_mark_was_seen_is_forgotten_by_who_saw_it(here: House, table: Table, erased: str) -> None:
    """Nothing of the image leads to who saw its mark but the note in its own partition."""
    ground = here.ground
    assert isinstance(ground, OnDynamo)
    first = enter(ground.ledger, "d1", "mentioned.jpg")
    other = enter(ground.ledger, "d2", "other.jpg")
    (work,) = [each for each in claim(ground.ledger, want=9) if each.task.image == other]
    settled = row(work, WatermarkSeen(True, 99.0, "ab", mentioning(ground, first)))
    for each in ground.ledger.release("w"):
        assert each.task.image in (first, other)
    if erased == "after it":
        settle(ground.ledger, settled)
        assert speaking(table, "mentioned.jpg")
    assert gone(here, first).left == {}
    if erased != "after it":
        settle(ground.ledger, settled)
    assert ground.ledger.rows(other)[work.task.actor].result == WatermarkSeen(True, 99.0, "ab", None)
    assert [pk for pk, _ in speaking(table, "mentioned.jpg")] == ["card#T1#C1#mentioned.jpg"]  # its message
    assert len(speaking(table, first)) == 3


def test_who_spoke_of_another_one_is_forgotten_there_too(here: House, table: Table, file: Path) -> None:
    first, twin = here.take(file), here.take(file)
    assert (first, f"mention#{twin}") in speaking(table, twin)
    assert gone(here, twin).left == {}
    assert len(speaking(table, twin)) == 3


def test_every_revision_of_what_others_say_is_mended_and_the_next_is_the_first(
    here: House, table: Table, file: Path, tmp_path: Path
) -> None:
    first, second = here.take(file), here.take(picture(tmp_path / "second.png"))
    here.again(second, "accept_image")
    accepted = here.result(second, "accept_image")
    assert isinstance(accepted, Accepted)
    original = table.get(f"sha256#{accepted.sha256}", ORIGINAL)
    assert original is not None
    assert original["first"] == first
    gone(here, first)
    assert len(list(table.query(second, "result#accept_image#"))) == 2
    assert len(speaking(table, first)) == 3
    third = here.take(picture(tmp_path / "third.png"))
    told = here.result(third, "accept_image")
    assert isinstance(told, Accepted)
    assert told.duplicate_of is not None
    assert told.duplicate_of.image == second


# The look anew


@pytest.mark.parametrize(
    ("pk", "sk", "told"),
    [
        ("{image}", "note#alt", "notes"),
        ("{image}", "something#new", "somethings"),
        ("{twin}", "strange#{image}", "stranges"),
        ("sha256#{sha256}", "use#{image}", "uses"),
        ("mark#{mark}", "mark", "marks"),
    ],
)
def test_what_is_left_is_told_and_keeps_the_tombstone_open(
    here: House, table: Table, file: Path, pk: str, sk: str, told: str
) -> None:
    image, twin = here.take(file), here.take(file)
    accepted = here.result(image, "accept_image")
    assert isinstance(accepted, Accepted)
    known = {"image": image, "twin": twin, "sha256": accepted.sha256, "mark": image.replace("-", "")[-16:]}
    eraser, item = here.ground.eraser, {"pk": pk.format(**known), "sk": sk.format(**known)}
    traces = eraser.begin(image)
    assert eraser.running(image) == 0
    traces = eraser.clear(image)
    assert eraser.left(traces) == {}
    table.write(Put(item))
    assert eraser.left(traces)[told] >= 1
    assert eraser.unfinished() == [image]
