"""What the bot asks of the rest of Loupe, besides the ports in ``pipeline``."""

from collections.abc import Callable, Sequence
from typing import Protocol

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
