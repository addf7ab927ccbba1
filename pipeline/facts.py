"""What the figures are made of: one flat line per image, worked out from its rows whenever they change.

A projection and nothing more: it can be made anew from the rows at any time. The time to the verdict alone is
taken from the first run, since a later one would make it longer than anybody waited: made anew after a replay
it is not known. Where a picture was taken is in its facts only as long as the picture may be shown.
"""

from typing import Any, TypeVar

from pipeline.figures import Facts
from pipeline.ledger import Row, Rows
from pipeline.model import Camera, Place
from pipeline.report import NUDE_FROM
from pipeline.results import (
    Accepted,
    Arrived,
    Faces,
    Metadata,
    Nudity,
    Placed,
    Published,
    Release,
    Result,
    WatermarkSeen,
)

TELLING = "report_findings"
"""The actor whose row says when people were told."""
NOWHERE = Place(None, None, None, None, None, None, "")
R = TypeVar("R", bound=Result)


def facts(rows: Rows, state: str | None) -> Facts | None:
    """The facts of an image; ``state``: its state once it is settled. None without an arrival."""
    arrived = _of(rows, Arrived)
    if arrived is None:
        return None
    source, told = arrived.source, rows.get(TELLING)
    return Facts(
        image=arrived.image,
        short=arrived.short,
        source=source.kind,
        team=source.team,
        channel=source.channel,
        private=source.private,
        entered_at=arrived.at,
        state=state or "waiting",  # type: ignore[arg-type]  # a plan's state is one of these
        verdict_seconds=_waited(arrived, told),
        parked=sum(row.parked for row in rows.values()),
        **_looked(rows),
        **_published(rows),
    )


def _waited(arrived: Arrived, told: Row | None) -> float | None:
    if told is None or told.revision > 1 or told.state != "done":
        return None
    return max(0.0, round((told.at - arrived.at).total_seconds(), 3))


def _looked(rows: Rows) -> dict[str, Any]:
    accepted, nudity, faces = _of(rows, Accepted), _of(rows, Nudity), _of(rows, Faces)
    release, seen, metadata = _of(rows, Release), _of(rows, WatermarkSeen), _of(rows, Metadata)
    placed = _of(rows, Placed)
    shown = placed if release and release.decision == "cleared" else None
    town = (shown.place if shown else None) or NOWHERE
    camera = metadata.camera if metadata else Camera()
    return {
        "decision": release and release.decision,
        "format": accepted and accepted.format,
        "width": accepted and accepted.width,
        "height": accepted and accepted.height,
        "bytes": accepted and accepted.bytes,
        "frames": accepted and accepted.frames,
        "nudity_score": nudity and round(nudity.score, 2),
        "contains_nudity": nudity and nudity.score >= NUDE_FROM,
        "faces": len(faces.faces) if faces else None,
        "watermark_found": seen and seen.found,
        "place": town.name,
        "region": town.region,
        "country_code": town.country_code,
        "taken_at": (placed and placed.taken_at) or (metadata and metadata.taken_at),
        "camera_make": camera.make,
        "camera_model": camera.model,
    }


def _published(rows: Rows) -> dict[str, Any]:
    """Nothing of a picture that is not cleared."""
    published, release = _of(rows, Published), _of(rows, Release)
    if published is None or release is None or release.decision != "cleared":
        return {}
    return {
        "renditions": len(published.renditions),
        "bytes_before": sum(each.bytes_uncompressed for each in published.renditions),
        "bytes_after": sum(each.bytes for each in published.renditions),
    }


def _of(rows: Rows, kind: type[R]) -> R | None:
    return next((row.result for row in rows.values() if isinstance(row.result, kind)), None)
