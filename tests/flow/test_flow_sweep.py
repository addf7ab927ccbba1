"""The sweep: what killed and overtaken workers left behind goes, and nothing else does."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.shortid import new_image
from tests.flow.driving import work_off
from tests.flow.publishing import Hand, House, all_is_there, quickly, sweeper, worker


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with quickly(house.taste):
        yield house
    house.database.close()


def leave(house: House, image: str) -> None:
    """What a worker writes that does not know yet that it was given up."""
    house.public.put(f"{image}/w150-{'0' * 16}.jpg", io.BytesIO(b"late"))
    house.store.put(f"renditions/{image}/w150-{'0' * 16}.jpg", io.BytesIO(b"late"))


def test_late_files_of_a_held_picture_go_and_the_cdn_is_told(house: House) -> None:
    house.taste.score = 95.0
    image = house.enter()
    work_off(house.engine())
    leave(house, image)
    assert house.sweep().run() == 1
    assert house.files() == []
    assert house.cdn.forgotten == 1
    assert house.sweep().run() == 0


def test_files_of_an_image_that_the_ledger_does_not_know_go(house: House) -> None:
    leave(house, new_image())
    house.sweep().run()
    assert house.files() == []


def test_of_a_public_picture_only_what_was_staged_goes(house: House) -> None:
    image = house.enter()
    work_off(house.engine())
    leave(house, image)
    house.sweep().run()
    all_is_there(house, image)
    assert house.cdn.forgotten == 0


def test_an_image_with_runs_open_is_left_to_them(house: House) -> None:
    image = house.enter()
    leave(house, image)
    assert house.sweep().run() == 0
    assert len(house.files()) == 2


def test_what_is_no_image_is_none_of_its_business(house: House) -> None:
    for name in ("robots", "0190a0a0", "0190a0a0-0000-7000-8000-00000000000g"):
        house.public.put(f"{name}/file.txt", io.BytesIO(b"somebody's"))
    assert house.sweep().run() == 0
    assert len(house.files()) == 3


def test_a_pass_is_bounded_and_the_next_one_goes_on_where_it_ended(house: House) -> None:
    for _ in range(5):
        leave(house, new_image())
    sweep = house.sweep()
    sweep.per_pass = 2
    assert [sweep.run() for _ in range(4)] == [2, 2, 1, 0]
    assert house.files() == []


def test_images_that_need_nothing_do_not_keep_a_pass_from_the_others(house: House) -> None:
    image = house.enter()
    work_off(house.engine())
    later = new_image()
    leave(house, later)
    sweep = house.sweep()
    sweep.per_pass = 1
    assert [sweep.run() for _ in range(3)] == [0, 1, 0]
    all_is_there(house, image)


def idle(hand: Hand) -> bool:
    return hand.done or hand.wants == "nothing"


@pytest.mark.parametrize("before", range(0, 60, 2))
def test_a_sweep_at_any_moment_of_publishing_deletes_nothing_that_is_needed(
    house: House, before: int
) -> None:
    """The worker does so many things, then both take turns."""
    image = house.enter()
    publishing, sweeping = worker(house, "w"), sweeper(house)
    publishing.advance()
    for _ in range(before):
        publishing.advance()
    while not sweeping.done or house.database.read("SELECT 1 FROM tasks"):
        for one, other in ((sweeping, publishing), (publishing, sweeping)):
            if not other.held or one.wants == "files":
                one.advance()
    publishing.kill()
    all_is_there(house, image)
