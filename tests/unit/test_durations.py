"""Durations counted by class: how far off what is told of them can be."""

import random
from collections import Counter
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.durations import bound, class_of, middle, percentile, rank, whole

MS = st.floats(0, 10_000_000)


@given(MS)
def test_a_duration_lies_within_its_class(ms: float) -> None:
    number = class_of(ms)
    assert ms <= bound(number) * (1 + 1e-9)
    assert number == 0 or ms > bound(number - 1) * (1 - 1e-9)


@given(st.floats(1.001, 10_000_000))
def test_what_a_duration_is_taken_for_is_at_most_6_percent_off(ms: float) -> None:
    assert abs(middle(class_of(ms)) / ms - 1) < 0.0601


@given(st.lists(st.integers(), min_size=1))
def test_the_median_is_the_lower_of_the_two_in_the_middle(values: list[int]) -> None:
    assert sorted(values)[rank(len(values), 50)] == median_low(values)


@given(st.lists(st.integers(), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: list[int], percent: int
) -> None:
    def enough(value: int) -> bool:
        return sum(each <= value for each in values) * 100 >= percent * len(values)

    assert sorted(values)[rank(len(values), percent)] == min(filter(enough, values))


@pytest.mark.parametrize(("count", "at"), [(1, 0), (2, 1), (20, 18), (100, 94), (101, 95), (0, 0)])
def test_the_95th_percentile_by_nearest_rank(count: int, at: int) -> None:
    assert rank(count, 95) == at


@given(st.lists(st.floats(1.001, 100_000), min_size=1), st.sampled_from([50, 95]))
def test_a_percentile_of_classes_is_that_of_the_durations_within_6_percent(
    durations: list[float], percent: int
) -> None:
    exact = sorted(durations)[rank(len(durations), percent)]
    told = percentile(Counter(map(class_of, durations)), percent)
    assert abs(told - exact) <= 0.0601 * exact + 0.051  # it is told to a tenth of a millisecond


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile({}, 95) == 0.0


@given(st.lists(MS, max_size=30), st.randoms())
def test_sums_are_exact_whatever_the_order(durations: list[float], chance: random.Random) -> None:
    grains = [whole(ms) for ms in durations]
    other = chance.sample(grains, len(grains))
    assert sum(grains) == sum(other) == sum(other[::2]) + sum(other[1::2])
    assert sum(grains) == pytest.approx(sum(durations), abs=0.001 * len(durations) + 1e-6)
