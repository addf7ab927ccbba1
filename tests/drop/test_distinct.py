"""Distinct copies: other bytes, the same picture, the same metadata, as every program reads them."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from loupe.distinct import Copy, distinct, same
from loupe.drawn import KINDS, draw
from pipeline.errors import Unavailable
from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import probe
from tests.drop.places import picture

DATA = Path(__file__).parents[1] / "data"
BROKEN = ("exifr--broken1.jpg",)
PICTURES = sorted(
    path for path in DATA.iterdir() if path.suffix not in (".md", ".json") and path.name not in BROKEN
)


def read(copy: Copy) -> bytes:
    with copy.open() as stream:
        return stream.read()


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_distinct_copy_shows_the_same_and_says_the_same(path: Path) -> None:
    before, after = path.read_bytes(), read(distinct(path, "loupe load 0123 7"))
    assert before != after
    assert probe(io.BytesIO(after)) == probe(io.BytesIO(before))
    assert stated(io.BytesIO(after)) == stated(io.BytesIO(before))
    if path.suffix.lower() != ".heic":  # of which Pillow alone knows nothing
        with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(after)) as other:
            assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "PNG", "JPEG"])
def test_pictures_of_every_format_open_as_before(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    Image.effect_noise((31, 17), 40).convert("RGB").save(path, kind)
    with Image.open(path) as one, Image.open(io.BytesIO(read(distinct(path, "mark")))) as other:
        other.load()
        assert one.convert("RGB").tobytes() == other.convert("RGB").tobytes()


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_two_marks_are_two_files_and_the_same_mark_is_the_same(tmp_path: Path, number: int) -> None:
    path = sorted(draw(tmp_path).iterdir())[number]
    hashes = [distinct(path, mark).sha256() for mark in ("run 1", "run 2", "run 1")]
    assert hashes[0] == hashes[2] != hashes[1]


def test_a_copy_knows_its_size_and_hash_and_can_be_read_from_anywhere(tmp_path: Path) -> None:
    copy = distinct(picture(tmp_path / "a.png"), "a mark")
    whole = read(copy)
    assert copy.size == len(whole)
    assert copy.sha256() == hashlib.sha256(whole).hexdigest()
    with copy.open() as stream:
        for at in (0, 7, 33, 40, copy.size - 1, copy.size):
            assert stream.seek(at) == stream.tell() == at
            assert stream.read(11) == whole[at : at + 11]
        assert stream.seek(0, io.SEEK_END) == copy.size


def test_the_same_file_is_sent_as_it_is(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    assert read(same(path)) == path.read_bytes()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read: No such file"):
        distinct(tmp_path / "gone.jpg", "1")


def test_drawn_pictures_are_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    one, other = (
        [path.read_bytes() for path in sorted(draw(tmp_path / each).iterdir())] for each in ("1", "2")
    )
    assert one == other
    assert len(one) == len(KINDS)
