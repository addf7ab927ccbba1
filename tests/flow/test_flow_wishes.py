"""A wish that was noted by somebody who died in the next breath is heard by the clock."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ledger import Settled
from pipeline.model import Source
from pipeline.ports import Wish
from pipeline.wishes import READERS, hear
from tests.flow.driving import work_off
from tests.flow.publishing import House, all_is_there, nothing_is_left, quickly


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with quickly(house.taste):
        yield house


@pytest.fixture
def image(house: House) -> str:
    """A picture that is cleared and public."""
    image = house.enter()
    work_off(house.engine())
    return image


def heard(house: House) -> int:
    """What the clock makes due, and then everything is worked off."""
    found = hear(house.engine(), house.notes, older=0)
    work_off(house.engine())
    return found


@pytest.mark.parametrize("wish", ["hold", "withdraw"])
def test_what_shall_not_be_seen_is_taken_down_although_nobody_asked_for_the_run(
    house: House, image: str, wish: Wish
) -> None:
    house.notes.set(image, wish)
    assert heard(house) == len(READERS[wish])
    nothing_is_left(house, image)
    assert heard(house) == 0


def test_words_that_were_noted_alone_come_to_the_page(house: House, image: str) -> None:
    house.notes.set(image, "alt", "A gate in the evening")
    assert heard(house) == 1
    assert house.report(image)["alt"] == "A gate in the evening"
    all_is_there(house, image)


def test_a_wish_that_was_heard_makes_nothing_due(house: House, image: str) -> None:
    house.notes.set(image, "alt", "A gate")
    house.engine().replay(image, "publish_image")
    assert hear(house.engine(), house.notes, older=0) == 0
    work_off(house.engine())
    assert heard(house) == 0


def test_a_fresh_wish_is_left_to_whoever_noted_it(house: House, image: str) -> None:
    house.notes.set(image, "alt", "A gate")
    assert hear(house.engine(), house.notes) == 0
    assert house.ledger.open_tasks(image) == {}


def test_a_run_that_had_begun_before_the_wish_does_not_count(house: House, image: str) -> None:
    engine = house.engine()
    engine.replay(image, "publish_image")
    [work] = engine.turn("w", want=1)
    ended = engine.run(work)
    house.notes.set(image, "alt", "Came too late for that run")
    assert isinstance(ended, Settled)
    engine.turn("w", [Settled(replace(ended.row, ms=60_000.0))], want=0)
    work_off(engine)
    assert house.report(image)["alt"] != "Came too late for that run"
    assert heard(house) == 1
    assert house.report(image)["alt"] == "Came too late for that run"


def test_no_more_than_the_limit_is_made_due_at_once(house: House) -> None:
    for number in range(3):
        house.engine().enter([(str(number), Source(kind="slack", name="a.jpg", locator="F1"))])
    work_off(house.engine())
    for image in house.ledger.images("", 10):
        house.notes.set(image, "hold")
    assert hear(house.engine(), house.notes, older=0, limit=2) == 2
    assert hear(house.engine(), house.notes, older=0, limit=2) == 1


def test_every_wish_has_a_reader_in_the_chain(house: House) -> None:
    named = {actor for actors in READERS.values() for actor in actors}
    assert named <= set(house.chain.names())
