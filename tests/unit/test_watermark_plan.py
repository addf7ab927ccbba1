"""What a picture's size alone decides, and what strengths cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.watermark_plan import GAIN, TILES_SIDE, Strength, planned

sides = st.integers(1, 5000)
strengths = st.sampled_from(Strength)


@pytest.mark.parametrize(
    ("size", "payload", "tiles"),
    [
        ((50, 50), False, False),
        ((108, 108), False, False),
        ((150, 100), True, False),
        ((150, 84), True, False),
        ((512, 288), True, True),
        ((512, 255), True, False),
        ((2560, 1440), True, True),
    ],
)
def test_small_pictures_carry_less(size: tuple[int, int], payload: bool, tiles: bool) -> None:
    plan = planned(size)
    assert (plan.payload, plan.tiles) == (payload, tiles)


@given(sides, sides)
def test_a_picture_on_its_side_is_planned_alike(width: int, height: int) -> None:
    assert planned((width, height)) == planned((height, width))


@given(sides, sides, strengths, st.integers(0, 300), st.floats(1 / GAIN, GAIN))
def test_the_reader_tries_every_step_the_marker_may_take_at_any_contrast(
    width: int, height: int, strength: Strength, directions: int, gain: float
) -> None:
    plan = planned((width, height))
    taken = plan.step(strength, directions) * gain
    assert min(abs(step / taken - 1) for step, blur in plan.hypotheses if blur == 0) < 0.0126


@pytest.mark.parametrize(("size", "blurs"), [((600, 400), {0.0, 0.7, 1.0}), ((150, 150), {0.0})])
def test_blurs_are_tried_where_there_is_something_to_lose(size: tuple[int, int], blurs: set[float]) -> None:
    assert {blur for _, blur in planned(size).hypotheses} == blurs


@given(strengths, st.integers(1, 300))
def test_without_a_local_layer_steps_grow_as_far_as_the_error_allows(
    strength: Strength, directions: int
) -> None:
    step = planned((TILES_SIDE - 1, TILES_SIDE)).step(strength, directions)
    assert step >= strength.step
    if step > strength.step:
        assert directions * step**2 / 12 / 512**2 <= strength.error


@given(strengths)
def test_beside_a_local_layer_the_step_is_the_strengths_own_at_200000_pixels(strength: Strength) -> None:
    assert planned((500, 400)).step(strength, 300) == strength.step


def test_large_pictures_are_marked_more_faintly_but_not_without_end() -> None:
    plans = [planned((width, width * 2 // 3)) for width in (384, 512, 1024, 2048, 8000)]
    assert [plan.faintness for plan in plans] == sorted((plan.faintness for plan in plans), reverse=True)
    steps = [plan.step(Strength.USUAL, 300) for plan in plans]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == steps[-2] == 0.5 * Strength.USUAL.step


def test_stronger_means_larger_steps_and_more_error() -> None:
    steps = [strength.step for strength in (Strength.GENTLE, Strength.USUAL, Strength.STRONG)]
    errors = [strength.error for strength in (Strength.GENTLE, Strength.USUAL, Strength.STRONG)]
    assert steps == sorted(steps)
    assert errors == sorted(errors)


def test_the_usual_strength_leaves_46_decibels_with_rounding() -> None:
    assert Strength.USUAL.error + 1 / 12 <= 255**2 / 10**4.6
