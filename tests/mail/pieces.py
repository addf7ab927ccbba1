"""Pieces of news, as the pipeline writes them, for letters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline import alarms, digest
from pipeline.alarms import Alarm
from pipeline.digest import Cases, Digest, Shelved
from pipeline.figures import EVERYTHING, Day, Figures, Scope, Step, Visited
from pipeline.news import Draft, Kind, Piece

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = Day(date(2026, 11, 21), "Europe/Sofia")
COUNTS = (3, 0, 41, 1_208, 7, 22, 14)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005"
    "0001ff89993d1d0000000049454e44ae426082"
)
"""One pixel."""


def figures(day: Day, images: int) -> Figures:
    return Figures(
        day=day,
        images=images,
        done=max(0, images - 2),
        held=min(images, 1),
        failed=int(images > 1),
        nude=min(images, 1),
        with_faces=images // 2,
        published=max(0, images - 2),
        median_seconds=1.0 + images / 17 if images else None,
        p95_seconds=4.25 if images else None,
        bytes_in=images * 2_345_678,
        bytes_before=images * 5_000_000,
        bytes_after=images * 640_001,
    )


def digest_data(scope: Scope = EVERYTHING, **changes: Any) -> dict[str, Any]:
    """The data of a digest with everything in it."""
    week = tuple(figures(day, count) for day, count in zip(DAY.week(), COUNTS, strict=True))
    whole = Digest(
        scope=scope,
        figures=week[-1],
        week=week,
        towns=(Visited("Interlaken", "CH", 5), Visited("Sofia", "BG", 2)),
        steps=(Step("make_renditions", 13, 1, 0, 2, 812.4, 2_345.6),),
        cases=Cases(
            parked=(Shelved("IMG-7F3K", "publish_image", 1, "The disk is full"),),
            parked_in_all=1,
            held=("IMG-9ABC",),
        ),
    )
    return digest.data(whole) | changes


def piece(kind: Kind = "digest", data: dict[str, Any] | None = None, **changes: Any) -> Piece:
    known = digest_data() if data is None else data
    draft = Draft(f"{kind}/1", kind, f"{kind}/1", known)
    made: dict[str, Any] = {"id": draft.id, "kind": kind, "subject": draft.subject, "at": AT, "data": known}
    return Piece(**(made | changes))


RAISED = Alarm(
    "disk", "", "The disk has 0.4 GB left\nFree some space: nothing that was accepted is lost.", AT
)
ALARM = alarms.data(RAISED)
RESOLVED = alarms.data(replace(RAISED, resolved_at=AT + timedelta(hours=1)))
PUBLISHED = {
    "image": "018f-image",
    "short": "IMG-7F3K",
    "state": "done",
    "entered_at": "2026-11-22T08:59:00+00:00",
    "source": "slack",
    "team": "T01",
    "channel": "C0PICTURES",
    "shown": True,
    "page": "https://pictures.example.org/i/018f-image",
    "alt": "Photo of two people in Interlaken, Switzerland",
    "renditions": [{"name": "w150"}, {"name": "h150"}],
    "bytes_before": 5_000_000,
    "bytes_after": 640_001,
}
VERDICT = {
    "image": "018f-image",
    "short": "IMG-7F3K",
    "state": "done",
    "entered_at": "2026-11-22T08:59:00+00:00",
    "channel": None,
    "decision": "cleared",
    "contains_nudity": False,
    "contains_nudity_confidence": 97.0,
    "faces": 2,
    "watermark_found": False,
    "place": {"name": "Interlaken", "region": "Bern", "country": "Switzerland", "country_code": "CH"},
    "location": None,
    "format": "JPEG",
    "width": 4032,
    "height": 3024,
    "bytes": 2_345_678,
}
