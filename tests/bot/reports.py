"""Reports as ``pipeline.report`` builds them, made by hand."""

from dataclasses import asdict
from typing import Any

from pipeline.markup import markup
from pipeline.model import Rendition

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
        "page": None,
        "alt": None,
        "renditions": [],
        "bytes_before": None,
        "bytes_after": None,
        "html": None,
        "archive": None,
    }
    return {**known, **changes}


PAGE = "https://pictures.example/i/0190a0a0-0000-7000-8000-000000000001"
NAMED = {"art2560": (2560, 1440), "app512": (512, 384), "app108": (108, 81), "w150": (150, 113)}
NAMED |= {"h150": (200, 150), "box50": (50, 38)}
WIDTHS = {320: 240, 640: 480, 1280: 960, 2560: 1920}


def renditions(page: str = PAGE) -> list[dict[str, Any]]:
    """The 18 files of a picture, as the report lists them."""
    made = [(name, size, "JPEG") for name, size in NAMED.items()]
    made += [(f"s{wide}", (wide, WIDTHS[wide]), kind) for wide in WIDTHS for kind in ("JPEG", "WEBP", "AVIF")]
    return [_rendition(name, size, kind, page) for name, size, kind in made]


def _rendition(name: str, size: tuple[int, int], kind: str, page: str) -> dict[str, Any]:
    path = f"{name}-00112233445566{len(name):02d}.{kind.lower().replace('jpeg', 'jpg')}"
    return {
        "name": name,
        "width": size[0],
        "height": size[1],
        "format": kind,
        "bytes": size[0] * size[1] // 10,
        "bytes_uncompressed": size[0] * size[1] // 4,
        "scaling": "libvips",
        "encoder": kind.lower(),
        "quality": 77,
        "score": 77.3,
        "marked": True,
        "key": f"{page.rpartition('/')[2]}/{path}",
        "note": "",
        "url": f"{page}/{path}",
    }


def published(**changes: Any) -> dict[str, Any]:
    """The same picture with its web copies."""
    files = renditions()
    words = markup([Rendition(**each) for each in files], "Photo of 2 people")
    assert words
    known = {
        "watermark": {"found": False, "confidence": 3.0, "payload": None, "earlier": None}
        | {"added": "8000000000000001"},
        "page": PAGE,
        "alt": "Photo of 2 people",
        "renditions": files,
        "bytes_before": sum(each["bytes_uncompressed"] for each in files),
        "bytes_after": sum(each["bytes"] for each in files),
        "html": asdict(words),
    }
    return report(**known) | changes


def marked(**changes: Any) -> dict[str, Any]:
    """A mark as ``watermark`` tells of it, of a picture that Grace posted."""
    earlier: dict[str, Any] = {
        "id": "x",
        "short": "IMG-AAAA",
        "at": "2026-05-03T08:00:00+00:00",
        "team": "T1",
    }
    earlier |= {"person": "U0GRACE", "channel": "C2", "private": False}
    known = {"found": True, "confidence": 100.0, "payload": "8000000000000002", "earlier": earlier}
    return {**known, "added": None} | changes


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
