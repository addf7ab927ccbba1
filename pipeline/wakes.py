"""What the clock did, as the ledger keeps it: so that what is due does not depend on who was awake when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wake:
    """How a row of the timetable was done the last time."""

    row: str
    at: float
    """When that began, in seconds since the epoch."""
    failures: int = 0
    """Times in a row that it did not work."""


class Wakes(Protocol):
    """Remembers what the clock did. Any number of clocks may share it."""

    def all(self) -> Mapping[str, Wake]:
        """How every row was done the last time, by row."""

    def note(self, wake: Wake) -> None:
        """Remember how a row was done."""

    def keep(self, row: str, date: str) -> None:
        """The row was done for that day (ISO 8601)."""

    def kept(self, asked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the rows and days that were done."""

    def tidy(self) -> int:
        """Forget, for each row, all but the newest days; how many were forgotten."""
