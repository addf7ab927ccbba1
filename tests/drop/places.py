"""A data folder, a watched folder in it, and who looks after it, without any process beside the test's."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from loupe import dropping, settings
from loupe.ground import Ground, ground
from pipeline.adapters.folder_drop import FolderDrop
from pipeline.adapters.sqlite_drops import SqliteDrops
from pipeline.dropping import Watcher
from pipeline.drops import REPORT
from pipeline.ledger import Row, Settled
from pipeline.results import Failed, Result, Skipped

PATIENCE = 60.0
LONG_AGO = time.time() - 10_000
Found = TypeVar("Found")


def until(look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """Look again and again until there is something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"nothing within {seconds} s: last saw {found!r}"
        time.sleep(0.02)
    return found


def picture(path: Path, number: int = 0, size: tuple[int, int] = (24, 16)) -> Path:
    """A small picture like no other, that has lain there for a while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (number % 256, number // 256 % 256, 40)).save(path, "PNG")
    return aged(path)


def aged(path: Path) -> Path:
    """Let a file look as if nobody had touched it for a while."""
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@dataclass
class Home:
    """A data folder with a watched folder."""

    data: Path
    given: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = self.data / "drop"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.base: Ground = ground(settings.load(data=self.data, **self.given))
        self.drops = SqliteDrops(self.base.database)

    @property
    def place(self) -> str:
        return str(self.folder)

    def watcher(self) -> Watcher:
        return dropping.watcher(self.base, FolderDrop(self.folder), self.drops)

    def images(self) -> list[Any]:
        """Newest first."""
        return self.base.catalog.newest(100_000)

    def settle(self, image: str, first: Result | None = None) -> None:
        """Let all actors of an image end: the first as told, the others with nothing to do."""
        name, engine = self.base.chain.names()[0], self.base.engine()
        while tasks := self.base.ledger.open_tasks(image):
            rows = self.base.ledger.rows(image)
            for actor, task in tasks.items():
                told = first if actor == name and first else Skipped("a test")
                awaited = self.base.chain.awaited(self.base.chain.actor(actor))
                inputs = {each: rows[each].revision for each in awaited}
                row = Row(image, actor, told, datetime.now(UTC), task.revision, inputs=inputs)
                engine.turn("test", [Settled(row)], want=0)

    def reject(self, image: str) -> None:
        """Let an image be refused."""
        self.settle(image, Failed("This is no picture.", rejected=True))

    def report(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / f"{name}{REPORT}").read_bytes())
        return found

    def boxed(self) -> list[str]:
        return sorted(os.listdir(self.data / "dropped")) if (self.data / "dropped").exists() else []
