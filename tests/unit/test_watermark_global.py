"""The global layer: a picture is moved along secret directions, and stands there at every size."""

from math import cos, pi, tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Resampling

from pipeline.imaging.watermark_global import (
    DIRECTIONS,
    EDGE,
    LOWEST,
    SIDE,
    Standing,
    canonical,
    moved,
    standing,
)

KEY, SHARPEST = b"a key", 0.9


def square(width: int = SIDE, height: int = SIDE) -> np.ndarray:
    """A smooth picture with a little of everything, the same at every size."""
    across, down = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5)[:, np.newaxis] / height
    waves = (
        40 * np.sin(9 * across + 5 * down) + 20 * np.cos(40 * across * down) + 9 * np.cos(90 * pi * across)
    )
    return np.asarray(128 + waves, dtype=np.float32)


def symbols(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice([-1.0, 1.0], DIRECTIONS)


def marked(picture: np.ndarray, said: np.ndarray, step: float) -> Standing:
    before = standing(picture, KEY, SHARPEST)
    change = moved(before, before.moves(said, step), picture.shape, SHARPEST)
    return standing(picture + change, KEY, SHARPEST)


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.floats(20, 200))
def test_what_was_said_is_read_exactly(seed: int, step: float) -> None:
    said = symbols(seed)
    cosines = marked(square(), said, step).cosines([(step, 0.0)], DIRECTIONS)[0]
    assert np.all(cosines * said > 0.99)


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.floats(20, 200))
def test_no_direction_is_moved_by_more_than_half_a_step(seed: int, step: float) -> None:
    moves = standing(square(), KEY, SHARPEST).moves(symbols(seed), step)
    assert np.abs(moves).max() <= step / 2
    assert np.mean(moves**2) == pytest.approx(step**2 / 12, rel=0.25)


@pytest.mark.parametrize("size", [(512, 512), (300, 200), (150, 400), (1000, 700)])
def test_a_picture_stands_where_it_stood_when_it_is_scaled(size: tuple[int, int]) -> None:
    at_home = standing(square(), KEY, SHARPEST).along
    scaled = Image.fromarray(square(*size).clip(0, 255).astype(np.uint8))
    there = standing(np.asarray(canonical(scaled), dtype=np.float32), KEY, SHARPEST).along
    assert np.abs(at_home - there).mean() < 4


def test_the_change_costs_what_uniform_moves_cost() -> None:
    before = standing(square(), KEY, SHARPEST)
    change = moved(before, before.moves(symbols(1), 60), (SIDE, SIDE), SHARPEST)
    assert np.mean(change**2) == pytest.approx(DIRECTIONS * 60**2 / 12 / SIDE**2, rel=0.2)


def test_neither_slow_waves_nor_straight_edges_are_touched() -> None:
    before = standing(square(), KEY, SHARPEST)
    change = moved(before, before.moves(symbols(1), 60), (SIDE, SIDE), SHARPEST).astype(np.float64)
    places = np.arange(SIDE) + 0.5
    slow = np.cos(pi * np.arange(LOWEST)[:, np.newaxis] * places / SIDE)
    assert np.abs(slow[:EDGE] @ change).max() < 0.2
    assert np.abs((slow @ change @ slow.T)[:8, :8]).max() < 20


def test_symbols_that_do_not_matter_are_at_the_far_side() -> None:
    cosines = marked(square(), -np.ones(DIRECTIONS), 60).cosines([(60, 0.0)], DIRECTIONS)
    assert cosines.max() < cos(pi - 0.2)


def test_a_picture_that_is_too_small_for_fast_waves_leaves_those_directions_out() -> None:
    small = standing(square(108, 72), KEY, SHARPEST)
    large = standing(square(), KEY, SHARPEST)
    assert large.held.all()
    assert 0 < small.held.sum() < DIRECTIONS
    assert not small.cosines([(60, 0.0)], DIRECTIONS)[0][~small.held].any()
    assert not small.moves(symbols(1), 60)[~small.held].any()


def test_small_pictures_say_it_along_the_directions_they_hold() -> None:
    picture, said = square(108, 72), symbols(2)
    after = marked(picture, said, 120)
    cosines = after.cosines([(120, 0.0)], DIRECTIONS)[0] * said
    assert cosines[after.held].mean() > 0.9


def test_every_size_down_to_one_pixel_can_be_measured() -> None:
    for size in [(1, 1), (1, 700), (700, 1), (13, 13)]:
        stands = standing(square(*size), KEY, SHARPEST)
        assert np.isfinite(stands.along).all()
        assert moved(stands, stands.moves(symbols(1), 60), size[::-1], SHARPEST).shape == size[::-1]


def test_a_blur_is_undone_by_the_hypothesis_that_names_it() -> None:
    said, step = symbols(4), 60.0
    after = marked(square(), said, step)
    softened = np.exp(-((pi / SIDE) ** 2) / 2 * after.layout.speed)
    blurred = Standing(after.layout, after.along * softened, after.held)
    plain, undone = blurred.cosines([(step, 0.0), (step, 1.0)], DIRECTIONS) @ said
    assert undone > 0.99 * DIRECTIONS > plain


def test_another_key_stands_elsewhere_at_random() -> None:
    said = symbols(5)
    before = standing(square(), KEY, SHARPEST)
    change = moved(before, before.moves(said, 60), (SIDE, SIDE), SHARPEST)
    other = standing(square() + change, b"another key", SHARPEST).cosines([(60, 0.0)], DIRECTIONS)[0]
    assert abs(other.sum()) < 5 * (DIRECTIONS / 2) ** 0.5


def test_where_lattices_start_is_spread_over_the_whole_step() -> None:
    flat = standing(np.full((SIDE, SIDE), 90, dtype=np.float32), KEY, SHARPEST)
    angles = np.arccos(flat.cosines([(60, 0.0)], DIRECTIONS)[0])
    counts, _ = np.histogram(angles, bins=6, range=(0, tau / 2))
    assert np.abs(counts - DIRECTIONS / 6).max() < 5 * (DIRECTIONS / 6) ** 0.5


@pytest.mark.parametrize(
    ("size", "expected"), [((2560, 1440), (512, 512)), ((600, 90), (512, 90)), ((50, 33), (50, 33))]
)
def test_canonical_pictures_are_never_enlarged(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert canonical(Image.new("L", size)).size == expected


def test_scaling_by_hand_and_scaling_to_canonical_agree() -> None:
    large = Image.fromarray(square(1024, 1024).clip(0, 255).astype(np.uint8))
    halved = large.resize((512, 512), Resampling.LANCZOS)
    one, other = (
        standing(np.asarray(canonical(each), np.float32), KEY, SHARPEST) for each in (large, halved)
    )
    assert np.abs(one.along - other.along).max() < 8
