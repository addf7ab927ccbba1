"""Alarms: what calls out when something is wrong, raised once and resolved once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, from when it was raised."""

    rule: str
    """parked, oldest, failures, disk, quiet, sink, part, ..."""
    subject: str
    """What of several it is about, such as a sink's name; empty where there is only one."""
    words: str
    """What is wrong, with which value, and what to do."""
    raised_at: datetime
    resolved_at: datetime | None = None


class Alarms(Protocol):
    """Remembers which alarms stand."""

    def standing(self) -> list[Alarm]:
        """Raised and not resolved, the oldest first."""
