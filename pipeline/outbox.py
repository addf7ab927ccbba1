"""The outbox of news: deliveries that are due, and what became of them. Words and the port.

Every address has its own deliveries, so that nobody waits for anybody else. Within an address, what is about
the same subject goes out in the order in which it was written; a parked delivery lets the next one pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipeline.breaker import State
from pipeline.news import Address, Draft, Piece

UNPACED = 1_000_000.0
"""Pieces a second that no sink takes."""
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
class Missed:
    """Not taken; tried again after a while, or parked when that was the last try."""

    delivery: Delivery
    fault: str
    asked: float = 0.0
    """Seconds that the address wants to be left alone (Retry-After)."""
    alone: bool = False
    """It concerns this one mailbox; the sink itself answers well."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Given up, until somebody replays it."""

    delivery: Delivery
    fault: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The address wants no more news: its sink is paused, until somebody replays it."""

    delivery: Delivery
    fault: str


Outcome = Sent | Missed | Parked | Gone


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sink is doing."""

    sink: str
    due: int
    sent: int
    """Since it was first heard of; it never goes down."""
    parked: int
    oldest_seconds: float
    """Age of the oldest delivery that is due."""
    failures: int
    """Tries in a row that did not work."""
    fault: str = ""
    """What went wrong the last time."""
    state: State = "closed"
    """Of its breaker."""
    open_until: float = 0.0
    """Seconds since the epoch; an open breaker lets the next probe through then."""


class Newsroom(Protocol):
    """Writes news down."""

    def tell(self, draft: Draft, addresses: Sequence[Address]) -> bool:
        """Write a piece and its deliveries in one transaction, once; False when it was there before."""


class Outbox(Protocol):
    """Deliveries that wait to be sent."""

    def turn(
        self,
        sink: str,
        owner: str,
        outcomes: Sequence[Outcome],
        *,
        want: int,
        lease: float,
        rate: float = UNPACED,
    ) -> list[Delivery]:
        """Record outcomes and claim up to ``want`` deliveries of a sink that are due: one transaction.

        ``rate``: pieces a second at most, by all senders together. Claims hold for ``lease`` seconds unless
        extended. The outcome of a claim that was lost changes nothing.
        """

    def extend(self, owners: Sequence[str], lease: float) -> None:
        """Heartbeat: what these claimed stays theirs for ``lease`` more seconds."""

    def note(self, delivery: Delivery, progress: Progress) -> None:
        """Keep what a carrier noted. Raises ``Unavailable`` when the claim was lost."""

    def release(self, owner: str) -> None:
        """Take its claims from a sender that is gone; no try of theirs is used up."""

    def owners(self) -> list[str]:
        """Who holds a claim."""

    def replay(self, sink: str) -> int:
        """Make the parked deliveries of a sink due again and let it be tried; how many there were."""

    def drop(self, sink: str) -> int:
        """Forget a sink and what was due or parked for it; how many deliveries that was."""

    def tidy(self, before: float) -> int:
        """Remove deliveries that were sent, and pieces that nobody waits for, from before a time; how many.

        ``before``: seconds since the epoch. Of every image's news the last piece stays as a fingerprint, so
        that it is not told again. The keys of all else are forgotten: ``before`` has to lie well behind the
        day of a digest.
        """

    def standings(self) -> list[Standing]:
        """How every sink is doing that has or had deliveries."""

    def wait(self, seconds: float) -> None:
        """Return when another connection has written something, or after ``seconds``."""


class Carrier(Protocol):
    """Brings deliveries to one kind of address."""

    def carry(self, delivery: Delivery, note: Note) -> None:
        """Bring it there; called by several threads at once where a sink has several lanes.

        Raises ``Transient`` (try again), ``Undeliverable`` (parked at once), ``Unwanted`` (the sink is
        paused).
        """
