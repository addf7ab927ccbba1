"""The outbox of news: deliveries that are due, and what became of them. Words and the port.

Every address has its own deliveries, so that nobody waits for anybody else. Within an address, what is about
the same subject goes out in the order in which it was written; a parked delivery lets the next one pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipeline.news import Address, Draft, Piece

Progress = Mapping[str, Any]
"""What a carrier noted about a delivery on its way: plain JSON."""
Note = Callable[[Progress], None]
"""Keeps progress, durable on return. Raises ``Unavailable`` when the claim was lost."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One piece on its way to one address, claimed by one sender."""

    number: int
    piece: Piece
    address: Address
    owner: str
    attempts: int
    """Tries begun so far, this one included."""
    born: float
    """When it was written, in seconds since the epoch."""
    progress: Progress = field(default_factory=dict)
    redacted: bool = False
    """The image may not be shown (any more): its place and links are left out."""


@dataclass(frozen=True, slots=True)
class Sent:
    """It was taken."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Later:
    """Not taken yet; not tried again before ``due_at`` (seconds since the epoch)."""

    delivery: Delivery
    due_at: float
    fault: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Given up, until somebody replays it."""

    delivery: Delivery
    fault: str


Outcome = Sent | Later | Parked


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sink is doing."""

    sink: str
    due: int
    sent: int
    parked: int
    oldest_seconds: float
    """Age of the oldest delivery that is due."""
    failures: int
    """Tries in a row that did not work."""
    fault: str = ""
    """What went wrong the last time."""


class Newsroom(Protocol):
    """Writes news down."""

    def tell(self, draft: Draft, addresses: Sequence[Address]) -> bool:
        """Write a piece and its deliveries in one transaction, once; False when it was there before."""


class Outbox(Protocol):
    """Deliveries that wait to be sent."""

    def turn(
        self, sink: str, owner: str, outcomes: Sequence[Outcome], *, want: int, lease: float
    ) -> list[Delivery]:
        """Record outcomes and claim up to ``want`` deliveries of a sink that are due: one transaction."""

    def note(self, delivery: Delivery, progress: Progress) -> None:
        """Keep what a carrier noted. Raises ``Unavailable`` when the claim was lost."""

    def release(self, owner: str) -> None:
        """Take its claims from a sender that is gone."""

    def owners(self) -> list[str]:
        """Who holds a claim."""

    def replay(self, sink: str) -> int:
        """Make the parked deliveries of a sink due again; how many there were."""

    def standings(self) -> list[Standing]:
        """How every sink is doing that has or had deliveries."""

    def wait(self, seconds: float) -> None:
        """Return when another connection has written something, or after ``seconds``."""


class Carrier(Protocol):
    """Brings deliveries to one kind of address."""

    def carry(self, delivery: Delivery, note: Note) -> None:
        """Bring it there. Raises ``Transient`` (try again) or ``Undeliverable`` (parked at once)."""
