"""Reports as they may stand at the end: cleared with everything, held, rejected, failed, still waiting."""

from __future__ import annotations

from typing import Any

STEPS = ("accept_image", "read_metadata", "detect_faces", "decide_release")
DONE = {name: {"state": "done", "attempts": 1, "ms": 5, "version": 1, "error": None} for name in STEPS}
MARKUP = {
    "img": '<img src="a.jpg" alt="A drawing">',
    "picture": "<picture></picture>",
    "amp": "<amp-img></amp-img>",
}
BARE: dict[str, Any] = {
    "state": "done", "reason": None, "entered_at": "2026-05-01T10:00:00.000+00:00", "format": "JPEG",
    "width": 4000, "height": 3000, "bytes": 4_200_000, "duplicate_of": None, "taken_at": None,
    "camera": {"make": None, "model": None}, "location": None, "no_location": "The file states no position.",
    "place": None, "map_links": None, "contains_nudity": False, "contains_nudity_confidence": 98.0,
    "nudity_score": 2.0, "faces": [], "release": {"decision": "cleared", "reason": "Nudity score 2."},
    "watermark": None, "page": None, "renditions": [], "bytes_before": None, "bytes_after": None,
    "html": None, "actors": DONE,
}  # fmt: skip


def report(id: str, name: str = "drawing.jpg", **known: Any) -> dict[str, Any]:
    """A report with what is given, and a plain picture otherwise."""
    return {
        **BARE,
        "id": id,
        "short": f"IMG-{id.upper()}",
        "source": {"kind": "upload", "name": name},
        **known,
    }


def full(id: str = "full", **known: Any) -> dict[str, Any]:
    """One with everything."""
    copy = {"width": 640, "height": 480, "bytes": 30_000, "bytes_uncompressed": 60_000}
    return report(
        id,
        taken_at="2026-04-30T18:05:00+02:00",
        camera={"make": "Pentax", "model": "K-70"},
        location={
            "latitude": 46.6863,
            "longitude": 7.8632,
            "altitude": None,
            "direction": None,
            "source": "exif",
        },
        no_location=None,
        place={"name": "Interlaken", "region": "Bern", "country": "Switzerland"},
        map_links={"openstreetmap": "https://osm.example/", "google": "https://google.example/"},
        faces=[{"box": [0.1, 0.2, 0.25, 0.4], "score": 97.0}, {"box": [0.6, 0.3, 0.1, 0.2], "score": 88.0}],
        watermark={"found": True, "confidence": 99.0, "payload": None, "earlier": {"short": "IMG-OLD1"}},
        duplicate_of={"short": "IMG-OLD1"},
        renditions=[
            {**copy, "name": "s640", "format": each, "url": f"https://pictures.example.org/s640.{each}"}
            for each in ("JPEG", "AVIF")
        ],
        bytes_before=120_000,
        bytes_after=60_000,
        html=MARKUP,
        **known,
    )


def held(id: str = "held") -> dict[str, Any]:
    """One that nobody may see."""
    release = {"decision": "held", "reason": "Nudity score 91 is 60 or more."}
    return report(id, state="held", contains_nudity=True, contains_nudity_confidence=91.0, release=release)


def rejected(id: str = "rejected") -> dict[str, Any]:
    """No picture at all."""
    nothing: dict[str, Any] = dict.fromkeys(("width", "height", "bytes", "faces", "contains_nudity"))
    return report(id, state="rejected", reason="This file is damaged.", release=None, **nothing)


def failed(id: str = "failed") -> dict[str, Any]:
    """One whose run was parked."""
    return report(id, state="failed", reason="The detector stopped.", faces=None)


def waiting(id: str = "waiting") -> dict[str, Any]:
    """One that is being looked at."""
    actors = DONE | {"decide_release": {**DONE["decide_release"], "state": "running"}}
    return report(id, state="waiting", release=None, actors=actors)


ALL = [full(), held(), rejected(), failed(), waiting()]
