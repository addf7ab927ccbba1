"""What people say is wrong with what was found: kept for whoever looks after Loupe."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Wrong = Literal["nudity", "no_nudity", "faces", "place", "mark", "other"]
"""nudity: it shows some, or must not be seen for another reason; no_nudity: it shows none; the others: what
was said about them is wrong."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's word on one image."""

    key: str
    """Tells one submission from another: the same one delivered twice is kept once."""
    image: str
    wrong: tuple[Wrong, ...]
    comment: str
    person: str
    """A Slack user id."""
    at: datetime


class Opinions(Protocol):
    """Keeps what people said."""

    def add(self, opinion: Opinion) -> None:
        """Keep it, durably; a second one under its key is harmless."""

    def of(self, image: str) -> list[Opinion]:
        """What was said of an image, oldest first."""
