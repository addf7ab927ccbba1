"""What nobody has looked at is not shown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.decide_release import ASKED, RELEASED, decide_release
from pipeline.actor import declared_in
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.model import Source
from pipeline.ports import Note, Notes, Wish
from pipeline.results import Arrived, Failed, Nudity, Release, Skipped

ARRIVED = Arrived("image-1", "IMG-0001", Source("slack", "a.jpg", "F1"), datetime.now(UTC))


@dataclass(frozen=True)
class Bands:
    safe_below: float = 20
    nude_from: float = 80


class NoNotes:
    """Nobody asked for anything."""

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None: ...

    def get(self, image: str, wish: Wish) -> Note | None: ...

    def clear(self, image: str, wish: Wish) -> None: ...


def release(
    nudity: Nudity | Failed | Skipped, bands: Bands | None = None, notes: Notes | None = None
) -> Release:
    result = decide_release(ARRIVED, nudity, bands or Bands(), notes or NoNotes())
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


@pytest.fixture
def notes(tmp_path: Path) -> SqliteNotes:
    return SqliteNotes(Database(tmp_path / "ledger.db"))


def test_a_person_can_ask_that_nobody_sees_it_before_a_moderator(notes: SqliteNotes) -> None:
    notes.set("image-1", "hold", "", "U0ADALOVE1")
    assert release(Nudity(1, "m"), notes=notes) == Release("review", ASKED)
    notes.clear("image-1", "hold")
    assert release(Nudity(1, "m"), notes=notes).decision == "cleared"


def test_who_asked_is_not_told(notes: SqliteNotes) -> None:
    notes.set("image-1", "hold", "it is my neighbour", "U0ADALOVE1")
    assert not any(word in release(Nudity(1, "m"), notes=notes).reason for word in ("U0ADA", "neighbour"))


def test_what_is_asked_of_one_image_holds_no_other(notes: SqliteNotes) -> None:
    notes.set("image-2", "hold")
    assert release(Nudity(1, "m"), notes=notes).decision == "cleared"


@pytest.mark.parametrize(
    "nudity", [Nudity(50, "m"), Nudity(99, "m"), Failed("broken"), Failed("no", rejected=True), Skipped("no")]
)
def test_asking_never_makes_a_decision_milder(notes: SqliteNotes, nudity: Nudity | Failed | Skipped) -> None:
    before = release(nudity, notes=notes)
    notes.set("image-1", "hold")
    assert release(nudity, notes=notes) == before


@pytest.mark.parametrize("nudity", [Nudity(50, "m"), Nudity(99, "m"), Failed("broken")])
def test_who_has_looked_can_release_what_the_detector_held(
    notes: SqliteNotes, nudity: Nudity | Failed
) -> None:
    notes.set("image-1", "release")
    assert release(nudity, notes=notes) == Release("cleared", RELEASED)
    notes.clear("image-1", "release")
    assert release(nudity, notes=notes).decision != "cleared"


@pytest.mark.parametrize("nudity", [Failed("no", rejected=True), Skipped("no")])
def test_what_nobody_can_look_at_is_not_released(notes: SqliteNotes, nudity: Failed | Skipped) -> None:
    notes.set("image-1", "release")
    assert release(nudity, notes=notes).decision == "held"


@given(st.floats(0, 100))
def test_a_wish_to_hold_goes_before_a_release(score: float) -> None:
    class Both(NoNotes):
        def get(self, image: str, wish: Wish) -> Note | None:
            return Note("", "", datetime.now(UTC)) if wish in ("hold", "release") else None

    assert release(Nudity(score, "m"), notes=Both()).decision != "cleared"
