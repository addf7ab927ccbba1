"""A scaled picture on its canvas: cut or padded evenly, on white where the format knows no transparency."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging.renditions_canvas import on_canvas
from pipeline.imaging.renditions_plan import Format, Spec
from pipeline.imaging.resize import Pixels

SIDES = st.integers(1, 40)


def numbered(width: int, height: int) -> Pixels:
    """Every pixel says in which column (red) and row (green) it was, counted from 1."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = np.arange(1, width + 1)[None], np.arange(1, height + 1)[:, None]
    return pixels


def put(pixels: Pixels, width: int, height: int, format: Format = "JPEG") -> Pixels:
    spec = Spec("any", width, height, format, (pixels.shape[1], pixels.shape[0]))
    return np.asarray(on_canvas(pixels, spec))


@given(SIDES, SIDES, SIDES, SIDES)
def test_the_canvas_has_its_size_and_the_picture_is_in_the_middle(
    w: int, h: int, width: int, height: int
) -> None:
    canvas = put(numbered(w, h), width, height)
    assert canvas.shape == (height, width, 3)
    columns = [int(red) for red in canvas[(height - 1) // 2, :, 0] if red != 255]
    rows = [int(green) for green in canvas[:, (width - 1) // 2, 1] if green != 255]
    for seen, whole, room in ((columns, w, width), (rows, h, height)):
        assert seen == list(range(seen[0], seen[0] + min(whole, room)))
        left, right = seen[0] - 1, whole - seen[-1]
        assert 0 <= right - left <= 1


@given(SIDES, SIDES)
def test_what_fits_exactly_is_left_as_it_is(w: int, h: int) -> None:
    assert np.array_equal(put(numbered(w, h), w, h), numbered(w, h))


@pytest.mark.parametrize(("room", "before", "after"), [(10, 2, 2), (11, 2, 3)])
def test_padding_is_white_and_the_odd_pixel_goes_after(room: int, before: int, after: int) -> None:
    canvas = put(np.zeros((6, 6, 3), np.uint8), room, 6)
    assert canvas[3, :, 0].tolist() == [255] * before + [0] * 6 + [255] * after


@pytest.mark.parametrize(
    ("format", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGBA"), ("AVIF", "RGBA")]
)
def test_transparency_goes_where_it_can(format: Format, mode: str) -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    spec = Spec("any", 4, 4, format, (4, 4))
    assert on_canvas(clear, spec).mode == mode
    assert on_canvas(numbered(4, 4), spec).mode == "RGB"


def test_a_half_clear_colour_is_mixed_with_white() -> None:
    colour = Image.new("RGBA", (1, 1), (200, 100, 0, 128))
    white = Image.new("RGBA", (1, 1), "white")
    expected = Image.alpha_composite(white, colour).getpixel((0, 0))
    assert isinstance(expected, tuple)
    mixed = put(np.asarray(colour.convert("RGBa")), 1, 1)[0, 0]
    assert np.abs(mixed.astype(int) - np.array(expected[:3])).max() <= 1


def test_overshoot_beyond_alpha_does_not_wrap_around() -> None:
    bright = np.array([[[250, 250, 250, 200]]], np.uint8)
    assert put(bright, 1, 1)[0, 0].tolist() == [255, 255, 255]


def test_padding_of_a_transparent_picture_is_clear() -> None:
    solid = np.full((2, 2, 4), 255, np.uint8)
    canvas = put(solid, 4, 2, "PNG")
    assert canvas[0, :, 3].tolist() == [0, 255, 255, 0]
