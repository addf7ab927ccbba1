"""SIGKILL between any two effects of making, publishing or taking down: the next worker finishes the work."""

import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.flow.driving import work_off
from tests.flow.publishing import House, all_is_there, nothing_is_left, quickly

Check = Callable[[House, str], None]


def lived(folder: Path, effects: int, score: float) -> bool:
    """In a child process: work off what is due, killed before the given effect. Did it get through?"""
    child = os.fork()
    if child == 0:
        try:
            house = House(folder)
            house.taste.score = score
            left = iter(range(effects))

            def step(_kind: str) -> None:
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            with quickly(house.taste):
                work_off(house.engine(step), "dies", want=2)
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status == 0


def finished(folder: Path, score: float) -> House:
    """What the next worker makes of it."""
    house = House(folder)
    house.taste.score = score
    with quickly(house.taste):
        for holder in house.ledger.holders():
            house.ledger.release(holder)
        work_off(house.engine(), "heir")
    return house


def shown(folder: Path) -> str:
    """A house with one picture that is cleared and public; its image."""
    house = House(folder)
    image = house.enter()
    with quickly(house.taste):
        work_off(house.engine())
    all_is_there(house, image)
    house.database.close()
    return image


def held_again(folder: Path) -> str:
    image = shown(folder)
    House(folder).engine().replay(image, "detect_nudity")
    return image


@pytest.mark.parametrize(
    ("prepare", "score", "check"),
    [
        (lambda folder: House(folder).enter(), 5.0, all_is_there),
        (lambda folder: House(folder).enter(), 95.0, nothing_is_left),
        (held_again, 95.0, nothing_is_left),
        (held_again, 5.0, all_is_there),
    ],
    ids=["published at first", "held at first", "taken down", "published again"],
)
def test_a_worker_killed_before_any_effect_leaves_nothing_undone(
    tmp_path: Path, prepare: Callable[[Path], str], score: float, check: Check
) -> None:
    for effects in count():
        folder = tmp_path / str(effects)
        folder.mkdir()
        image = prepare(folder)
        through = lived(folder, effects, score)
        house = finished(folder, score)
        check(house, image)
        assert house.cdn.forgotten == 0 or (prepare is held_again and score > 50)
        house.database.close()
        if through:
            break
    assert effects >= 8, "it was hardly ever killed"


@pytest.mark.parametrize("effects", range(40))
def test_a_take_down_is_told_to_the_cdn_whoever_was_killed_in_it(tmp_path: Path, effects: int) -> None:
    """Files that are gone already do not make the next worker forget that copies lie in caches."""
    image = held_again(tmp_path)
    through = lived(tmp_path, effects, 95.0)
    house = finished(tmp_path, 95.0)
    nothing_is_left(house, image)
    assert house.cdn.forgotten >= 1
    assert not through or house.cdn.forgotten == 1
