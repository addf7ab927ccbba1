"""The way of an image as a trace: how long each step of it took, for those who use OpenTelemetry.

Ids follow from the image and its rows, so that what is sent twice is the same trace. No name, place, reason
or position is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from pipeline.ledger import ARRIVAL, Row, Rows
from pipeline.results import Arrived

ROOT = "image"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of time. Ids have 64 bits and are never 0."""

    id: int
    parent: int | None
    name: str
    start: datetime
    end: datetime
    failed: bool
    attributes: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Way:
    """What became of an image, from its arrival on; the first span is the whole of it."""

    id: int
    """128 bits: the image's GUID."""
    spans: tuple[Span, ...]


class Collector(Protocol):
    """Takes ways."""

    def take(self, ways: Sequence[Way]) -> None:
        """Take them all. Raises ``Unavailable`` when it did not."""


class Journal(Protocol):
    """Knows which images settled anew, and how far a collector took them."""

    def settled(self, most: int) -> tuple[int, list[tuple[str, str]]]:
        """The images, with their states, of the next ``most`` changes, and where these end.

        The first time nothing is due: what settled before is left out.
        """

    def took(self, number: int) -> None:
        """The collector took everything up to there."""


def way(rows: Rows, state: str) -> Way | None:
    """The way of a settled image; None without an arrival."""
    arrived = rows[ARRIVAL].result if ARRIVAL in rows else None
    if not isinstance(arrived, Arrived):
        return None
    whole = Span(
        id=_id(arrived.image, ROOT),
        parent=None,
        name=ROOT,
        start=arrived.at,
        end=max(row.at for row in rows.values()),
        failed=state == "failed",
        attributes={"loupe.state": state, "loupe.source": arrived.source.kind},
    )
    steps = (_step(row, whole.id) for row in sorted(rows.values(), key=lambda row: row.at))
    return Way(UUID(arrived.image).int, (whole, *(step for step in steps if step.name != ARRIVAL)))


def _step(row: Row, parent: int) -> Span:
    return Span(
        id=_id(row.image, f"{row.actor}/{row.revision}"),
        parent=parent,
        name=row.actor,
        start=row.at - timedelta(milliseconds=row.ms),
        end=row.at,
        failed=row.state == "failed",
        attributes={
            "loupe.state": row.state,
            "loupe.attempts": row.attempts,
            "loupe.version": row.version,
            "loupe.revision": row.revision,
        },
    )


def _id(image: str, what: str) -> int:
    return int.from_bytes(sha256(f"{image}/{what}".encode()).digest()[:8]) or 1
