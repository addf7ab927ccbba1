"""Changes go where they are seen least."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging.watermark_mask import CEILING, tolerance

SIDE = 80


def grey(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def noise(deviation: float) -> np.ndarray:
    return 128 + deviation * np.random.default_rng(1).standard_normal((SIDE, SIDE))


def test_a_smooth_place_of_middling_brightness_is_the_measure() -> None:
    assert np.allclose(tolerance(Image.new("L", (SIDE, SIDE), 128)), 1)


def test_busier_places_hide_more_up_to_a_ceiling() -> None:
    means = [float(tolerance(grey(noise(deviation))).mean()) for deviation in (0, 2, 5, 10)]
    assert means == sorted(means)
    assert means[-1] > 2 * means[0]
    assert tolerance(grey(noise(60))).max() == pytest.approx(CEILING)


def test_the_smooth_half_of_a_picture_is_spared() -> None:
    levels = noise(20)
    levels[:, : SIDE // 2] = 128
    hides = tolerance(grey(levels))
    assert hides[:, :20].mean() < 1.05 < 2 < hides[:, -20:].mean()


@pytest.mark.parametrize("level", [0, 255])
def test_clipped_places_are_left_alone(level: int) -> None:
    assert not tolerance(Image.new("L", (SIDE, SIDE), level)).any()


@pytest.mark.parametrize(("level", "share"), [(3, 0.5), (252, 0.5), (6, 1), (249, 1)])
def test_near_black_and_white_less_is_added(level: int, share: float) -> None:
    assert np.allclose(tolerance(Image.new("L", (SIDE, SIDE), level)), share)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_any_picture_gets_one_number_per_pixel_within_its_range(width: int, height: int, seed: int) -> None:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width))
    hides = tolerance(grey(levels))
    assert hides.shape == (height, width)
    assert hides.min() >= 0
    assert hides.max() <= CEILING
