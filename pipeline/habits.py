"""When a channel wants its digest."""

from dataclasses import dataclass
from typing import Protocol

OFF = "off"


@dataclass(frozen=True, slots=True)
class Habit:
    """A channel's own choice, in place of the installation's."""

    team: str
    channel: str
    at: str
    """``HH:MM`` by the channel's clock, or ``off``."""
    zone: str
    """IANA name."""
    empty: bool = False
    """Also of a day without pictures."""


class Habits(Protocol):
    """Remembers what channels chose."""

    def get(self, team: str, channel: str) -> Habit | None:
        """The channel's choice; None where it made none."""

    def set(self, habit: Habit) -> None:
        """Choose, in place of an earlier choice. Durable on return."""

    def all(self) -> list[Habit]:
        """Every choice."""


class Askings(Protocol):
    """Remembers when channels asked for a digest at once."""

    def last(self, team: str, channel: str) -> float | None:
        """Seconds since the epoch; None where it never did, or long ago."""
