"""The bound on false alarms holds: chance does no better than it says, more evidence never counts less."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.watermark_evidence import false_alarm

counts = st.integers(1, 2000)


def cosines(count: int, repetitions: int) -> np.ndarray:
    """Sums of ``count`` cosines of angles that know nothing of a key."""
    chance = np.random.default_rng(count)
    cosines = np.cos(chance.uniform(0, 2 * np.pi, (repetitions, count)))
    return np.asarray(cosines.sum(axis=1))


@pytest.mark.parametrize("count", [1, 5, 60, 300])
@pytest.mark.parametrize("mean", [0.05, 0.1, 0.2, 0.4, 0.6, 0.9])
def test_chance_reaches_a_sum_no_more_often_than_the_bound_says(count: int, mean: float) -> None:
    repetitions = 20_000
    reached = int((cosines(count, repetitions) >= mean * count).sum())
    expected = false_alarm(mean * count, count) * repetitions
    assert reached <= expected + 5 * expected**0.5 + 5


def test_the_bound_is_not_empty_talk() -> None:
    """At two standard deviations chance has 2.3 %; the bound may be several times that, not a hundred."""
    reached = float((cosines(300, 20_000) >= 2 * 150**0.5).mean())
    assert reached < false_alarm(2 * 150**0.5, 300) < 10 * reached


def test_it_agrees_with_the_normal_limit_for_small_sums() -> None:
    assert false_alarm(0.1 * 1000, 1000) == pytest.approx(np.exp(-(0.1**2) * 1000), rel=0.05)


@given(counts, st.floats(0, 1), st.floats(0, 1))
def test_more_agreement_is_never_less_evidence(count: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert false_alarm(high * count, count) <= false_alarm(low * count, count) * 1.05


@given(counts, st.floats(-1, 1), st.floats(1, 1e30))
def test_it_is_a_chance_and_tries_make_it_larger(count: int, mean: float, tries: float) -> None:
    once, often = false_alarm(mean * count, count), false_alarm(mean * count, count, tries)
    assert 0 < once <= often <= 1


@given(counts, st.floats(0.01, 0.9), st.floats(1, 1e6))
def test_tries_multiply_the_chance(count: int, mean: float, tries: float) -> None:
    once, often = false_alarm(mean * count, count), false_alarm(mean * count, count, tries)
    if once > 1e-290 and often < 1:
        assert often == pytest.approx(once * tries, rel=1e-6)


@pytest.mark.parametrize(("total", "count"), [(0, 10), (-3, 10), (0, 0), (5, 0)])
def test_no_agreement_is_no_evidence(total: float, count: int) -> None:
    assert false_alarm(total, count) == 1


def test_complete_agreement_of_many_is_overwhelming() -> None:
    assert false_alarm(300, 300, tries=2.0**64 * 10_000) < 1e-100
