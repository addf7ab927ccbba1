"""Words about a picture: what a person may write, and what is said until then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alt import LONGEST, described, named, plain, written
from pipeline.errors import Unsuitable
from pipeline.model import Box, Camera, Face, Location, Place
from pipeline.results import Accepted, Faces, Failed, Metadata, Placed, Skipped

NOTHING = Skipped("Nothing was done.")
CAMERA = Metadata(camera=Camera("Canon", "Canon EOS R5"))


def accepted(format: str = "JPEG", frames: int = 1) -> Accepted:
    return Accepted("ab" * 32, "originals/ab", format, 4000, 3000, 5_000_000, frames)


def faces(count: int) -> Faces:
    return Faces((Face(Box(0.1, 0.1, 0.2, 0.2), 93.0),) * count, "a model")


def placed(name: str | None, region: str | None, country: str | None, km: float | None) -> Placed:
    return Placed(Place(name, region, country, "GB", km, "Europe/London", "geonames"), None, None)


LONDON = placed("London", None, "United Kingdom", 0.9)


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


def test_what_did_not_pass_the_rule_is_shown_on_one_line_without_what_the_rule_refuses() -> None:
    assert plain("A\0 cat\u202e\n on a\twall\ud800 ") == "A cat on a wall"
    assert plain("") == plain("\0") == ""


@given(st.text())
def test_what_the_rule_took_is_shown_as_it_was_written(words: str) -> None:
    try:
        kept = written(words)
    except Unsuitable:
        return
    assert plain(kept) == kept


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "Photo"), (1, "Photo of one person"), (2, "Photo of two people"), (10, "Photo of ten people"),
     (11, "Photo of 11 people")],
)  # fmt: skip
def test_people_are_counted_in_words_up_to_ten(count: int, words: str) -> None:
    assert described(accepted(), CAMERA, faces(count), NOTHING) == words


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (LONDON, "Photo in London, United Kingdom"),
        (placed("London", None, "United Kingdom", 12.0), "Photo in or near London, United Kingdom"),
        (placed("London", None, "United Kingdom", 50.0), "Photo near London, United Kingdom"),
        (placed("London", None, "United Kingdom", None), "Photo in London, United Kingdom"),
        (placed("Gary", "Indiana", "United States", 1.0), "Photo in Gary, Indiana, United States"),
        (placed("Singapore", None, "Singapore", 1.0), "Photo in Singapore"),
        (placed(None, None, "Iceland", None), "Photo in Iceland"),
        (placed(None, None, None, None), "Photo"),
        (Placed(None, None, None), "Photo"),
        (Failed("No."), "Photo"),
        (NOTHING, "Photo"),
    ],
)
def test_the_place_is_told_as_surely_as_it_is_known(where: Placed | Failed | Skipped, words: str) -> None:
    assert described(accepted(), CAMERA, faces(0), where) == words


def test_all_together_read_as_a_sentence() -> None:
    assert described(accepted(), CAMERA, faces(2), LONDON) == "Photo of two people in London, United Kingdom"


@pytest.mark.parametrize(
    ("metadata", "words"),
    [(CAMERA, "Photo"), (Metadata(location=Location(1.0, 2.0)), "Photo"), (Metadata(), "Picture"),
     (Failed("No."), "Picture"), (NOTHING, "Picture")],
)  # fmt: skip
def test_it_is_called_a_photo_where_a_camera_left_a_trace(
    metadata: Metadata | Failed | Skipped, words: str
) -> None:
    assert described(accepted(), metadata, NOTHING, NOTHING) == words


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_copy_of_an_animation_is_a_still(format: str) -> None:
    words = described(accepted(format, frames=12), Metadata(), faces(1), NOTHING)
    assert words == "Still from an animation of one person"


@pytest.mark.parametrize("format", ["TIFF", "MPO", "HEIF"])
def test_pages_and_views_are_no_animation(format: str) -> None:
    assert described(accepted(format, frames=2), CAMERA, NOTHING, NOTHING) == "Photo"


def test_with_nothing_known_it_is_a_picture() -> None:
    assert described(Failed("No."), Failed("No."), Failed("No."), Failed("No.")) == "Picture"


@given(st.integers(0, 60), st.sampled_from([NOTHING, LONDON]), st.sampled_from([CAMERA, Metadata()]))
def test_what_is_said_by_itself_keeps_the_rule_for_people(
    count: int, where: Placed | Skipped, metadata: Metadata
) -> None:
    words = described(accepted(), metadata, faces(count), where)
    assert written(words) == words


def test_a_place_is_named_once_where_its_names_repeat() -> None:
    assert named(placed("Luxembourg", "Luxembourg", "Luxembourg", 1.0)) == "Luxembourg"
    assert named(placed(None, None, None, None)) is None
