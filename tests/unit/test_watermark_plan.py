"""What a picture's size alone decides, and what strengths cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.watermark_plan import LADDER, TILES_SIDE, Strength, planned

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


@given(sides, sides, strengths)
def test_the_reader_tries_every_step_the_marker_may_take(width: int, height: int, strength: Strength) -> None:
    plan = planned((width, height))
    steps = [step for step, _ in plan.hypotheses]
    for directions in (0, 30, 150, 300):
        taken = plan.step(strength, directions)
        assert min(abs(step / taken - 1) for step in steps) < 0.013


@given(strengths, st.floats(0.8, 1.25), st.sampled_from([(600, 400), (150, 150)]))
def test_a_change_of_contrast_by_a_fifth_stays_between_two_tries(
    strength: Strength, gain: float, size: tuple[int, int]
) -> None:
    plan = planned(size)
    steps = [step for step, blur in plan.hypotheses if blur == 0]
    assert min(abs(step / (strength.step * gain) - 1) for step in steps) < 0.013


@given(strengths, st.integers(1, 300))
def test_without_a_local_layer_steps_grow_as_far_as_the_error_allows(
    strength: Strength, directions: int
) -> None:
    step = planned((TILES_SIDE - 1, TILES_SIDE)).step(strength, directions)
    assert step in LADDER or step == strength.step
    assert step >= strength.step
    if step > strength.step:
        assert directions * step**2 / 12 / 512**2 <= strength.error


@given(strengths)
def test_beside_a_local_layer_the_step_is_the_strengths(strength: Strength) -> None:
    assert planned((TILES_SIDE, TILES_SIDE)).step(strength, 300) == strength.step


def test_stronger_means_larger_steps_and_more_error() -> None:
    steps = [strength.step for strength in (Strength.GENTLE, Strength.USUAL, Strength.STRONG)]
    errors = [strength.error for strength in (Strength.GENTLE, Strength.USUAL, Strength.STRONG)]
    assert steps == sorted(steps)
    assert errors == sorted(errors)


def test_the_usual_strength_leaves_46_decibels_with_rounding() -> None:
    assert Strength.USUAL.error + 1 / 12 <= 255**2 / 10**4.6
