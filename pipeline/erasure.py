"""What an erasure knows of an image while it goes on, and what it asks of the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.cards import Message
from pipeline.model import Location


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
