"""The rows of an export, from facts, results and figures. Pure; the columns stand in export_schema.

Nobody can be told from an export: no file names, no persons, no positions, no hashes, no words of people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.export import Ended, Order, Row
from pipeline.export_schema import DAYS, ERASED, STEPS, Table
from pipeline.figures import EVERYTHING, Day, Facts, Figures, Scope, Step


def image_rows(facts: Iterable[Facts], order: Order, part: int) -> list[Row]:
    """Rows of the table ``images``."""
    zone = ZoneInfo(order.zone)
    return [_image(each, zone, order.places, part) for each in facts]


def _image(facts: Facts, zone: ZoneInfo, places: bool, part: int) -> Row:
    told = places and facts.decision == "cleared"
    return (
        facts.image,
        facts.short,
        facts.source,
        facts.team,
        None if facts.private else facts.channel or None,
        facts.private,
        _moment(facts.entered_at),
        facts.entered_at.astimezone(zone).date(),
        facts.state,
        facts.decision,
        facts.verdict_seconds,
        facts.format,
        facts.width,
        facts.height,
        facts.bytes,
        facts.frames,
        facts.nudity_score,
        facts.contains_nudity,
        facts.faces,
        facts.watermark_found,
        facts.place if told else None,
        facts.region if told else None,
        facts.country_code if told else None,
        facts.taken_at,
        facts.camera_make,
        facts.camera_model,
        facts.renditions,
        facts.bytes_before,
        facts.bytes_after,
        facts.bytes_before - facts.bytes_after,
        facts.parked,
        part,
    )


def result_rows(results: Iterable[Ended], part: int) -> list[Row]:
    """Rows of the table ``results``."""
    return [
        (r.image, r.actor, r.state, r.parked, r.attempts, r.ms, _at(r.at), r.version, r.revision, part)
        for r in results
    ]


def day_row(scope: Scope, figures: Figures) -> Row:
    """A row of the table ``days``."""
    everything = scope == EVERYTHING
    named = {"scope": "everything" if everything else "channel", "team": scope.team, "channel": scope.channel}
    told = named | ({"team": None, "channel": None} if everything else {})
    return _ordered(DAYS, {**asdict(figures), "bytes_saved": figures.saved, **told, **_dated(figures.day)})


def step_row(day: Day, step: Step) -> Row:
    """A row of the table ``steps``."""
    return _ordered(STEPS, {**asdict(step), **_dated(day)})


def erased_row(image: str, at: float) -> Row:
    """A row of the table ``erased``; ``at``: seconds since the epoch."""
    return _ordered(ERASED, {"id": image, "erased_at": _at(at)})


def _dated(day: Day) -> dict[str, Any]:
    return {"day": day.date, "zone": day.zone}


def _ordered(table: Table, values: Mapping[str, Any]) -> Row:
    return tuple(values[name] for name in table.names)


def _at(seconds: float) -> datetime:
    return _moment(datetime.fromtimestamp(seconds, UTC))


def _moment(at: datetime) -> datetime:
    """To the millisecond, as everywhere else."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
