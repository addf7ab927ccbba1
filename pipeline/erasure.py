"""What an erasure knows of an image and asks of the ledger, and what others may keep of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pipeline.cards import Message
from pipeline.model import Earlier, Location, Source
from pipeline.results import Accepted, Result, WatermarkSeen
from pipeline.tickets import ID

BOXED = ("upload", "folder", "s3")
"""Kinds of sources whose locator begins with an id in a box."""
SHORTEST = 6
"""Names with fewer characters stand in other words by chance."""


@dataclass(frozen=True, slots=True)
class Traces:
    """Where an image has left traces; known to its tombstone until all of them are gone."""

    image: str
    short: str
    originals: tuple[str, ...] = ()
    """sha256 of every original that it ever had."""
    words: tuple[str, ...] = ()
    """What must stand nowhere afterwards, unless another image has it as well: hashes, names, keys."""
    message: Message | None = None
    """The Slack message that it came with."""
    alone: bool = False
    """No other image came with that message."""
    mentioned_by: tuple[str, ...] = ()
    """Images whose rows named it, as the one that had their bytes or their mark first."""
    twins: tuple[str, ...] = ()
    """Images with one of its originals."""
    location: Location | None = None
    uploads: tuple[str, ...] = ()
    """Tickets under which it was handed in, or an original of it."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows taken out of the ledger, by table."""


class Eraser(Protocol):
    """The ledger's side of an erasure."""

    def begin(self, image: str) -> Traces:
        """Write the tombstone and take the image out of the ledger: one transaction, durable on return.

        What other images say of it goes in the same transaction. An erasure that had begun already goes on:
        the same traces. Raises ``Unknown``.
        """

    def unfinished(self) -> list[str]:
        """Images whose erasure has begun and not ended."""

    def running(self, image: str) -> int:
        """Runs of it that had begun before and have not ended."""

    def clear(self, image: str) -> Traces:
        """Take out what runs wrote that ended late; the traces, with the originals of those runs."""

    def last_use(self, sha256: str, remove: Callable[[], None]) -> bool:
        """Call ``remove`` unless another image has this original; was it called?

        Nobody can begin to use it between the look and the call.
        """

    def left(self, traces: Traces) -> dict[str, int]:
        """In how many rows each table still speaks of the image, tombstones left out."""

    def finish(self, traces: Traces) -> dict[str, int]:
        """Let the tombstone forget, and the ledger's files with it; in which files any word still stands."""


def mentioned(result: Result) -> Earlier | None:
    """The image that a result speaks of, as the one that had its bytes or its mark first."""
    match result:
        case Accepted(duplicate_of=earlier) | WatermarkSeen(earlier=earlier):
            return earlier
    return None


def without(result: Result, gone: Callable[[str], bool]) -> Result:
    """The result as it may be kept: one that began before an erasure may still mention the erased image."""
    earlier = mentioned(result)
    if earlier is None or not gone(earlier.image):
        return result
    if isinstance(result, Accepted):
        return replace(result, duplicate_of=None)
    assert isinstance(result, WatermarkSeen)
    return replace(result, earlier=None)


def report_without(report: Mapping[str, Any], gone: Callable[[str], bool]) -> dict[str, Any]:
    """The report as it may be kept, for the same reason."""
    told, mark = report.get("duplicate_of"), report.get("watermark")
    found = dict(report)
    if told and gone(told["id"]):
        found["duplicate_of"] = None
    if mark and mark["earlier"] and gone(mark["earlier"]["id"]):
        found["watermark"] = {**mark, "earlier": None}
    return found


def spoken_of(report: Mapping[str, Any]) -> list[str]:
    """The images that a report speaks of beside its own."""
    mark = report.get("watermark") or {}
    return [told["id"] for told in (report.get("duplicate_of"), mark.get("earlier")) if told]


def answered(source: Source) -> Message | None:
    """The Slack message that an image came with."""
    if source.kind != "slack":
        return None
    return Message(source.team, source.channel, source.message, source.thread or source.message)


def boxed(source: Source) -> tuple[str, ...]:
    """The id in a box under which an image was handed in, if it was."""
    first = source.locator.partition("/")[0] if source.kind in BOXED else ""
    return (first,) if ID.fullmatch(first) else ()
