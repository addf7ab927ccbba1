"""The timetable as data: what is done when, and what of it is due. Pure; the clock only wakes it.

Whatever a row does must be harmless to do twice: a clock that dies before it noted what it did repeats it.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.figures import Day
from pipeline.wakes import Wake
from scheduler import hours

RETRY = (60.0, 3600.0)
"""Seconds until a row that failed is tried again: after the first time, doubling each time, and at most."""


@dataclass(frozen=True, slots=True)
class Every:
    """Do something at regular intervals."""

    name: str
    seconds: float
    act: Callable[[], object]

    @property
    def id(self) -> str:
        """Tells it from other rows."""
        return self.name


@dataclass(frozen=True, slots=True)
class Daily:
    """Do something once a day at a local time, about the day before; until midnight, if it was missed."""

    name: str
    at: str
    """``HH:MM``."""
    zone: str
    """IANA name."""
    act: Callable[[Day], object]
    subject: str = ""
    """For whom it is done, such as ``T012AB3CD/C012AB3CD``."""

    @property
    def id(self) -> str:
        """Tells it from other rows."""
        return f"{self.name}/{self.subject}"


Row = Every | Daily


@dataclass(frozen=True, slots=True)
class Turn:
    """A row whose time has come."""

    row: Row
    day: Day | None = None
    """The day it is about, for a daily one."""

    @property
    def key(self) -> tuple[str, str]:
        """The row and the date, by which a daily one is done once."""
        return self.row.id, self.day.date.isoformat() if self.day else ""

    def act(self) -> None:
        """Do it."""
        if isinstance(self.row, Every):
            self.row.act()
        elif self.day:
            self.row.act(self.day)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row in the words of a scheduler elsewhere.

    Source: docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (rates are whole minutes; a
    cron expression goes with a time zone).
    """

    name: str
    subject: str
    expression: str
    zone: str


def due(
    rows: Sequence[Row], now: float, wakes: Mapping[str, Wake], kept: Collection[tuple[str, str]]
) -> list[Turn]:
    """What is to be done at ``now``, by what was done so far."""
    turns = (turn for row in rows if (turn := open_turn(row, now)))
    return [turn for turn in turns if turn.key not in kept and _waited(turn, now, wakes.get(turn.row.id))]


def open_turn(row: Row, now: float) -> Turn | None:
    """The turn that a row may have at ``now``, done or not."""
    if isinstance(row, Every):
        return Turn(row)
    day = hours.told(row.at, row.zone, now)
    return Turn(row, day) if day else None


def next_time(row: Row, now: float, wake: Wake | None) -> float:
    """When the row is due next, as far as can be told at ``now``."""
    if isinstance(row, Daily):
        return hours.next_opening(row.at, row.zone, now)
    return wake.at + pause(row, wake) if wake and not _waited(Turn(row), now, wake) else now


def pause(row: Row, wake: Wake) -> float:
    """Seconds from the beginning of one time to the next."""
    again = min(RETRY[1], RETRY[0] * 2.0 ** min(wake.failures - 1, 10)) if wake.failures else math.inf
    return min(again, row.seconds if isinstance(row, Every) else again)


def entries(rows: Sequence[Row]) -> list[Entry]:
    """The timetable for a scheduler elsewhere."""
    return [_entry(row) for row in rows]


def _waited(turn: Turn, now: float, wake: Wake | None) -> bool:
    """Has the pause since the last time passed? A time in the future is one of a clock that was set back."""
    if not wake or (isinstance(turn.row, Daily) and not wake.failures):
        return True
    return not 0 <= now - wake.at < pause(turn.row, wake)


def _entry(row: Row) -> Entry:
    if isinstance(row, Daily):
        hour, minute = map(int, row.at.split(":"))
        return Entry(row.name, row.subject, f"cron({minute} {hour} * * ? *)", row.zone)
    minutes = max(1, math.ceil(row.seconds / 60))
    return Entry(row.name, "", f"rate({minutes} minute{'s' if minutes > 1 else ''})", "UTC")
