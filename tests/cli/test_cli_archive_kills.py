"""The real chain with its archive at once, in real worker processes that are killed again and again."""

import hashlib
import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from loupe import checking, factory
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.results import Accepted, Archived, Published, Renditions
from pipeline.retry import Backoff
from tests.cli import keeping
from tests.flow.driving import eventually

QUICK = Backoff(first=0.01, longest=0.1, transient_attempts=1000)
KILLS = 12


def workers() -> list[psutil.Process]:
    """The worker processes that this test has started, and no other process."""
    mine = psutil.Process().children(recursive=True)
    return [each for each in mine if "spawn_main" in " ".join(_line(each))]


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def lost(base: Ground, image: str) -> list[str]:
    """Is the original gone without an Archived row, or other than it was?"""
    accepted = base.ledger.rows(image).get("accept_image")
    if accepted is None or not isinstance(accepted.result, Accepted):
        return []
    kept = accepted.result
    if (base.store.folder / kept.key).exists():
        return []
    row = base.ledger.rows(image).get("archive_original")
    if row is None or not isinstance(row.result, Archived):
        return [f"{image} left the store before it was known to be archived"]
    with base.archive.open(kept.key) as stream:
        same = hashlib.sha256(stream.read()).hexdigest() == kept.sha256
    return [] if same else [f"{image} is not in the archive as it was"]


def dangling(base: Ground, image: str) -> list[str]:
    """Renditions of a Published row that nobody could get."""
    row = base.ledger.rows(image).get("publish_image")
    files = row.result.renditions if row and isinstance(row.result, Published) else ()
    return [each.key for each in files if not (base.public.folder / each.key).exists()]


def test_killed_workers_lose_no_original_and_leave_no_row_without_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_ARCHIVE_AFTER", "0")
    base, dice = ground(load(data=tmp_path / "data")), random.Random(3)
    files = [keeping.drawing(tmp_path / f"{n}.png", n) for n in range(4)]
    engine = base.engine(QUICK)
    images = checking.enter(engine, files)
    killed = 0
    with checking.workers(engine, factory.passing(base.settings, (), QUICK), 2):
        while killed < KILLS and not all(checking.settled(base, image) for image in images):
            time.sleep(dice.uniform(0.5, 2.0))
            for victim in dice.sample(found := workers(), min(1, len(found))):
                os.kill(victim.pid, signal.SIGKILL)
                killed += 1
            for image in images:
                assert lost(base, image) + dangling(base, image) == []
        eventually(lambda: all(checking.settled(base, image) for image in images), 90)
    assert killed > 2, "hardly any was killed"
    for image in images:
        report = base.catalog.report(image)
        assert (report["state"], report["archive"]["state"]) == ("done", "archived")
        made = base.ledger.rows(image)["make_renditions"].result
        assert isinstance(made, Renditions)
        assert {each.key for each in made.renditions} <= set(base.public.keys(image))
        assert lost(base, image) + dangling(base, image) == []
    assert [name for name in keeping.stored(base.store.folder) if not name.endswith(".part")] == []
    base.database.close()
