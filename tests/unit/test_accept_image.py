"""accept_image keeps the original once, knows its duplicates, and refuses before it stores."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

import pytest
from PIL.Image import Image

from handlers.accept_image import accept_image
from handlers.read_metadata import read_metadata
from pipeline.errors import Rejected, Unknown
from pipeline.model import Earlier, Source
from pipeline.results import Accepted, Arrived, Metadata
from tests.unit import exif_blocks as blocks
from tests.unit.test_release import NoNotes

SOURCE = Source("upload", "holiday.txt", "x")
NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)


@dataclass
class World:
    """All four ports of the actor in memory."""

    data: bytes
    max_bytes: int = 50_000_000
    max_pixels: int = 250_000_000
    max_side: int = 65_535
    max_frames: int = 100
    kept: dict[str, bytes] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    closed: int = 0

    @contextmanager
    def bring(self, source: Source, limit: int) -> Iterator[BinaryIO]:
        assert (source, limit) == (SOURCE, self.max_bytes)
        yield io.BytesIO(self.data)
        self.closed += 1

    def claim(self, sha256: str, image: str) -> Earlier | None:
        owner = self.first.setdefault(sha256, image)
        return Earlier(owner, f"IMG-{owner}", NOON, SOURCE)

    def put(self, key: str, stream: BinaryIO) -> None:
        self.kept[key] = stream.read()

    def open(self, key: str) -> BinaryIO:
        if key not in self.kept:
            raise Unknown(f"Nothing lies under {key}.")
        return io.BytesIO(self.kept[key])

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        return (key for key in sorted(self.kept) if key.startswith(f"{prefix}/"))


class Bringing:
    """The Incoming port, whose ``open`` takes a source where the store's takes a key."""

    def __init__(self, world: World) -> None:
        self.open = world.bring


class Undecoded:
    """The port ``Pictures``, which nobody is to ask."""

    def upright(self, key: str, side: int) -> Image:
        raise AssertionError(f"{key} was decoded")


def accept(world: World, image: str = "one") -> Accepted:
    arrived = Arrived(image, f"IMG-{image}", SOURCE, NOON)
    accepted = accept_image(arrived, Bringing(world), world, world, world)
    assert isinstance(accepted, Accepted)
    return accepted


def read(world: World) -> Metadata:
    arrived = Arrived("one", "IMG-one", SOURCE, NOON)
    found = read_metadata(arrived, accept(world), world, Undecoded(), world, NoNotes())
    assert isinstance(found, Metadata)
    return found


def test_the_original_is_kept_whole_under_its_hash() -> None:
    data = blocks.picture("PNG", (300, 200))
    world = World(data)
    found = accept(world)
    sha256 = hashlib.sha256(data).hexdigest()
    assert world.kept == {f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}": data}
    assert found == Accepted(sha256, next(iter(world.kept)), "PNG", 300, 200, len(data))


def test_the_name_of_the_file_is_never_asked() -> None:
    assert accept(World(blocks.picture("WEBP"))).format == "WEBP"


def test_the_size_is_that_of_the_upright_picture() -> None:
    exif = blocks.block({0x112: blocks.short(6)})
    found = accept(World(blocks.jpeg(exif, size=(32, 20)).getvalue()))
    assert (found.width, found.height) == (20, 32)


def test_the_same_bytes_in_another_image_are_a_duplicate_of_the_first() -> None:
    world = World(blocks.picture("JPEG"))
    assert accept(world, "one").duplicate_of is None
    again = accept(world, "two").duplicate_of
    assert again is not None
    assert again.image == "one"
    assert len(world.kept) == 1


def test_repeating_the_actor_gives_the_same_result_and_no_duplicate_of_itself() -> None:
    world = World(blocks.picture("JPEG"))
    assert accept(world) == accept(world)
    assert world.closed == 2


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_pixels": 599}, "0.0 megapixels (30 x 20)"),
        ({"max_side": 29}, "the longer side may have 29"),
        ({"max_frames": 0}, "1 frames or pages"),
        ({"max_bytes": 10}, "at most 0.0 MB are accepted"),
    ],
)
def test_beyond_a_limit_nothing_is_stored(limits: dict[str, int], said: str) -> None:
    world = World(blocks.picture("JPEG", (30, 20)))
    for name, most in limits.items():
        setattr(world, name, most)
    with pytest.raises(Rejected) as refused:
        accept(world)
    assert said in refused.value.words
    assert (world.kept, world.first) == ({}, {})


def test_what_is_no_picture_is_not_stored() -> None:
    world = World(b"%PDF-1.7")
    with pytest.raises(Rejected, match="PDF"):
        accept(world)
    assert world.kept == {}


def test_read_metadata_reads_the_stored_original() -> None:
    gps = blocks.position(blocks.degrees(42.5), blocks.degrees(23.25))
    exif = blocks.block({0x10F: blocks.text("Canon"), 0x112: blocks.short(6)}, gps=gps)
    world = World(blocks.jpeg(exif).getvalue())
    found = read(world)
    assert found.location is not None
    assert (found.location.latitude, found.camera.make, found.orientation) == (42.5, "Canon", 6)
    assert found.no_location is None


def test_read_metadata_says_why_there_is_no_location() -> None:
    world = World(blocks.picture("PNG"))
    found = read(world)
    assert found.no_location == "The file carries no metadata; many apps and services remove it."
