"""read_metadata with what people add: an original of the same picture, or a place."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from PIL.Image import Image

from handlers.read_metadata import ANOTHER, GONE, read_metadata
from pipeline.adapters.pictures import StoredPictures
from pipeline.errors import Unknown
from pipeline.model import Camera, Location, Source
from pipeline.ports import Note, Wish
from pipeline.results import Accepted, Arrived, Metadata
from sandbox.strip import stripped
from tests.unit import exif_blocks as blocks

DATA = Path(__file__).parents[1] / "data"
NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
ARRIVED = Arrived("one", "IMG-one", Source("slack", "lake.jpg", "F1"), NOON)
SYDNEY = (DATA / "pigallery2--sydney_opera_house.jpg").read_bytes()
LONDON = (DATA / "pigallery2--big_ben.jpg").read_bytes()
BARE = blocks.picture("PNG", (300, 200))


@dataclass
class World:
    """The ports of the actor in memory: what was posted, what was added."""

    posted: bytes
    added: dict[str, bytes] = field(default_factory=dict)
    wishes: dict[Wish, str] = field(default_factory=dict)
    max_bytes: int = 50_000_000
    max_pixels: int = 250_000_000
    max_side: int = 65_535
    max_frames: int = 100
    decoded: list[str] = field(default_factory=list)

    def open(self, key: str) -> BinaryIO:
        found = {"posted": self.posted, **self.added}.get(key)
        if found is None:
            raise Unknown(key)
        return io.BytesIO(found)

    def put(self, key: str, stream: BinaryIO) -> None: ...

    def delete(self, key: str) -> None: ...

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(())

    def upright(self, key: str, side: int) -> Image:
        self.decoded.append(key)
        return StoredPictures(self).upright(key, side)

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None:
        self.wishes[wish] = text

    def get(self, image: str, wish: Wish) -> Note | None:
        assert image == "one"
        return Note(self.wishes[wish], "U1", NOON) if wish in self.wishes else None

    def clear(self, image: str, wish: Wish) -> None: ...


def joined(posted: bytes, original: bytes | None = None, place: str = "", **limits: Any) -> World:
    """A posted picture, and what was added to it."""
    world = World(posted, **limits)
    if original is not None:
        world.added["attached/one/aa"] = original
        world.set("one", "original", "attached/one/aa")
    if place:
        world.set("one", "place", place)
    return world


def read(world: World) -> Metadata:
    found = read_metadata(ARRIVED, Accepted("aa", "posted", "JPEG", 1, 1, 1), world, world, world, world)
    assert isinstance(found, Metadata)
    return found


def test_a_picture_without_notes_is_not_decoded() -> None:
    world = World(SYDNEY)
    assert read(world).location is not None
    assert world.decoded == []


def test_the_original_brings_back_what_slack_took_out() -> None:
    before, found = read(World(stripped(SYDNEY))), read(joined(stripped(SYDNEY), SYDNEY))
    whole = read(World(SYDNEY))
    assert (before.location, before.taken_at) == (None, None)
    assert found.location is not None
    assert (found.location, found.taken_at, found.camera) == (whole.location, whole.taken_at, whole.camera)
    assert found.no_location is None
    assert found.orientation == before.orientation


def test_what_the_file_says_itself_goes_first() -> None:
    own = blocks.block(
        {0x10F: blocks.text("Mine")}, gps=blocks.position(blocks.degrees(1), blocks.degrees(2))
    )
    other = blocks.block(
        {0x10F: blocks.text("Theirs")}, gps=blocks.position(blocks.degrees(3), blocks.degrees(4))
    )
    posted, original = blocks.jpeg(own).getvalue(), blocks.jpeg(other).getvalue()
    found = read(joined(posted, original, "5,6"))
    assert found.location == Location(1, 2, source="exif")
    assert found.camera == Camera("Mine", None)


def test_the_original_goes_before_a_persons_place() -> None:
    found = read(joined(stripped(SYDNEY), SYDNEY, "48.1,11.5"))
    assert found.location is not None
    assert found.location.source == "exif"


def test_a_persons_place_counts_where_no_file_knows_better() -> None:
    found = read(joined(stripped(SYDNEY), place="48.13743,11.57549"))
    assert found.location == Location(48.13743, 11.57549, source="person", by="U1")
    assert found.no_location is None


def test_another_picture_is_left_out_and_said_to_be() -> None:
    found = read(joined(stripped(SYDNEY), LONDON))
    assert (found.location, found.taken_at) == (None, None)
    assert found.no_location == ANOTHER


def test_another_picture_takes_no_place_away() -> None:
    assert read(joined(SYDNEY, LONDON)) == read(World(SYDNEY))
    assert read(joined(stripped(SYDNEY), LONDON, "1,2")).location == Location(1, 2, source="person", by="U1")


@pytest.mark.parametrize(
    ("original", "limits", "said"),
    [
        (b"%PDF-1.7", {}, "of no use"),
        (b"", {}, "of no use"),
        (SYDNEY[:200], {}, "of no use"),
        (SYDNEY, {"max_bytes": 10_000}, "the file is too large"),
        (SYDNEY, {"max_pixels": 100}, "megapixels"),
        (SYDNEY, {"max_side": 10}, "longer side"),
    ],
)
def test_what_is_no_picture_or_too_large_is_said_and_never_fails(
    original: bytes, limits: dict[str, Any], said: str
) -> None:
    world = joined(stripped(SYDNEY), original, **limits)
    found = read(world)
    assert found.location is None
    assert "The uploaded original is of no use: " in str(found.no_location)
    assert said in str(found.no_location)
    assert world.decoded == []


def test_an_original_that_is_gone_is_said() -> None:
    world = World(stripped(SYDNEY), wishes={"original": "attached/one/aa"})
    assert read(world).no_location == GONE


def test_an_original_without_a_position_says_so_and_gives_the_rest() -> None:
    exif = blocks.block({0x10F: blocks.text("Canon"), 0x110: blocks.text("EOS")})
    posted, original = blocks.jpeg().getvalue(), blocks.jpeg(exif).getvalue()
    found = read(joined(posted, original))
    assert found.camera == Camera("Canon", "EOS")
    assert str(found.no_location).startswith("The uploaded original does not say either where it was taken.")
