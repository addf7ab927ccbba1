"""Digests as they are written down, for tests of what Slack shows."""

from datetime import date
from typing import Any

from pipeline import digest
from pipeline.digest import Cases, Digest, Shelved
from pipeline.figures import Day, Figures, Scope, Step, Visited

TEAM, CHANNEL = "T0SANDBOX1", "C0PICTURES"
DAY = Day(date(2026, 11, 22), "Europe/Sofia")
HERE = Scope(TEAM, CHANNEL)
PARKED = (
    Shelved("IMG-0001", "find_place", 1, "No map."),
    Shelved("IMG-0002", "make_renditions", 3, "No disk."),
)
STEPS = (Step("detect_nudity", 14, 0, 0, 0, 80.0, 1234.0), Step("find_place", 14, 2, 0, 1, 5.0, 9.0))
CASES = Cases(parked=PARKED, parked_in_all=2, held=("IMG-0009",), formats=(("JPEG", 13), ("PNG", 1)))


def figures(day: Day, images: int = 0, **known: Any) -> Figures:
    """A day; what is not told otherwise was done."""
    others = sum(known.get(each, 0) for each in ("held", "rejected", "failed", "waiting"))
    return Figures(day, images=images, done=images - others, **known)


def written(scope: Scope = HERE, **changes: Any) -> Digest:
    """A usual digest."""
    saved = {"bytes_in": 90_000_000, "bytes_before": 65_000_000, "bytes_after": 4_000_000}
    last = figures(DAY, 14, held=1, median_seconds=1.84, p95_seconds=4.0, with_faces=5, published=12, **saved)
    week = [figures(day, number) for number, day in enumerate(DAY.week()[:-1])]
    known: dict[str, Any] = {
        "scope": scope,
        "figures": last,
        "week": (*week, last),
        "towns": (Visited("Sofia", "BG", 3), Visited("A & B", None, 1)),
        "steps": STEPS,
        "cases": CASES,
    }
    return Digest(**(known | changes))


def told(scope: Scope = HERE, **changes: Any) -> dict[str, Any]:
    """The data of a usual digest."""
    return digest.data(written(scope, **changes))
