"""The forms in which news leaves: a CloudEvent, flat JSON, three values. Pure; docs/news.md shows them all.

Sources: CloudEvents 1.0.2 (https://github.com/cloudevents/spec, structured JSON); IFTTT's Webhooks service
(value1, value2, value3). The schema of every form is docs/news.schema.json.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.news import Piece
from pipeline.telling import headline, lines, link

SCHEMA = "urn:loupe:news:v1"
"""Names the schema; ``#verdict`` and so on are its parts."""
SMALL = 4096
"""Bytes within which an event on a topic stays (design, section 3)."""
BULKY = ("week", "renditions", "lines", "parked", "towns")
"""Lists that are left out, one after the other, of an event that has to be small."""


def event(piece: Piece, source: str) -> dict[str, Any]:
    """The piece as a CloudEvent. ``source``: the address of this installation."""
    return {
        "specversion": "1.0",
        "id": piece.id,
        "source": source,
        "type": f"loupe.{piece.kind}.v1",
        "subject": piece.subject,
        "time": piece.at.isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA}#{piece.kind}",
        "data": dict(piece.data),
    }


def packed(found: Mapping[str, Any]) -> str:
    """JSON without needless spaces."""
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


def small(found: Mapping[str, Any]) -> str:
    """An event as JSON of less than 4 KB: lists are left out where it would be longer."""
    data = dict(found["data"])
    for name in BULKY:
        if len(packed({**found, "data": data}).encode()) < SMALL:
            break
        data.pop(name, None)
    text = packed({**found, "data": data})
    if len(text.encode()) < SMALL:
        return text
    return packed(
        {**found, "data": {n: v for n, v in data.items() if not isinstance(v, str) or len(v) < 200}}
    )


def flat(piece: Piece) -> dict[str, Any]:
    """The piece for services that know scalars only: ``place_name`` for ``place.name``, counts for lists."""
    return {
        **dict(_flattened("", {name: value for name, value in piece.data.items() if name != "lines"})),
        "id": piece.id,
        "kind": piece.kind,
        "subject": piece.subject,
        "time": piece.at.isoformat(timespec="milliseconds"),
        "headline": headline(piece),
        "text": "\n".join(lines(piece)),
        "link": link(piece),
    }


def values(piece: Piece) -> dict[str, str]:
    """The piece as IFTTT takes it: the headline, the rest of it in words, a link."""
    return {"value1": headline(piece), "value2": "\n".join(lines(piece)), "value3": link(piece)}


def _flattened(prefix: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flattened(f"{prefix}{name}_", value)
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}_count", len(value)
        else:
            yield f"{prefix}{name}", value
