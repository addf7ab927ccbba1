"""What nobody has looked at is not shown."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.decide_release import decide_release
from pipeline.actor import declared_in
from pipeline.results import Failed, Nudity, Release, Skipped


@dataclass(frozen=True)
class Bands:
    safe_below: float = 20
    nude_from: float = 80


def release(nudity: Nudity | Failed | Skipped, bands: Bands | None = None) -> Release:
    result = decide_release(nudity, bands or Bands())
    assert isinstance(result, Release)
    return result


def decision(score: float, bands: Bands | None = None) -> str:
    return release(Nudity(score, "m"), bands).decision


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, "cleared"), (19.9, "cleared"), (20, "review"), (79.9, "review"), (80, "held"), (100, "held")],
)
def test_the_bands_decide(score: float, expected: str) -> None:
    assert decision(score) == expected


def test_the_settings_move_the_bands() -> None:
    assert decision(30, Bands(safe_below=40)) == "cleared"
    assert decision(55, Bands(nude_from=50)) == "held"
    assert decision(50, Bands(safe_below=50, nude_from=50)) == "held"


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_higher_score_is_never_treated_more_kindly(one: float, other: float) -> None:
    order = ["cleared", "review", "held"]
    low, high = sorted((one, other))
    assert order.index(decision(low)) <= order.index(decision(high))


def test_a_score_that_is_no_number_is_never_cleared() -> None:
    assert decision(float("nan")) != "cleared"


def test_a_failed_detector_leaves_it_to_a_person_and_says_why() -> None:
    settled = release(Failed("The model file is missing."))
    assert settled.decision == "review"
    assert "The model file is missing." in settled.reason


def test_a_picture_that_could_not_be_read_is_held() -> None:
    settled = release(Failed("This picture's data is damaged.", rejected=True))
    assert settled.decision == "held"
    assert "This picture's data is damaged." in settled.reason


def test_a_picture_that_nobody_looked_at_is_held() -> None:
    settled = release(Skipped("accept_image was rejected."))
    assert (settled.decision, settled.reason) == ("held", "Not looked at: accept_image was rejected.")


def test_every_ending_of_the_detector_gets_a_decision() -> None:
    [declared] = declared_in("handlers.decide_release")
    assert set(declared.awaits["nudity"].accepts) == {Failed, Skipped}
