"""How an image ended, from the results of its actors."""

from datetime import UTC, datetime

import pytest

from pipeline.model import Source
from pipeline.results import Accepted, Arrived, Faces, Failed, Release, Result, Skipped
from pipeline.state import state

ARRIVED = Arrived("i", "IMG-7F3K", Source("file", "a.jpg", "a.jpg"), datetime.now(UTC))
ACCEPTED = Accepted("ab", "originals/ab", "JPEG", 1, 1, 1)
REJECTED, PARKED, SKIPPED = Failed("No.", rejected=True), Failed("Broken."), Skipped("No.")
FACES = Faces((), "m")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([ARRIVED, ACCEPTED, FACES, Release("cleared", "Safe.")], "done"),
        ([ARRIVED, ACCEPTED, FACES], "done"),
        ([ARRIVED, ACCEPTED, SKIPPED], "done"),
        ([ARRIVED, REJECTED, SKIPPED], "rejected"),
        ([ARRIVED, REJECTED, PARKED], "rejected"),
        ([ARRIVED, ACCEPTED, REJECTED, SKIPPED], "rejected"),
        ([ARRIVED, PARKED, SKIPPED], "failed"),
        ([ARRIVED, ACCEPTED, PARKED, Release("cleared", "Safe.")], "failed"),
        ([ARRIVED, ACCEPTED, Release("held", "Nude.")], "held"),
        ([ARRIVED, ACCEPTED, Release("review", "Perhaps.")], "held"),
        ([ARRIVED, ACCEPTED, PARKED, Release("held", "Nude.")], "held"),
    ],
)
def test_an_image_ends_as_its_results_say(results: list[Result], expected: str) -> None:
    assert state(results) == expected
    assert state(results[::-1]) == expected
