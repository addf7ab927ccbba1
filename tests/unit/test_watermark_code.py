"""64 bits come back from symbols of which some are wrong, missing or doubtful, or are known not to have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.watermark_code import BITS, PAYLOAD_BITS, SYMBOLS, decode, encode

payloads = st.integers(0, 2**PAYLOAD_BITS - 1)


def noise(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(payloads)
def test_every_payload_comes_back_from_clean_symbols(payload: int) -> None:
    word = decode(encode(payload))
    assert (word.payload, word.intact) == (payload, True)


@given(payloads)
def test_a_payload_becomes_240_symbols_of_plus_or_minus_one(payload: int) -> None:
    symbols = encode(payload)
    assert symbols.shape == (SYMBOLS,) == (240,)
    assert set(np.unique(symbols)) <= {-1.0, 1.0}


@pytest.mark.parametrize("payload", [-1, 2**64])
def test_what_does_not_fit_in_64_bits_is_refused(payload: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        encode(payload)


@given(payloads, st.integers(0, 2**32))
def test_twenty_wrong_symbols_anywhere_on_the_circle_are_put_right(payload: int, seed: int) -> None:
    symbols = encode(payload)
    wrong = symbols.copy()
    wrong[noise(seed).choice(SYMBOLS // 12, 20, replace=False) * 12] *= -1
    word = decode(wrong)
    assert word.payload == payload
    assert np.array_equal(word.symbols, symbols)


@given(payloads, st.integers(0, BITS - 1))
def test_a_gap_of_four_bits_is_filled_even_across_the_end(payload: int, start: int) -> None:
    softness = encode(payload).reshape(BITS, 3)
    softness[np.arange(start, start + 4) % BITS] = 0
    assert decode(softness.reshape(-1)).payload == payload


@given(payloads, st.floats(1e-3, 1e3))
def test_only_the_proportions_of_doubt_count(payload: int, scale: float) -> None:
    assert decode(encode(payload) * scale).payload == payload


def test_doubt_tells_more_than_bits_alone() -> None:
    chance = noise(7)
    soft, hard = 0, 0
    for payload in chance.integers(0, 2**63, 60).tolist():
        received = encode(payload) * 0.92 + chance.standard_normal(SYMBOLS)
        soft += decode(received).payload == payload
        hard += decode(np.sign(received)).payload == payload
    assert soft > 50
    assert hard < 40


def test_noise_alone_is_seldom_taken_for_an_intact_word() -> None:
    chance = noise(3)
    assert sum(decode(chance.standard_normal(SYMBOLS)).intact for _ in range(200)) <= 1


@given(payloads, payloads)
def test_different_payloads_differ_in_many_symbols(one: int, other: int) -> None:
    apart = int(np.sum(encode(one) != encode(other)))
    assert apart >= 18 if one != other else apart == 0


def test_a_word_says_which_symbols_would_have_been_sent() -> None:
    word = decode(encode(42) + noise(1).standard_normal(SYMBOLS) * 0.3)
    assert np.array_equal(word.symbols, encode(word.payload))


def test_a_word_whose_checksum_disagrees_is_not_intact() -> None:
    one, other = encode(0), encode(2**64 - 1)
    halves = np.concatenate((one[: SYMBOLS // 2], other[SYMBOLS // 2 :]))
    assert not decode(halves).intact
