"""What the watermark measures is brightness over white, and what it changes is brightness alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging.watermark_luma import brightened, enlarged, luma

SIZE = (6, 4)
levels = st.integers(0, 255)


def change(amount: float) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0]), amount, dtype=np.float32)


def test_brightness_is_that_of_jpeg() -> None:
    picture = Image.new("RGB", SIZE, (200, 100, 50))
    assert luma(picture).getpixel((0, 0)) == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)


def test_a_grey_picture_is_its_own_brightness() -> None:
    assert luma(Image.new("L", SIZE, 77)).getpixel((0, 0)) == 77


@pytest.mark.parametrize(("alpha", "seen"), [(0, 255), (255, 0), (51, 204)])
def test_transparency_counts_as_white(alpha: int, seen: int) -> None:
    assert luma(Image.new("RGBA", SIZE, (0, 0, 0, alpha))).getpixel((0, 0)) == seen


@pytest.mark.parametrize("mode", ["CMYK", "P", "I;16", "LA", "YCbCr", "1"])
def test_other_modes_are_refused_with_a_sentence(mode: str) -> None:
    with pytest.raises(ValueError, match=f"this picture's is {mode}"):
        luma(Image.new(mode, SIZE))


@given(st.tuples(levels, levels, levels), st.floats(-20, 20))
def test_every_colour_changes_by_the_same_and_never_wraps(colour: tuple[int, ...], amount: float) -> None:
    result = brightened(Image.new("RGB", SIZE, colour), change(amount)).getpixel((1, 1))
    step = int(np.rint(np.float32(amount)))
    assert result == tuple(min(max(level + step, 0), 255) for level in colour)


@given(levels, st.floats(-20, 20))
def test_alpha_stays_as_it_is(alpha: int, amount: float) -> None:
    result = brightened(Image.new("RGBA", SIZE, (90, 90, 90, alpha)), change(amount))
    assert result.getchannel("A").getextrema() == (alpha, alpha)


def test_what_cannot_be_seen_is_not_changed() -> None:
    hidden = Image.new("RGBA", SIZE, (90, 80, 70, 0))
    assert brightened(hidden, change(9)).getpixel((2, 2)) == (90, 80, 70, 0)
    assert brightened(Image.new("RGBA", SIZE, (90, 80, 70, 1)), change(9)).getpixel((2, 2)) == (99, 89, 79, 1)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_mode_and_size_stay_and_the_given_picture_is_not_touched(mode: str) -> None:
    picture = Image.new(mode, SIZE, 100 if mode == "L" else (100,) * len(mode))
    before = picture.tobytes()
    result = brightened(picture, change(5))
    assert (result.mode, result.size) == (mode, SIZE)
    assert picture.tobytes() == before != result.tobytes()


def test_a_change_too_large_for_a_level_is_limited() -> None:
    assert brightened(Image.new("L", SIZE, 100), change(1e6)).getpixel((0, 0)) == 227
    assert brightened(Image.new("L", SIZE, 100), change(-1e6)).getpixel((0, 0)) == 0


def test_enlarging_keeps_what_is_even_and_the_size_asked_for() -> None:
    larger = enlarged(change(1.5), (30, 17))
    assert larger.shape == (17, 30)
    assert np.allclose(larger, 1.5)


def test_nothing_is_done_where_the_size_fits() -> None:
    values = change(2)
    assert enlarged(values, SIZE) is values
