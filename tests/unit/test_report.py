"""The report: its keys are a contract (docs/report.md), its values are worked out by hand here."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.ledger import Row, Task
from pipeline.model import Box, Camera, Earlier, Face, Location, MapLinks, Place, Source
from pipeline.report import findings, report
from pipeline.results import (
    Accepted,
    Arrived,
    Faces,
    Failed,
    Foreign,
    Metadata,
    Nudity,
    Placed,
    Release,
    Result,
    Skipped,
)

DOCUMENTED = (Path(__file__).parents[2] / "docs/report.md").read_text()
AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
SOURCE = Source("slack", "a.jpg", "F1", "T1", "C1", "1.2", "1.2", "U1")
ARRIVED = Arrived("0189", "IMG-7F3K", SOURCE, AT)
ACCEPTED = Accepted("ab" * 32, "originals/ab", "JPEG", 4000, 3000, 5_000_000)
ACTORS = ("accept_image", "detect_nudity", "decide_release")
# fmt: off
KEYS = [  # section 6 of the design
    "id", "source", "state", "reason", "entered_at", "sha256", "format", "width", "height", "bytes",
    "taken_at", "camera", "orientation", "location", "place", "map_links", "contains_nudity",
    "contains_nudity_confidence", "nudity_score", "faces", "watermark", "renditions", "bytes_before",
    "bytes_after", "html", "actors",
]
# fmt: on


def row(actor: str, result: Result, **more: Any) -> Row:
    return Row("0189", actor, result, AT, **more)


def rows(**results: Result) -> dict[str, Row]:
    return {"arrival": row("arrival", ARRIVED)} | {name: row(name, r) for name, r in results.items()}


def done() -> dict[str, Row]:
    return rows(
        accept_image=ACCEPTED, detect_nudity=Nudity(12.345, "m"), decide_release=Release("cleared", "Safe.")
    )


def test_it_has_every_key_of_the_contract_whatever_is_known() -> None:
    for known in (rows(), done(), rows(accept_image=Failed("No.", rejected=True))):
        assert set(KEYS) <= report(known, {}, ACTORS).keys()


def test_every_key_is_documented_and_nothing_else() -> None:
    table = [line.split("|")[1] for line in DOCUMENTED.splitlines() if line.startswith("| `")]
    documented = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    known = done() | {"zoom": row("zoom", Foreign("{}"))}
    assert report(known, {}, ACTORS).keys() == documented


def test_it_is_json() -> None:
    assert json.loads(json.dumps(report(done(), {}, ACTORS), allow_nan=False))["id"] == "0189"


def test_an_image_that_has_just_arrived_is_waiting_and_nothing_is_known() -> None:
    found = report(rows(), {"accept_image": Task("0189", "accept_image", 1, 50, 0.0)}, ACTORS)
    assert (found["id"], found["short"], found["state"]) == ("0189", "IMG-7F3K", "waiting")
    assert found["entered_at"] == "2026-03-04T05:06:07.891+00:00"
    unknown = set(KEYS) - {"id", "source", "state", "entered_at", "camera", "renditions", "actors"}
    assert {key: found[key] for key in unknown} == dict.fromkeys(unknown)
    assert found["camera"] == {"make": None, "model": None}


def test_the_source_says_only_what_is_known() -> None:
    assert findings(ARRIVED)["source"] == {
        "kind": "slack",
        "name": "a.jpg",
        "locator": "F1",
        "team": "T1",
        "channel": "C1",
        "message": "1.2",
        "thread": "1.2",
        "person": "U1",
        "private": False,
    }
    plain = Arrived("0189", "IMG-7F3K", Source("file", "a.jpg", "/a.jpg"), AT)
    assert findings(plain)["source"] == {
        "kind": "file",
        "name": "a.jpg",
        "locator": "/a.jpg",
        "private": False,
    }


@pytest.mark.parametrize(
    ("score", "contains", "confidence", "shown"),
    [
        (0.0, False, 100.0, 0.0),
        (12.345, False, 87.66, 12.35),
        (49.999, False, 50.0, 50.0),
        (50.0, True, 50.0, 50.0),
        (87.5, True, 87.5, 87.5),
        (100.0, True, 100.0, 100.0),
    ],
)
def test_nudity_is_a_verdict_with_the_confidence_in_that_verdict(
    score: float, contains: bool, confidence: float, shown: float
) -> None:
    found = findings(ARRIVED, Nudity(score, "m"))
    assert found["contains_nudity"] is contains
    assert found["contains_nudity_confidence"] == pytest.approx(confidence, abs=0.006)
    assert found["nudity_score"] == pytest.approx(shown, abs=0.006)


def test_faces_are_boxes_in_fractions() -> None:
    face = Face(Box(0.1, 0.2, 0.123456789, 0.4), 98.765)
    assert findings(ARRIVED, Faces((face,), "m"))["faces"] == [
        {"box": [0.1, 0.2, 0.12346, 0.4], "score": 98.77}
    ]
    assert findings(ARRIVED, Faces((), "m"))["faces"] == []


def test_metadata_and_place_are_brought_together() -> None:
    where = Location(48.137, 11.575, 519.0, 90.0, "exif")
    metadata = Metadata("2026-03-04T06:06:07", Camera("Fuji", "X100"), 6, where)
    place = Place("Munich", "Bavaria", "Germany", "DE", 0.4, "Europe/Berlin", "geonames")
    links = MapLinks("https://osm.example", "https://google.example")
    found = findings(ARRIVED, metadata, Placed(place, links, "2026-03-04T06:06:07+01:00"))
    assert found["taken_at"] == "2026-03-04T06:06:07+01:00"
    assert found["camera"] == {"make": "Fuji", "model": "X100"}
    assert found["orientation"] == 6
    assert found["location"] == {
        "latitude": 48.137,
        "longitude": 11.575,
        "altitude": 519.0,
        "direction": 90.0,
        "source": "exif",
        "by": None,
    }
    assert found["place"]["name"] == "Munich"
    assert found["map_links"] == {"openstreetmap": "https://osm.example", "google": "https://google.example"}
    assert findings(ARRIVED, metadata)["taken_at"] == "2026-03-04T06:06:07"


def test_a_duplicate_names_the_first() -> None:
    earlier = Earlier("0001", "IMG-0001", AT, SOURCE)
    accepted = Accepted("ab", "originals/ab", "JPEG", 1, 1, 1, duplicate_of=earlier)
    assert findings(ARRIVED, accepted)["duplicate_of"] == {
        "id": "0001",
        "short": "IMG-0001",
        "at": "2026-03-04T05:06:07.891+00:00",
        "person": "U1",
        "team": "T1",
        "channel": "C1",
        "private": False,
    }


def test_a_rejected_image_says_why() -> None:
    settled = rows(
        accept_image=Failed("Not a picture.", rejected=True),
        detect_nudity=Skipped("x"),
        decide_release=Skipped("x"),
    )
    found = report(settled, {}, ACTORS)
    assert (found["state"], found["reason"]) == ("rejected", "Not a picture.")


def test_an_image_is_waiting_while_anything_is_due_or_missing() -> None:
    task = Task("0189", "decide_release", 2, 50, 0.0)
    assert report(done(), {}, ACTORS)["state"] == "done"
    assert report(done(), {"decide_release": task}, ACTORS)["state"] == "waiting"
    assert report(done(), {}, (*ACTORS, "find_place"))["state"] == "waiting"


@pytest.mark.parametrize(
    ("found", "task", "shown"),
    [
        (None, None, ("waiting", 0, None, None, None)),
        (None, Task("0189", "a", 1, 50, 0.0), ("waiting", 0, None, None, None)),
        (None, Task("0189", "a", 1, 50, 0.0, 2, "Busy."), ("waiting", 2, None, None, "Busy.")),
        (None, Task("0189", "a", 1, 50, 0.0, 1, running=True), ("running", 1, None, None, None)),
        (ACCEPTED, None, ("done", 3, 1.5, 2, None)),
        (Failed("Broken."), None, ("failed", 3, 1.5, 2, "Broken.")),
        (Skipped("No."), None, ("skipped", 3, 1.5, 2, "No.")),
        (ACCEPTED, Task("0189", "a", 2, 50, 0.0, 1, running=True), ("running", 1, None, 2, None)),
    ],
)
def test_the_timeline_says_how_every_actor_stands(
    found: Result | None, task: Task | None, shown: tuple[object, ...]
) -> None:
    known = rows() | ({"a": row("a", found, attempts=3, ms=1.5, version=2)} if found else {})
    run = report(known, {"a": task} if task else {}, ["a"])["actors"]["a"]
    assert tuple(run[key] for key in ("state", "attempts", "ms", "version", "error")) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ('{"quality": 84}', {"quality": 84}),
        ("null", None),
        ("not JSON", "not JSON"),
        ("NaN", "NaN"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_what_others_found_is_passed_on_and_changes_nothing_else(data: str, shown: object) -> None:
    plain, found = (
        report(done(), {}, ACTORS),
        report(done() | {"zoom": row("zoom", Foreign(data))}, {}, ACTORS),
    )
    assert "foreign" not in plain
    assert found["foreign"] == {"zoom": shown}
    assert list(found["actors"]) == [*ACTORS, "zoom"]
    assert found["actors"]["zoom"]["state"] == "done"
    assert {n: v for n, v in found.items() if n not in ("foreign", "actors")} == {
        n: v for n, v in plain.items() if n != "actors"
    }


def test_an_actor_of_others_that_gave_up_is_listed_too() -> None:
    found = report(done() | {"zoom": row("zoom", Failed("No lens."))}, {}, ACTORS)
    assert "foreign" not in found
    assert (found["state"], found["reason"]) == ("done", None)
    assert (found["actors"]["zoom"]["state"], found["actors"]["zoom"]["error"]) == ("failed", "No lens.")
