"""Pieces of news of every kind, as they are written."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pipeline import alarms, digest
from pipeline.alarms import Alarm
from pipeline.digest import Cases, Digest
from pipeline.figures import EVERYTHING, Day, Figures, Step
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
TODAY = Figures(
    Day(date(2026, 11, 22), "Europe/Sofia"),
    images=14,
    done=12,
    held=1,
    failed=1,
    nude=1,
    with_faces=6,
    published=12,
    median_seconds=1.8,
    p95_seconds=3.1,
    bytes_in=44_000_000,
    bytes_before=70_000_000,
    bytes_after=9_000_000,
)
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
    "digest": digest.data(
        Digest(
            scope=EVERYTHING,
            figures=TODAY,
            week=(TODAY,),
            towns=(),
            steps=(Step("detect_faces", 14, 0, 0, 0, 231.0, 812.0),),
            cases=Cases(held=("IMG-9W2Q",), formats=(("JPEG", 12), ("PNG", 2))),
        )
    ),
    "alarm": alarms.data(
        Alarm("parked", "", "3 runs are parked.\nRun `loupe replay --parked`.", AT, number=1)
    ),
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
