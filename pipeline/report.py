"""The report: everything known about one image, as the JSON that people and programs rely on.

Its keys are a contract (docs/report.md); a value that is not known (yet) is null.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.ledger import ARRIVAL, Row, Rows, Task
from pipeline.markup import markup
from pipeline.model import Earlier, Source
from pipeline.results import (
    Accepted,
    Archived,
    Arrived,
    Faces,
    Failed,
    Foreign,
    Metadata,
    Nudity,
    Placed,
    Published,
    Release,
    Removed,
    Renditions,
    Restored,
    Result,
    Skipped,
    WatermarkSeen,
)
from pipeline.state import state

NUDE_FROM = 50.0
"""``contains_nudity`` is this score or more; what may be shown is decided by bands of their own."""


def report(rows: Rows, tasks: Mapping[str, Task], actors: Sequence[str]) -> dict[str, Any]:
    """The report of an image from its rows; ``actors`` names all there are, for those still waiting.

    Actors of other programs and versions stand behind them.
    """
    found = {name: row.result for name, row in rows.items()}
    arrived = found[ARRIVAL]
    assert isinstance(arrived, Arrived)
    waiting = Skipped("Waiting.")
    known = findings(arrived, *(found.get(name, waiting) for name in actors))
    settled = not tasks and all(name in rows for name in actors)
    others = sorted({*rows}.difference(actors, {ARRIVAL}))
    foreign = {name: _foreign(r.data) for name in others if isinstance(r := found[name], Foreign)}
    return {
        **known,
        "state": known["state"] if settled else "waiting",
        **({"foreign": foreign} if foreign else {}),
        "actors": {name: _run(rows.get(name), tasks.get(name)) for name in (*actors, *others)},
    }


def findings(arrived: Arrived, *results: Result) -> dict[str, Any]:
    """The report without its timeline, from whatever results there are, in the chain's order."""
    failed = [r for r in results if isinstance(r, Failed)]
    first = {type(r): r for r in reversed(results)}
    return {
        "id": arrived.image,
        "short": arrived.short,
        "source": _source(arrived.source),
        "state": state(results),
        "reason": failed[0].reason if failed else None,
        "entered_at": _time(arrived.at),
        **_accepted(first.get(Accepted)),
        **_metadata(first.get(Metadata), first.get(Placed)),
        **_nudity(first.get(Nudity)),
        **_faces(first.get(Faces)),
        **_release(first.get(Release)),
        "watermark": _watermark(first.get(WatermarkSeen), first.get(Renditions)),
        **_published(first.get(Published), first.get(Release)),
        "archive": _archive(first.get(Archived), first.get(Restored), first.get(Removed)),
    }


def _source(source: Source) -> dict[str, Any]:
    return {name: value for name, value in asdict(source).items() if value not in ("", None)}


def _accepted(found: Result | None) -> dict[str, Any]:
    known = found if isinstance(found, Accepted) else None
    return {
        "sha256": known and known.sha256,
        "format": known and known.format,
        "width": known and known.width,
        "height": known and known.height,
        "bytes": known and known.bytes,
        "frames": known and known.frames,
        "duplicate_of": _earlier(known.duplicate_of) if known and known.duplicate_of else None,
    }


def _earlier(first: Earlier) -> dict[str, Any]:
    source = first.source
    return {
        "id": first.image,
        "short": first.short,
        "at": _time(first.at),
        "person": source.person or None,
        "team": source.team or None,
        "channel": source.channel or None,
        "private": source.private,
    }


def _metadata(found: Result | None, placed: Result | None) -> dict[str, Any]:
    known = found if isinstance(found, Metadata) else Metadata()
    where = placed if isinstance(placed, Placed) else Placed(None, None, None)
    return {
        "taken_at": where.taken_at or known.taken_at,
        "camera": asdict(known.camera),
        "orientation": known.orientation,
        "location": asdict(known.location) if known.location else None,
        "no_location": known.no_location,
        "place": asdict(where.place) if where.place else None,
        "map_links": asdict(where.map_links) if where.map_links else None,
    }


def _nudity(found: Result | None) -> dict[str, Any]:
    if not isinstance(found, Nudity):
        return {"contains_nudity": None, "contains_nudity_confidence": None, "nudity_score": None}
    return {
        "contains_nudity": found.score >= NUDE_FROM,
        "contains_nudity_confidence": round(max(found.score, 100 - found.score), 2),
        "nudity_score": round(found.score, 2),
    }


def _faces(found: Result | None) -> dict[str, Any]:
    if not isinstance(found, Faces):
        return {"faces": None}
    boxes = [(f.box, f.score) for f in found.faces]
    return {
        "faces": [
            {"box": [round(v, 5) for v in (b.x, b.y, b.width, b.height)], "score": round(score, 2)}
            for b, score in boxes
        ]
    }


def _release(found: Result | None) -> dict[str, Any]:
    return {"release": asdict(found) if isinstance(found, Release) else None}


def _watermark(seen: Result | None, made: Result | None) -> dict[str, Any] | None:
    if not isinstance(seen, WatermarkSeen):
        return None
    known = made if isinstance(made, Renditions) else None
    return {
        "found": seen.found,
        "confidence": round(seen.confidence, 2),
        "payload": seen.payload,
        "earlier": _earlier(seen.earlier) if seen.earlier else None,
        "added": known and known.payload,
    }


def _published(found: Result | None, release: Result | None) -> dict[str, Any]:
    """Nothing at all of a picture that is not cleared."""
    cleared = isinstance(release, Release) and release.decision == "cleared"
    known = found if isinstance(found, Published) and cleared else None
    files = known.renditions if known else ()
    words = markup(files, known.alt) if known else None
    return {
        "page": known and known.page,
        "alt": known and known.alt,
        "renditions": [asdict(each) for each in files],
        "bytes_before": sum(each.bytes_uncompressed for each in files) if known else None,
        "bytes_after": sum(each.bytes for each in files) if known else None,
        "html": asdict(words) if words else None,
    }


def _archive(kept: Result | None, restored: Result | None, removed: Result | None) -> dict[str, Any] | None:
    """None as long as the archive has nothing."""
    if not isinstance(kept, Archived):
        return None
    back = restored if isinstance(restored, Restored) else None
    return {
        "state": "restored" if back else "archived" if isinstance(removed, Removed) else "copied",
        "at": _time(kept.at),
        "bytes": kept.bytes,
        "until": back and _time(back.until),
    }


def _run(row: Row | None, task: Task | None) -> dict[str, Any]:
    if task:
        attempts, error = task.attempts, task.error
        return {"state": "running" if task.running else "waiting", "attempts": attempts, "ms": None} | {
            "version": row.version if row else None,
            "error": error,
        }
    if not row:
        return {"state": "waiting", "attempts": 0, "ms": None, "version": None, "error": None}
    error = row.result.reason if isinstance(row.result, Failed | Skipped) else None
    return {
        "state": row.state,
        "attempts": row.attempts,
        "ms": row.ms,
        "version": row.version,
        "error": error,
    }


def _foreign(data: str) -> Any:
    """What the text says; the text itself where it is no JSON."""
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return data


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON.")


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
