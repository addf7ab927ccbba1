"""Reports as ``pipeline.report`` builds them, made by hand."""

from typing import Any

SLACK = {
    "kind": "slack",
    "name": "lake.jpg",
    "locator": "F1",
    "team": "T1",
    "channel": "C1",
    "message": "1.1",
    "thread": "1.1",
    "person": "U0ADALOVE1",
    "private": False,
}


def report(**changes: Any) -> dict[str, Any]:
    """A picture of two people at a lake, cleared."""
    known: dict[str, Any] = {
        "id": "0190a0a0-0000-7000-8000-000000000001",
        "short": "IMG-7F3K",
        "source": SLACK,
        "state": "done",
        "reason": None,
        "entered_at": "2026-11-22T09:00:00+00:00",
        "sha256": "ab" * 32,
        "format": "JPEG",
        "width": 4000,
        "height": 3000,
        "bytes": 3_200_000,
        "frames": 1,
        "duplicate_of": None,
        "taken_at": "2024-05-01T12:03:00+02:00",
        "camera": {"make": "Canon", "model": "Canon EOS R5"},
        "orientation": 1,
        "location": {
            "latitude": 46.6863,
            "longitude": 7.8632,
            "altitude": None,
            "direction": None,
            "source": "exif",
        },
        "no_location": None,
        "place": {
            "name": "Interlaken",
            "region": "Bern",
            "country": "Switzerland",
            "country_code": "CH",
            "distance_km": 0.4,
            "timezone": "Europe/Zurich",
            "source": "geonames",
        },
        "map_links": {
            "openstreetmap": "https://www.openstreetmap.org/?mlat=46.6863&mlon=7.8632#map=15/46.6863/7.8632",
            "google": "https://www.google.com/maps/search/?api=1&query=46.6863,7.8632",
        },
        "contains_nudity": False,
        "contains_nudity_confidence": 96.4,
        "nudity_score": 3.6,
        "faces": [
            {"box": [0.1, 0.1, 0.2, 0.2], "score": 99.0},
            {"box": [0.5, 0.1, 0.2, 0.2], "score": 91.0},
        ],
        "release": {"decision": "cleared", "reason": "The score is below 20."},
        "watermark": None,
        "renditions": [],
        "bytes_before": None,
        "bytes_after": None,
        "html": None,
    }
    return {**known, **changes}


def held(**changes: Any) -> dict[str, Any]:
    """The same picture, held."""
    nude = {"contains_nudity": True, "nudity_score": 97.0, "contains_nudity_confidence": 97.0}
    return report(state="held", release={"decision": "held", "reason": "The score is 97."}, **nude) | changes


def review(**changes: Any) -> dict[str, Any]:
    """The same picture, waiting for a person."""
    return held(release={"decision": "review", "reason": "The score is 50."}) | changes


def rejected(reason: str = "This is not a picture.", **changes: Any) -> dict[str, Any]:
    """Something that was no picture."""
    nothing = dict.fromkeys(
        ("format", "width", "height", "bytes", "faces", "nudity_score", "location", "place", "map_links")
    )
    return report(state="rejected", reason=reason, release=None, camera={}, **nothing) | changes
