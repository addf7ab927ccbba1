"""Reports and queues as text for a person at a terminal."""

from typing import Any

from loupe.words import queue_text, report_text, timeline_text
from pipeline.catalog import Queue


def a_report(**changes: Any) -> dict[str, Any]:
    run = {"state": "done", "attempts": 1, "ms": 12.4, "version": 1, "error": None}
    report: dict[str, Any] = {
        "id": "0190", "short": "IMG-7F3K", "source": {"kind": "file", "name": "beach.jpg"}, "state": "done",
        "reason": None, "format": "JPEG", "width": 4048, "height": 3036, "bytes": 4055536,
        "duplicate_of": None, "faces": [{"box": [0, 0, 1, 1], "score": 99.0}],
        "place": {"name": "Sofia", "region": None, "country": "Bulgaria"},
        "map_links": {"openstreetmap": "https://osm", "google": "https://g"}, "no_location": None,
        "camera": {"make": "Google", "model": "Pixel"}, "taken_at": "2018-07-25T16:34:23+02:00",
        "release": {"decision": "cleared", "reason": ""}, "nudity_score": 1.25,
        "actors": {"accept_image": run},
    }  # fmt: skip
    return report | changes


def test_the_verdict_comes_right_after_the_name() -> None:
    lines = report_text(a_report()).splitlines()
    assert lines[0].startswith("IMG-7F3K  beach.jpg")
    assert lines[1].strip() == "Nothing to hold back: nudity score 1.2 of 100"


def test_place_map_links_camera_and_size_are_told() -> None:
    text = report_text(a_report())
    for part in (
        "JPEG, 4048 x 3036, 4,055,536 bytes",
        "1 face\n",
        "Sofia, Bulgaria",
        "https://osm",
        "Google Pixel",
    ):
        assert part in text


def test_a_rejected_picture_says_why_and_no_more_than_is_known() -> None:
    text = report_text(
        a_report(
            state="rejected",
            reason="This is a PDF.",
            format=None,
            faces=None,
            place=None,
            map_links=None,
            camera={"make": None, "model": None},
            taken_at=None,
            release=None,
            nudity_score=None,
        )
    )
    assert text.splitlines()[1].strip() == "Rejected: This is a PDF."
    assert "face" not in text
    assert "Taken" not in text


def test_no_location_is_told_with_its_reason() -> None:
    text = report_text(a_report(place=None, map_links=None, no_location="The file states no position."))
    assert "No location: The file states no position." in text


def test_a_duplicate_names_the_first() -> None:
    assert "The same picture as IMG-1111" in report_text(a_report(duplicate_of={"short": "IMG-1111"}))


def test_the_timeline_has_a_line_per_actor_with_attempts_time_and_fault() -> None:
    parked = {"state": "failed", "attempts": 5, "ms": None, "version": 1, "error": "ValueError: x"}
    text = timeline_text(a_report(actors={"detect_faces": parked}))
    assert text.split() == ["detect_faces", "failed", "5", "x", "-", "ValueError:", "x"]


def test_the_queue_is_told_in_two_lines() -> None:
    queue = Queue(waiting=3, running=1, delayed=2, parked=1, oldest_seconds=61, images={"done": 7, "held": 1})
    assert queue_text(queue).splitlines() == [
        "Runs: 3 waiting, the oldest for 61 s, 1 running, 2 to be tried again, 1 parked",
        "Images: 7 done, 1 held",
    ]


def test_an_empty_ledger_has_no_images_yet() -> None:
    queue = Queue(waiting=0, running=0, delayed=0, parked=0, oldest_seconds=0, images={})
    assert queue_text(queue).endswith("Images: none yet")


def test_what_was_published_and_an_earlier_mark_are_told() -> None:
    text = report_text(
        a_report(
            watermark={"found": True, "confidence": 99.6, "earlier": {"short": "IMG-AAAA"}},
            page="https://pictures.example.org/i/0190",
            renditions=[{}, {}],
            bytes_before=73_557,
            bytes_after=32_187,
        )
    )
    assert "Already marked by IMG-AAAA, sure to 100 of 100" in text
    assert "Page: https://pictures.example.org/i/0190" in text
    assert "2 web copies: 32,187 bytes, 73,557 before compression" in text


def test_a_mark_of_nobody_we_know_names_nobody() -> None:
    text = report_text(a_report(watermark={"found": True, "confidence": 80.0, "earlier": None}))
    assert "Already marked by a picture that is not in this ledger" in text


def test_a_model_that_names_its_maker_is_not_told_twice() -> None:
    text = report_text(a_report(camera={"make": "Canon", "model": "Canon EOS R5"}))
    assert "with Canon EOS R5" in text
