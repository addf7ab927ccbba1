"""Appointments as the clock sees them."""

from dataclasses import dataclass
from typing import Protocol

from pipeline.ports import Appointments


@dataclass(frozen=True, slots=True)
class Appointment:
    """An actor that shall look at an image again. ``number`` tells it from earlier and later ones."""

    number: int
    image: str
    actor: str


class Diary(Appointments, Protocol):
    """All appointments, as the clock sees them."""

    def due(self, limit: int) -> list[Appointment]:
        """Those whose time has come, the oldest first."""

    def strike(self, appointment: Appointment) -> None:
        """Strike out this one; not one that was made since."""

    def adopt(self, actor: str, policy: str) -> None:
        """Note by which policy the actor decides from now on.

        Where it is another one than before, every accepted image that the actor has left alone so far gets an
        appointment, bit by bit, by ``catch_up``.
        """

    def catch_up(self, limit: int) -> None:
        """Make the next appointments that a change of policy calls for, at most so many."""
