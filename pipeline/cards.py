"""The outbox of Slack cards: what should be seen in a thread, and what has been sent so far.

A card belongs to one message with pictures. Nobody queues Slack calls: the sender compares what a card
should look like with what was done, makes one call, notes it, and looks again. So edits coalesce,
the last state always gets out, and a restart goes on where the notes end.
"""

from dataclasses import dataclass, field
from typing import Protocol

from pipeline.ports import News, Report


@dataclass(frozen=True, slots=True)
class Message:
    """The Slack message that a card answers."""

    team: str
    channel: str
    ts: str
    thread: str
    """The ts of the thread to answer in."""


@dataclass(frozen=True, slots=True)
class Done:
    """What Slack was told about a card so far."""

    reactions: frozenset[str] = frozenset()
    """Names of our reactions on the message."""
    posting: bool = False
    """A post was begun and its answer has not been noted: look before posting again."""
    ts: str | None = None
    """Our message, once it is known to be there."""
    digest: str = ""
    """Of the content that was sent last."""
    over: str | None = None
    """Why nothing more will be sent (message deleted, bot removed, ...)."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card as the outbox keeps it."""

    message: Message
    opened_at: float
    """Seconds since the epoch."""
    wanted: int
    """Counts up with every change that may have to be shown."""
    done: Done
    reports: dict[str, Report] = field(default_factory=dict)
    """The announced report of every image that has one, by image id."""


class Cards(News, Protocol):
    """Where cards wait to be sent. As a ``News`` sink it takes the reports of Slack's images."""

    def open(self, message: Message, due_at: float) -> None:
        """Begin a card; opening it again is harmless."""

    def withdraw(self, message: Message, why: str) -> None:
        """Nothing more shall be sent for this message."""

    def claim(self, owner: str, lease: float) -> Card | None:
        """The next card that is due and whose channel nobody else is sending to."""

    def note(self, card: Card, done: Done) -> None:
        """Record what was just done; kept even if the process dies right after."""

    def finish(self, card: Card, done: Done, due_at: float | None) -> None:
        """Give the card back; look again at ``due_at``, or when it changes."""

    def not_before(self, team: str, method: str, channel: str) -> float:
        """The earliest time (seconds since the epoch) for the next call of a method in a channel."""

    def pace(self, team: str, method: str, channel: str, not_before: float) -> None:
        """Note that time, for all processes."""
