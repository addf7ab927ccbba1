"""Signs of life: every part of Loupe says now and then that it is there."""

from collections.abc import Mapping
from typing import Protocol

EVERY = 10.0
"""Seconds between two signs of life."""
SILENT = 60.0
"""Seconds after which a part that should be there is missed."""


class Beats(Protocol):
    """Remembers who was heard of last, and when."""

    def beat(self, part: str) -> None:
        """The part (web, bot, worker, clock, news) is alive."""

    def ages(self) -> Mapping[str, float]:
        """Seconds since each part was heard of."""
