"""Words about a picture: what a person may write, and what is said until then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alt import LONGEST, written
from pipeline.errors import Unsuitable


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("A cat on a wall", "A cat on a wall"),
        ("  A cat\n\ton  a wall \r\n", "A cat on a wall"),
        ("Cafe\u0301", "Café"),
        ("Two 👩\u200d👩\u200d👧 and a 🏴\U000e0067\U000e0062\U000e007f flag", None),
        ("قطة على الحائط\u200f", None),
        ('<script>alert(\'"&")</script>', None),
        ("?", None),
        ("x" * LONGEST, None),
    ],
)
def test_what_a_person_writes_is_kept_as_one_trimmed_line(words: str, kept: str | None) -> None:
    assert written(words) == (words if kept is None else kept)


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "\u200b\u200d\ufeff", "\u0301"])
def test_words_that_nobody_can_read_are_none(words: str) -> None:
    with pytest.raises(Unsuitable, match="empty"):
        written(words)


@pytest.mark.parametrize(
    ("sign", "code"),
    [("\0", "0000"), ("\x1b", "001B"), ("\x7f", "007F"), ("\x9f", "009F"), ("\u202e", "202E"),
     ("\u2066", "2066"), ("\ud800", "D800"), ("\uffff", "FFFF")],
)  # fmt: skip
def test_control_characters_are_refused_by_their_code(sign: str, code: str) -> None:
    with pytest.raises(Unsuitable, match=rf"control character \(U\+{code}\)"):
        written(f"A cat{sign} on a wall")


def test_too_many_words_are_refused_with_their_number_and_the_limit() -> None:
    with pytest.raises(Unsuitable, match=r"5,000 characters; 500 is the most"):
        written("x" * 5_000)
    assert written("x" * LONGEST + "  \n") == "x" * LONGEST


@given(st.text())
def test_whatever_is_kept_would_be_kept_again_unchanged(words: str) -> None:
    try:
        kept = written(words)
    except Unsuitable:
        return
    assert written(kept) == kept
    assert 1 <= len(kept) <= LONGEST
