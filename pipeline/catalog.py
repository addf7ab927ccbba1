"""Questions that people ask about images: the reading side of the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pipeline.ledger import Row
from pipeline.model import Source
from pipeline.ports import Report

State = Literal["waiting", "done", "held", "rejected", "failed"]
"""``waiting`` until every actor has settled, then the report's state."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One image in a list."""

    image: str
    short: str
    source: Source
    entered_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Queue:
    """How busy the engine is."""

    waiting: int
    """Runs that are due."""
    running: int
    delayed: int
    """Runs that wait for their next attempt."""
    parked: int
    oldest_seconds: float
    """Age of the oldest run that is due; 0 when there is none."""
    images: dict[str, int]
    """How many images are in which state."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What is known of an image that was erased."""

    image: str
    short: str
    at: datetime
    done: bool
    """False as long as something of it may be left."""


class Catalog(Protocol):
    """Looks images up. No answer ever scans the whole ledger."""

    def find(self, name: str) -> Listed | None:
        """The image with this id or short id, however it is capitalised."""

    def erased(self, name: str) -> Erased | None:
        """The erased image that had this id or short id."""

    def of_channel(self, team: str, channel: str, limit: int) -> list[Listed]:
        """The newest images of a channel."""

    def of_person(self, team: str, person: str, limit: int) -> list[Listed]:
        """The newest images that somebody posted."""

    def of_message(self, team: str, channel: str, message: str) -> list[Listed]:
        """The images of one message, in the order they were attached."""

    def newest(self, limit: int) -> list[Listed]:
        """The newest images of all."""

    def report(self, image: str) -> Report:
        """Everything known about an image so far. Raises ``Unknown``."""

    def parked(self, limit: int) -> list[Row]:
        """Parked runs, newest first."""

    def queue(self) -> Queue:
        """How busy the engine is."""
