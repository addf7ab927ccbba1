"""The part as a process: watched, killed, doubled, with a worker that finds out what the pictures are."""

import random
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.adapters.folder_drop import FolderDrop
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.beats import EVERY
from pipeline.drops import Found
from tests.drop.house import House, house
from tests.drop.places import picture, until

DATA = Path(__file__).parents[1] / "data"
SLOW = """
import sys, time
with open(sys.argv[1], "rb") as whole, open(sys.argv[2], "wb") as file:
    data = whole.read()
    for at in range(0, len(data), len(data) // 8):
        file.write(data[at : at + len(data) // 8])
        file.flush()
        time.sleep(0.4)
"""
MANY, KILLS = 1000, 8


def test_a_photo_that_is_written_slowly_is_taken_in_once_and_told_beside_it(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        home.start("drop")
        home.start("worker", "--workers", "1")
        photo = DATA / "exifr--IMG_20180725_163423.jpg"
        command = [sys.executable, "-c", SLOW, str(photo), str(home.folder / "slow.jpg")]
        subprocess.run(command, check=True)
        shutil.copy(photo, home.folder / ".a.jpg.part")
        (home.folder / ".a.jpg.part").rename(home.folder / "moved.jpg")
        (home.folder / "notes.txt").write_text("not a picture")
        until(lambda: (home.folder / "slow.jpg.report.json").exists(), 120)
        told = [until(partial(_settled, home, name), 120) for name in ("slow.jpg", "moved.jpg", "notes.txt")]
        assert len(home.images()) == 3
        assert [each["state"] for each in told] == ["done", "done", "rejected"]
        assert told[0]["sha256"] == told[1]["sha256"]
        assert sum(each["duplicate_of"] is not None for each in told) == 1
        assert told[0]["place"]["name"] == "Benátky nad Jizerou"
        until(lambda: home.boxed() == [])


def _settled(home: House, name: str) -> dict[str, Any]:
    """A file's report once it has settled."""
    if not (home.folder / f"{name}.report.json").exists():
        return {}
    report = home.report(name)
    return report if report["state"] != "waiting" else {}


def test_a_thousand_files_are_a_thousand_images_whoever_is_killed_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(4)
    with house(tmp_path) as home:
        for number in range(MANY):
            picture(home.folder / f"{number % 7}/{number}.png", number)
        other = home.start("drop")
        for _ in range(KILLS):
            watcher = home.start("drop")
            before = len(home.images())
            until(partial(_more, home, before))
            time.sleep(chance.uniform(0.0, 0.1))
            watcher.kill()
            watcher.wait()
            if other.poll() is None and chance.random() < 0.3:
                other.kill()
                other.wait()
        home.start("drop")
        until(lambda: len(home.images()) >= MANY, 120)
        until(lambda: home.drops.fresh(home.place, _found(home.folder)) == [], 120)
        assert len(home.images()) == MANY
        assert len({each.source.name for each in home.images()}) == MANY
        assert len([each for each in home.boxed() if not each.startswith(".")]) == MANY


def _more(home: House, than: int) -> bool:
    return len(home.images()) in (MANY, *range(than + 1, MANY))


def _found(folder: Path) -> list[Found]:
    return [found for page in FolderDrop(folder).pages() for found in page][:500]


def test_it_gives_signs_of_life_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with house(tmp_path, LOUPE_DROP="off") as home:
        part = home.start("drop")
        until(lambda: _age(home) < EVERY)
        part.terminate()
        assert part.wait(30) == 0
        assert "Traceback" not in home.log("drop")


def _age(home: House) -> float:
    return SqliteBeats(home.base.database).ages().get("drop", 1e9)
