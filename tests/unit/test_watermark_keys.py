"""What is drawn from a key is the same everywhere, evenly spread, and another for every key and purpose."""

from math import tau

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.watermark_keys import order, phases, signs, words

KEY = b"a key"


def test_a_key_draws_these_very_numbers_on_every_machine() -> None:
    assert words(KEY, "dither", 2).tolist() == [12076691988877409183, 5852358720026652826]


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key is empty"):
        words(b"", "dither", 1)


@given(st.binary(min_size=1), st.text(), st.integers(0, 50))
def test_the_same_key_and_purpose_draw_the_same(key: bytes, purpose: str, count: int) -> None:
    assert np.array_equal(words(key, purpose, count), words(key, purpose, count))
    assert len(words(key, purpose, count)) == count


@given(st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=8))
def test_different_keys_draw_differently(one: bytes, other: bytes) -> None:
    assert np.array_equal(words(one, "", 4), words(other, "", 4)) == (one == other)


def test_where_key_and_purpose_meet_makes_a_difference() -> None:
    assert not np.array_equal(words(b"ab", "c", 4), words(b"a", "bc", 4))


def test_an_order_holds_every_number_once() -> None:
    drawn = order(KEY, "places", 500)
    assert sorted(drawn.tolist()) == list(range(500))
    assert drawn.tolist() != list(range(500))


def test_signs_are_as_often_plus_as_minus() -> None:
    drawn = signs(KEY, "weights", 10_000)
    assert set(drawn.tolist()) == {1.0, -1.0}
    assert abs(drawn.mean()) < 5 / 10_000**0.5


def test_phases_fill_the_circle_evenly() -> None:
    drawn = phases(KEY, "tile", 10_000)
    assert drawn.min() >= 0
    assert drawn.max() < tau
    counts, _ = np.histogram(drawn, bins=10, range=(0, tau))
    assert np.abs(counts - 1000).max() < 5 * 900**0.5
