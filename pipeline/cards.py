"""The outbox of Slack cards: what should be seen in a thread, and what has been sent so far.

A card belongs to one message with pictures. Nobody queues Slack calls: the sender compares what a card
should look like with what was done, makes one call, notes it, and looks again. So edits coalesce,
the last state always gets out, and a restart goes on where the notes end.
"""

from dataclasses import dataclass, field
from typing import Protocol

from pipeline.ports import News, Report

FRESH = 3.0
"""Seconds in which a new card may be claimed although its channel rests: a reaction is no message."""

BUSY = 0.3
"""Seconds after which to ask again for a channel that somebody is sending to."""


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
    mute: bool = False
    """Slack refused our reactions here; the card goes on without them."""
    posting: float = 0.0
    """Until when a post whose answer is not known may still appear (seconds since the epoch); 0 when there is
    none. Look before posting again."""
    ts: str | None = None
    """Our message, once it is known to be there."""
    digest: str = ""
    """Of the content that was sent last."""
    post: str = ""
    """Digest of the text that was posted last, for a Slack that tells nothing else of its messages."""
    told: bool = False
    """What was found stands in our message, not only that the pictures are being looked at."""
    plain: bool = False
    """Slack refused the card's blocks; its text alone is sent."""
    frozen: bool = False
    """Slack lets nobody edit our message; what is new needs another, which may be edited again."""
    tries: int = 0
    """Calls that failed since the last one that worked."""
    fault: str | None = None
    """What Slack said the last time it refused, in words."""
    over: str | None = None
    """Why nothing more will be sent (message deleted, bot removed, ...)."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card as the outbox keeps it, claimed by one sender."""

    message: Message
    owner: str
    """The sender that claimed it."""
    opened_at: float
    """Seconds since the epoch."""
    wanted: int
    """Counts up with every change that may have to be shown."""
    done: Done
    words: str | None = None
    """Say just this: an answer to a message without pictures."""
    withdrawn: str | None = None
    """Why nothing of this card shall be seen any more."""
    reports: dict[str, Report] = field(default_factory=dict)
    """The announced report of every image that has one, by image id."""
    rest_until: float = 0.0
    """Nothing may be posted in the channel before this time."""
    others: int = 0
    """Other cards of the channel that are due as well."""
    seen: str | None = None
    """The ts of our message, when Slack itself told of it by an event."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a call may be made: one every ``every`` seconds, ``burst`` of them at once.

    The calls of any window of w seconds are at most burst + w / every.
    """

    every: float
    burst: int = 1


class Cards(News, Protocol):
    """Where cards wait to be sent. As a ``News`` sink it takes the reports of Slack's images."""

    def open(self, message: Message, due_at: float, words: str | None = None) -> None:
        """Begin a card; it outlives the process. Opening it again is harmless.

        After a power failure it may be gone; then the first report of its pictures begins it anew.
        """

    def withdraw(self, message: Message, why: str) -> None:
        """Nothing of this card shall be seen any more; holds for a card that is opened later, too."""

    def see(self, message: Message, ts: str) -> None:
        """Slack told of our message that answers this one: it is there, whatever the post's answer was."""

    def spoke(self, team: str, channel: str, since: float) -> bool:
        """Was a card with words of its own begun in the channel after that moment?"""

    def leave(self, team: str, channel: str, why: str) -> None:
        """Withdraw every card of a channel that is not finished."""

    def claim(self, owner: str, lease: float) -> Card | None:
        """The next card that is due and whose channel nobody else is sending to.

        Cards without a message of ours go first. Those with one need no post, so they are claimed although
        their channel rests.
        """

    def note(self, card: Card, done: Done) -> None:
        """Record what was just done; kept even if the power fails right after.

        Raises ``Unavailable`` when the claim was lost to another sender.
        """

    def finish(self, card: Card, done: Done, due_at: float | None, *, rest_until: float = 0.0) -> None:
        """Give the card back; look again at ``due_at``, or when it changes.

        Before ``rest_until`` nothing is claimed in its channel but fresh cards to which nothing was done, and
        those that have their message.
        """

    def owners(self) -> list[str]:
        """Who holds a claim."""

    def release(self, owner: str) -> None:
        """Take its claims from a sender that is gone."""

    def reserve(self, team: str, method: str, pace: Pace) -> float:
        """0 when the method may be called now, and the call counted; else the earliest time for it."""

    def rest(self, team: str, channel: str, seconds: float) -> float:
        """0 when the channel is free, and it rests from now on: post at once. Else when to ask again."""

    def hold(self, team: str, method: str, until: float) -> None:
        """Let no process call the method before that time: Slack said Retry-After."""

    def stopped(self, limit: int) -> list[tuple[Message, str]]:
        """The newest cards that came to a premature end or cannot get out now, and why."""

    def wait(self, seconds: float) -> None:
        """Return when another connection has written something, or after ``seconds``."""


@dataclass(frozen=True, slots=True)
class Share:
    """A file that was shared in a channel, as the ``file_shared`` event tells it."""

    team: str
    channel: str
    file: str


class Shares(Protocol):
    """Notices pictures whose message never came: Slack announces every shared file twice."""

    def expect(self, share: Share, due_at: float) -> None:
        """The file was announced; its message should have come by ``due_at``. Outlives the process."""

    def met(self, shares: list[Share]) -> None:
        """The message with these files came, before or after their announcement."""

    def missed(self) -> Share | None:
        """A share whose message is overdue."""

    def postpone(self, share: Share, due_at: float) -> None:
        """Look at a missed share again later."""
