"""What the bot asks of the rest of Loupe, besides the ports in ``pipeline``."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.habits import Habit
from pipeline.ledger import Entry
from pipeline.model import Source

Health = Callable[[], Sequence[tuple[str, str]]]
"""What runs and how well, as (label, words)."""


class Intake(Protocol):
    """Takes pictures into Loupe."""

    def enter(self, arrivals: Sequence[tuple[str, Source]]) -> list[Entry]:
        """Take each in under its delivery key; on disk when it returns. The same key again is harmless."""


class Runs(Protocol):
    """Starts actors again."""

    def replay(self, image: str, actor: str | None = None) -> list[str]:
        """Run one actor again, or every parked one, and what follows; the actors that are due.

        Raises ``Unknown`` for an image or actor that does not exist.
        """

    def rerun(self, image: str, actor: str, revision: int) -> bool:
        """Run an actor again if its row with that revision is parked; was it? Asking twice runs it once."""


Put = Callable[[str, bytes], None]
"""Posts bytes to an address; raises ``LoupeError`` where they were not taken."""


PersonalLink = Callable[[str, str, str], str]
"""A link that lets one person in, once, to bring an image's original: from team, user and image. Raises
``LoupeError`` where none can be made, ``Unsuitable`` where none ever is."""


class ChartWays(Protocol):
    """Remembers what a workspace does not take, so that not every digest tries in vain."""

    def refused(self, team: str) -> set[str]:
        """The ways to show a chart that it refused lately."""

    def refuse(self, team: str, way: str) -> None:
        """It refused this way; that holds for some days."""


class Digests(Protocol):
    """When a channel hears its digest, and what it would say."""

    def habit(self, team: str, channel: str) -> Habit:
        """What the channel chose; where it chose nothing, what is usual here."""

    def choose(self, habit: Habit) -> None:
        """Choose. Durable on return."""

    def next_at(self, team: str, channel: str) -> float | None:
        """When the next one comes, in seconds since the epoch; None where none does."""

    def headline(self, team: str, channel: str) -> str:
        """The figures of today so far, in one line."""

    def post_now(self, team: str, channel: str) -> float:
        """Write today's digest so far down for the channel: 0. Else when the next may be asked for.

        Asking again within a few minutes writes nothing.
        """
