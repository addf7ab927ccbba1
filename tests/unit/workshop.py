"""The actors that look for marks and make renditions, on a real store and ledger, without an engine."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from PIL import Image

from handlers.make_copies import make_copies
from handlers.make_renditions import make_renditions
from handlers.read_watermark import read_watermark
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.pictures import StoredPictures
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_owners import SqliteOwners
from pipeline.archiving import original_key
from pipeline.imaging.probe import probe
from pipeline.model import Rendition, RenditionFormat, Source
from pipeline.publication import staged
from pipeline.results import (
    Accepted,
    Arrived,
    Copies,
    Failed,
    Release,
    Renditions,
    Skipped,
    WatermarkSeen,
)

PHOTOS = Path(__file__).parents[1] / "data"
IMAGE = "0199aabb-ccdd-7eef-8123-456789abcdef"
PAYLOAD = 0x8123_4567_89AB_CDEF
CLEARED = Release("cleared", "Nothing to see.")
UNMARKED = WatermarkSeen(found=False, confidence=3.0)


@dataclass(frozen=True)
class Key:
    key: bytes = b"the key of the workshop"


@dataclass
class Here:
    """Everything is compressed here, unless a test hands in a service."""

    decode_bytes: int = 1 << 30
    service: object = None

    def compress(self, png: Callable[[], bytes], format: RenditionFormat) -> bytes | None:
        found = self.service(png(), format) if callable(self.service) else None
        assert found is None or isinstance(found, bytes)
        return found


@dataclass
class Workshop:
    """One folder, one image."""

    folder: Path
    image: str = IMAGE
    rendering: Here = field(default_factory=Here)

    @cached_property
    def store(self) -> DiskStore:
        return DiskStore(self.folder / "store")

    @cached_property
    def database(self) -> Database:
        SqliteLedger(found := Database(self.folder / "ledger.sqlite"))
        return found

    @cached_property
    def notes(self) -> SqliteNotes:
        return SqliteNotes(self.database)

    @property
    def arrived(self) -> Arrived:
        return Arrived(self.image, "IMG-TEST", Source("file", "x.jpg", "x"), datetime.now(UTC))

    def accept(self, data: bytes) -> Accepted:
        """Put an original into the store."""
        digest = sha256(data).hexdigest()
        self.store.put(original_key(digest), io.BytesIO(data))
        found = probe(io.BytesIO(data))
        size = found.width, found.height
        return Accepted(digest, original_key(digest), found.format, *size, len(data), found.frames)

    def seen(self, data: bytes) -> WatermarkSeen:
        """What read_watermark says of a picture."""
        pictures = StoredPictures(self.store, self.rendering.decode_bytes)
        return read_watermark(self.accept(data), pictures, Key(), SqliteOwners(self.database))

    def renditions(
        self,
        accepted: Accepted,
        release: Release = CLEARED,
        seen: WatermarkSeen | Failed | Skipped = UNMARKED,
    ) -> Renditions | Skipped:
        given = self.arrived, accepted, release, seen, self.notes, self.store, Key(), self.rendering
        return make_renditions(*given)

    def copies(
        self,
        accepted: Accepted,
        release: Release = CLEARED,
        seen: WatermarkSeen | Failed | Skipped = UNMARKED,
    ) -> Copies | Skipped:
        given = self.arrived, accepted, release, seen, self.notes, self.store, Key(), self.rendering
        return make_copies(*given)

    def everything(
        self, data: bytes, seen: WatermarkSeen | Failed | Skipped = UNMARKED
    ) -> tuple[Rendition, ...]:
        """All files of a cleared picture."""
        accepted = self.accept(data)
        made, more = self.renditions(accepted, seen=seen), self.copies(accepted, seen=seen)
        assert isinstance(made, Renditions), made
        assert isinstance(more, Copies), more
        return made.renditions + more.renditions

    def content(self, rendition: Rendition) -> bytes:
        """A finished file."""
        with self.store.open(staged(rendition.key)) as stream:
            return stream.read()

    def kept(self) -> list[str]:
        """What lies in the store beside originals."""
        return [path for path in self.store.keys("renditions") if path]


def encoded(picture: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def photo(name: str, side: int) -> Image.Image:
    """A photo of the tests, upright or not, in RGB, its longer side as given."""
    with Image.open(PHOTOS / name) as image:
        image.draft("RGB", (side, side))
        whole = image.convert("RGB")
    whole.thumbnail((side, side), Image.Resampling.LANCZOS)
    return whole
