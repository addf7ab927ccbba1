"""A house with the actors that keep originals, on real files and a real ledger; the others are toys.

accept_image -> look -> publish -> archive_original -> restore_original -> remove_original
"""

import hashlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from PIL import Image

from pipeline.actor import actor, declared_in
from pipeline.adapters.archived_store import ArchivedStore
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.incoming import FileIncoming
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.chain import Chain, chain, discover
from pipeline.engine import Engine
from pipeline.model import Source
from pipeline.ports import (
    Appointments,
    Archive,
    Archiving,
    Incoming,
    Limits,
    Notes,
    Store,
    Twins,
    Uses,
)
from pipeline.results import Accepted, Archived, Arrived, Faces, Failed, Published, Result, Skipped
from tests.contract.grounds import Ground, OnSqlite
from tests.flow.driving import AT_ONCE, work_off

KEEPERS = ("accept_image", "archive_original", "restore_original", "remove_original")
DAY = 86_400.0
GONE = {"remove_original"}


@actor()
def look(accepted: Accepted, store: Store) -> Faces:
    """Read the original, as detectors do."""
    with store.open(accepted.key) as stream:
        return Faces((), f"{len(stream.read())} bytes")


@actor()
def publish(arrived: Arrived, faces: Faces | Failed | Skipped) -> Published | Skipped:
    """Publish nothing; a name that begins with ``held`` is held back."""
    if arrived.source.name.startswith("held"):
        return Skipped("Held back.")
    return Published(arrived.image, (), "")


def short_chain() -> Chain:
    """The keepers and the two toys."""
    known = discover()
    return chain([*(known.actor(name) for name in KEEPERS), *declared_in(__name__)])


@dataclass
class Moves:
    """``Archiving`` in seconds, to be changed at will."""

    archive_after: float | None = 0
    restore_for: float = DAY


class Small:
    """``Limits``."""

    max_bytes = 10_000_000
    max_pixels = 1_000_000
    max_side = 10_000
    max_frames = 10


class House:
    """One data folder with its engine."""

    def __init__(self, folder: Path, archive_after: float | None = 0, ground: Ground | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.ground = ground or OnSqlite(folder)
        self.ledger, self.notes, self.diary = self.ground.ledger, self.ground.notes, self.ground.diary
        self.store = DiskStore(folder / "store")
        self.archive = ZstdArchive(folder / "archive")
        self.moves = Moves(archive_after)
        self.chain = short_chain()

    @property
    def database(self) -> Database:
        """The SQLite file that it stands on, if it does."""
        assert isinstance(self.ground, OnSqlite)
        return self.ground.database

    def ports(self) -> Mapping[type, object]:
        """As the wiring hands them in."""
        return {
            Incoming: FileIncoming(),
            Store: ArchivedStore(self.store, self.archive),
            Archive: self.archive,
            Archiving: self.moves,
            Twins: self.ground.twins,
            Uses: self.ground.uses(GONE, self.moves.restore_for),
            Notes: self.notes,
            Appointments: self.diary,
            Limits: Small(),
        }

    def engine(self) -> Engine:
        """An engine that tries again without a pause."""
        return Engine(self.chain, self.ledger, self.ports(), AT_ONCE)

    def post(self, file: Path, delivery: str = "") -> str:
        """A picture comes in; its image. Nothing has been run yet."""
        source = Source("file", file.name, file.as_uri())
        found = self.engine().enter([(delivery or os.urandom(8).hex(), source)])
        return found[0].arrived.image

    def settle(self) -> list[str]:
        """Run whatever is due; the actors that ran."""
        return work_off(self.engine())

    def take(self, file: Path) -> str:
        """A picture comes in and goes through the whole chain."""
        image = self.post(file)
        self.settle()
        return image

    def again(self, image: str, actor: str) -> list[str]:
        """Replay an actor and whatever follows."""
        self.engine().replay(image, actor)
        return self.settle()

    def result(self, image: str, actor: str) -> Result:
        """What an actor settled with."""
        return self.ledger.rows(image)[actor].result

    def reason(self, image: str, actor: str) -> str:
        """Why an actor was skipped or failed."""
        result = self.result(image, actor)
        assert isinstance(result, Skipped | Failed), result
        return result.reason

    def key(self, image: str) -> str:
        """Where the original lies."""
        accepted = self.result(image, "accept_image")
        assert isinstance(accepted, Accepted)
        return accepted.key

    def hot(self, image: str) -> bool:
        """Is the original in the store?"""
        return (self.store.folder / self.key(image)).is_file()

    def cold(self, image: str) -> bool:
        """Is the original in the archive?"""
        return (self.archive.folder / self.key(image)).is_file()

    def appointments(self) -> dict[tuple[str, str], float]:
        """When who looks at what again: by image and actor, seconds since the epoch."""
        return self.ground.appointments()

    def pass_time(self, seconds: float) -> None:
        """Move what has been noted so far into the past."""
        self.ground.age(seconds)
        for image in self.ledger.images("", 1000):
            row = self.ledger.rows(image)["arrival"]
            assert isinstance(row.result, Arrived)
            at = row.result.at - timedelta(seconds=seconds)
            self.ground.write(replace(row, result=replace(row.result, at=at)))

    def safe(self) -> list[str]:
        """What is wrong: originals that are nowhere, or gone before the archive was known to have them."""
        wrong = []
        for image in self.ledger.images("", 1000):
            row = self.ledger.rows(image).get("accept_image")
            if row is None or not isinstance(row.result, Accepted) or self.hot(image):
                continue
            if not self.archived_by_somebody(row.result.key):
                wrong.append(f"{image} left the store before an Archived row was there")
            if not self.cold(image) or not self.good(row.result):
                wrong.append(f"{image} is not in the archive as it was")
        return wrong

    def archived_by_somebody(self, key: str) -> bool:
        """Does any image's row say that the archive has these bytes?"""
        for image in self.ledger.images("", 1000):
            row = self.ledger.rows(image).get("archive_original")
            if row and isinstance(row.result, Archived) and row.result.key == key:
                return True
        return False

    def good(self, accepted: Accepted) -> bool:
        """Does the archive give out what was accepted?"""
        with self.archive.open(accepted.key) as stream:
            return hashlib.sha256(stream.read()).hexdigest() == accepted.sha256


def picture(file: Path, seed: int = 0) -> Path:
    """A small PNG; another seed, another picture."""
    image = Image.new("RGB", (16, 12), (seed % 256, seed // 256 % 256, 99))
    data = io.BytesIO()
    image.save(data, "PNG")
    file.write_bytes(data.getvalue())
    return file
