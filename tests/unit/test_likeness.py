"""Likeness: what Slack and others make of a photo is the same picture; another photo is not."""

import io
from functools import cache
from itertools import combinations
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from pipeline.imaging.decode import upright
from pipeline.imaging.likeness import ALIKE, SIDE, alike, likeness

pillow_heif.register_heif_opener(decode_threads=1)
DATA = Path(__file__).parents[1] / "data"
TURNED_TWINS = {"goexif--geodegrees_as_string.jpg", "goexif--has-lens-info.jpg"}
"""One photo in two files of another shape."""
PHOTOS = sorted(path.name for path in DATA.iterdir() if path.suffix not in (".md", ".json"))
BUDGET = 512 << 20


@cache
def photo(name: str, side: int = SIDE) -> Image.Image:
    with (DATA / name).open("rb") as stream:
        return upright(stream, side, BUDGET)


LARGE = [name for name in PHOTOS if max(photo(name).size) >= 100]


def again(picture: Image.Image, quality: int, side: int = 1600, kind: str = "JPEG") -> Image.Image:
    """As somebody else saves it: smaller, compressed, without metadata."""
    copy, out = picture.copy(), io.BytesIO()
    copy.thumbnail((side, side))
    copy.save(out, kind, quality=quality)
    return upright(out, SIDE, BUDGET)


def test_there_are_photos_to_try() -> None:
    assert len(LARGE) >= 12


@pytest.mark.parametrize("quality", [60, 75, 95])
@pytest.mark.parametrize("side", [160, 360, 1600])
def test_a_smaller_and_compressed_copy_is_the_same_picture(quality: int, side: int) -> None:
    found = {name: likeness(photo(name), again(photo(name, 1600), quality, side)) for name in LARGE}
    assert min(found.values()) > 0.99, found


def test_other_formats_are_the_same_picture() -> None:
    found = [again(photo(name, 720), 60, kind=kind) for name in LARGE for kind in ("WEBP", "PNG")]
    assert all(alike(photo(name), copy) for name, copy in zip(sorted(LARGE * 2), found, strict=True))


@pytest.mark.parametrize("way", list(Image.Transpose))
def test_a_copy_that_lost_its_orientation_is_the_same_picture(way: Image.Transpose) -> None:
    found = {name: likeness(photo(name), again(photo(name).transpose(way), 70)) for name in LARGE}
    assert min(found.values()) > 0.99, found


def test_different_photos_are_different_pictures_by_far() -> None:
    pairs = [pair for pair in combinations(PHOTOS, 2) if set(pair) != TURNED_TWINS]
    found = {pair: likeness(photo(pair[0]), photo(pair[1])) for pair in pairs}
    assert max(found.values()) < 0.8 < ALIKE, max(found, key=lambda pair: found[pair])


def test_one_photo_in_two_files_that_are_turned_is_one_picture() -> None:
    one, other = sorted(TURNED_TWINS)
    assert alike(photo(one), photo(other))


def test_different_photos_in_one_shape_are_different_pictures() -> None:
    square = {name: photo(name).resize((200, 200)) for name in LARGE if name not in TURNED_TWINS}
    assert not any(alike(square[one], square[other]) for one, other in combinations(square, 2))


def test_what_was_cropped_is_another_picture() -> None:
    whole = photo("pigallery2--sydney_opera_house.jpg")
    width, height = whole.size
    assert not alike(whole, whole.crop((0, 0, width * 3 // 4, height)))
    assert not alike(whole, whole.crop((width // 4, height // 4, width, height)))


def test_plain_surfaces_are_compared_by_their_shade() -> None:
    white, grey = Image.new("RGB", (60, 40), "white"), Image.new("RGB", (60, 40), "grey")
    assert alike(white, again(white, 60))
    assert not alike(white, grey)
    assert not alike(white, photo("pigallery2--big_ben.jpg").resize((60, 40)))


def test_a_single_pixel_is_a_picture_too() -> None:
    assert alike(Image.new("RGB", (1, 1), "red"), Image.new("RGB", (1, 1), "red"))
    assert not alike(Image.new("RGB", (1, 1)), Image.new("RGB", (5000, 1)))
