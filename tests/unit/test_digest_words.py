"""The digest in words and as data."""

import json
from datetime import date
from typing import Any

from pipeline import digest
from pipeline.digest import Cases, Digest, Shelved
from pipeline.figures import EVERYTHING, Day, Figures, Scope, Step, Visited

DAY = Day(date(2026, 11, 22))


def told(**changes: Any) -> Digest:
    figures = Figures(
        DAY, images=14, done=13, held=1, median_seconds=1.84, bytes_before=65_000_000, bytes_after=4_000_000
    )
    week = tuple(Figures(day) for day in DAY.week()[:-1])
    known: dict[str, Any] = {
        "scope": EVERYTHING,
        "figures": figures,
        "week": (*week, figures),
        "towns": (),
        "steps": (),
    }
    return Digest(**(known | changes))


def test_the_headline_says_what_matters() -> None:
    assert digest.headline(told().figures) == "14 images, 1 held, 0 failed, median 1.8 s, 61.0 MB saved"


def test_a_single_image_is_not_images_and_what_is_not_there_is_not_said() -> None:
    assert digest.headline(Figures(DAY, images=1, done=1)) == "1 image, 0 held, 0 failed, 0 bytes saved"
    assert "2 rejected, 1 still waiting" in digest.headline(Figures(DAY, images=3, rejected=2, waiting=1))


def test_the_rest_is_told_line_by_line() -> None:
    step = Step("detect_faces", 1, 0, 0, 0, 80.0, 1234.0)
    runs = (Shelved("IMG-7F3K", "find_place", 2, "No disk."),)
    said = digest.lines(
        told(towns=(Visited("Sofia", "BG", 3),), steps=(step,), cases=Cases(parked=runs, parked_in_all=3))
    )
    assert said == [
        "Top places: Sofia (3).",
        "Slowest step: detect_faces, p95 1,234 ms over 1 run.",
        "Parked: find_place on IMG-7F3K.",
        "Parked and not named here: 2 runs.",
    ]  # fmt: skip


def test_what_is_written_down_is_plain_json_without_anything_that_an_erasure_would_look_for() -> None:
    runs = (Shelved("IMG-7F3K", "find_place", 2, "cannot open store/ab/abcdef"),)
    data = digest.data(
        told(cases=Cases(parked=runs, parked_in_all=1, held=("IMG-0001",), formats=(("JPEG", 2),)))
    )
    assert json.loads(json.dumps(data)) == data
    assert data["parked"] == [{"short": "IMG-7F3K", "actor": "find_place", "revision": 2}]
    assert "abcdef" not in json.dumps(data)
    assert data["week"][-1]["bytes_saved"] == data["bytes_saved"] == 61_000_000


def test_the_digest_of_everything_is_told_from_that_of_a_channel() -> None:
    assert digest.overall(digest.data(told()))
    assert not digest.overall(digest.data(told(scope=Scope("T1", "C1"))))
