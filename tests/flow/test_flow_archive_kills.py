"""Death anywhere between resizing and the archive: no row dangles, and no original leaves before its time."""

import random
from itertools import count
from pathlib import Path

from pipeline.results import Published, Removed
from tests.flow.dying import died_at
from tests.flow.press import Press
from tests.flow.storehouse import picture

STRIDE = 4
"""Effects from one death to the next: neighbours are the two sides of one operation."""


def wrong(here: Press) -> list[str]:
    return here.safe() + here.dangling()


def taken_over(here: Press) -> None:
    """Another worker takes over and brings everything to its end."""
    engine = here.engine()
    for holder in here.ledger.holders():
        engine.lost(holder, "died")
    here.settle()


def whole(here: Press, image: str) -> None:
    """Published, archived, removed, and nothing else left lying about."""
    published = here.result(image, "publish_image")
    assert isinstance(published, Published)
    assert len(published.renditions) == 3
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert not here.hot(image)
    assert list(here.store.keys("renditions")) == []
    assert wrong(here) == []


def test_a_worker_killed_at_any_effect_leaves_nothing_dangling_and_loses_no_original(tmp_path: Path) -> None:
    kills = 0
    for step in count():
        (folder := tmp_path / str(step)).mkdir()
        here = Press(folder / "data")
        image = here.post(picture(folder / "holiday.png"))
        died = died_at(here.database, here.settle, step * STRIDE)
        assert wrong(here) == []
        taken_over(here)
        whole(here, image)
        here.database.close()
        if not died:
            break
        kills += 1
    assert kills > 50, "it was hardly ever killed"


def test_workers_killed_again_and_again_get_there_all_the_same(tmp_path: Path) -> None:
    dice = random.Random(5)
    here = Press(tmp_path / "data")
    images = [here.post(picture(tmp_path / f"{n}.png", n // 2)) for n in range(6)]
    for _ in range(60):
        died_at(here.database, here.settle, dice.randrange(200))
        assert wrong(here) == []
        for holder in here.ledger.holders():
            here.ledger.release(holder)
    with here.database.write() as connection:
        connection.execute("UPDATE tasks SET lost=0")
    for _ in range(3):
        taken_over(here)
        here.pass_time(90_000)
        for image, actor in here.appointments():
            here.again(image, actor)
    for image in images:
        whole(here, image)


def test_a_restoring_killed_at_any_effect_leaves_a_whole_original_or_none(tmp_path: Path) -> None:
    here = Press(tmp_path / "data")
    image = here.take(picture(tmp_path / "holiday.png"))
    kills = 0
    for step in count():
        here.notes.set(image, "restore")
        here.engine().replay(image, "restore_original")
        died = died_at(here.database, here.settle, step)
        assert wrong(here) == []
        if here.hot(image):
            assert (here.store.folder / here.key(image)).read_bytes() == (
                tmp_path / "holiday.png"
            ).read_bytes()
        taken_over(here)
        assert here.hot(image)
        here.notes.clear(image, "restore")
        here.again(image, "restore_original")
        assert not here.hot(image)
        if not died:
            break
        kills += 1
    assert kills > 20, "it was hardly ever killed"
