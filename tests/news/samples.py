"""Pieces of news of every kind, as they are written."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.news import Address, Draft, Kind, Piece
from pipeline.outbox import Delivery

IMAGE = "019a9d3e-1f00-7000-8000-000000000001"
AT = datetime(2026, 11, 22, 9, 30, 0, 250000, UTC)
SITE = "https://pictures.example.org"
ABOUT: dict[str, Any] = {
    "image": IMAGE,
    "short": "IMG-7F3K",
    "entered_at": "2026-11-22T09:29:58.100+00:00",
    "source": "slack",
    "team": "T012AB3CD",
    "channel": "C012AB3CD",
}
PLACE = {"name": "Sofia", "region": "Sofia-Capital", "country": "Bulgaria", "country_code": "BG"}
DATA: dict[Kind, dict[str, Any]] = {
    "verdict": ABOUT
    | {
        "decision": "cleared",
        "contains_nudity": False,
        "contains_nudity_confidence": 97.1,
        "faces": 2,
        "watermark_found": False,
        "place": PLACE,
        "location": None,
        "format": "JPEG",
        "width": 4032,
        "height": 3024,
        "bytes": 3145728,
    },
    "held": ABOUT | {"decision": "held", "reason": "Nudity score 92 is 80 or more."},
    "failed": ABOUT | {"reason": "The file is cut off.", "parked": False},
    "published": ABOUT
    | {
        "shown": True,
        "page": f"{SITE}/i/{IMAGE}",
        "alt": "Two people in Sofia.",
        "renditions": [
            {
                "name": "w150",
                "width": 150,
                "height": 113,
                "format": "JPEG",
                "bytes": 5321,
                "url": f"{SITE}/i/{IMAGE}/w150-1a2b3c.jpg",
            }
        ],
        "bytes_before": 61000000,
        "bytes_after": 4200000,
    },
    "digest": {
        "date": "2026-11-22",
        "zone": "Europe/Sofia",
        "team": None,
        "channel": None,
        "headline": "14 images, 1 held, 0 failed, median 1.8 s, 61.0 MB saved",
        "images": 14,
        "held": 1,
        "week": [{"date": "2026-11-22", "images": 14}],
        "towns": [],
        "slowest": None,
        "parked": [],
        "lines": ["Slowest step: detect_faces, p95 812 ms over 14 runs."],
    },
    "alarm": {
        "rule": "parked",
        "subject": "",
        "state": "raised",
        "words": "3 runs are parked; run `loupe replay --parked`.",
        "raised_at": "2026-11-22T09:30:00.250+00:00",
        "resolved_at": None,
    },
    "test": {"words": "A test of the sink ops. Nothing has happened."},
}


def piece(kind: Kind, **data: Any) -> Piece:
    """A piece of a kind; ``data`` in place of what it would say."""
    found = DATA[kind] | data
    about = IMAGE if "image" in found else ""
    key = Draft(f"{about}/{kind}/1", kind, about or kind, found).id
    return Piece(key, kind, about or kind, AT, found, about, "T012AB3CD", "C012AB3CD" if about else "")


def delivery(kind: Kind = "verdict", sink: str = "ops", to: str = "", **changed: Any) -> Delivery:
    """A delivery of such a piece."""
    found = Delivery(1, piece(kind), Address(sink, to), "me", 1, AT.timestamp())
    return replace(found, **changed)
