"""Figures: what happened on a day, in a channel or everywhere. Values, and the port that answers with them.

A day is a calendar day in a time zone, so it may have 23 or 25 hours. Every figure that is shown anywhere
(digest, e-mail, dashboard, metrics, export, sinks) is one of these, computed in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

State = Literal["waiting", "done", "held", "rejected", "failed"]
Decision = Literal["cleared", "review", "held"]


@dataclass(frozen=True, slots=True)
class Facts:
    """One image as numbers and short words. What is not known (yet) is None."""

    image: str
    short: str
    source: str
    """slack, file, upload, ..."""
    team: str
    channel: str
    private: bool
    """Came by a direct message or in a private channel."""
    entered_at: datetime
    state: State
    verdict_seconds: float | None = None
    """From its arrival until people were told what was found, by the first run."""
    decision: Decision | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    frames: int | None = None
    nudity_score: float | None = None
    contains_nudity: bool | None = None
    faces: int | None = None
    watermark_found: bool | None = None
    place: str | None = None
    """The town; never anything more exact."""
    region: str | None = None
    country_code: str | None = None
    taken_at: str | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    renditions: int = 0
    """Published copies."""
    bytes_before: int = 0
    """Of the published copies, uncompressed."""
    bytes_after: int = 0
    parked: int = 0
    """Runs that failed for good."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose images are counted: those of a channel, or all of them where nothing is named."""

    team: str = ""
    channel: str = ""


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day in a time zone (an IANA name)."""

    date: date
    zone: str = "UTC"

    @property
    def start(self) -> float:
        """Its first moment, in seconds since the epoch."""
        return _midnight(self.date, self.zone)

    @property
    def end(self) -> float:
        """The first moment of the day after."""
        return _midnight(self.date + timedelta(days=1), self.zone)

    def week(self) -> tuple["Day", ...]:
        """The seven days that end with this one."""
        return tuple(Day(self.date - timedelta(days=back), self.zone) for back in range(6, -1, -1))


def day_of(moment: float, zone: str) -> Day:
    """The day that a moment (seconds since the epoch) belongs to."""
    return Day(datetime.fromtimestamp(moment, ZoneInfo(zone)).date(), zone)


def _midnight(day: date, zone: str) -> float:
    return datetime.combine(day, time(), ZoneInfo(zone)).timestamp()


@dataclass(frozen=True, slots=True)
class Figures:
    """A day of images, by when they came in."""

    day: Day
    images: int = 0
    """All that came: the sum of the five states."""
    done: int = 0
    held: int = 0
    """Not shown, at least until a person decides."""
    rejected: int = 0
    failed: int = 0
    """With a parked run."""
    waiting: int = 0
    nude: int = 0
    with_faces: int = 0
    published: int = 0
    median_seconds: float | None = None
    """Until people were told what was found; by nearest rank, as all percentiles here."""
    p95_seconds: float | None = None
    bytes_in: int = 0
    """Of the originals."""
    bytes_before: int = 0
    bytes_after: int = 0

    @property
    def saved(self) -> int:
        """Bytes that the published copies are smaller than uncompressed ones."""
        return self.bytes_before - self.bytes_after


@dataclass(frozen=True, slots=True)
class Visited:
    """A town and how many of a day's images were taken there."""

    place: str
    country_code: str | None
    images: int


@dataclass(frozen=True, slots=True)
class Step:
    """How an actor's runs went on a day, by when they ended."""

    actor: str
    runs: int
    """That ended with a row."""
    failed: int
    skipped: int
    retried: int
    """That ended without one, to be tried again."""
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Total:
    """How often an actor's runs ended in one way since Loupe counts them. Only grows."""

    actor: str
    outcome: str
    """done, failed, skipped or again."""
    runs: int
    seconds: float
    """All of them together."""
    classes: Mapping[int, int]
    """Runs by class of duration (``pipeline.durations``)."""


class Totals(Protocol):
    """Answers with what only grows, whatever is erased or done again."""

    def arrivals(self) -> int:
        """Images that came, those erased since included."""

    def totals(self) -> list[Total]:
        """Runs, by actor and outcome."""


class Numbers(Protocol):
    """Answers with figures. Nothing here reads an image's rows one by one."""

    def days(self, scope: Scope, days: Sequence[Day]) -> list[Figures]:
        """The figures of each day."""

    def towns(self, scope: Scope, day: Day, most: int) -> list[Visited]:
        """The towns with the most images. Those of held images are left out; of private ones too, in all."""

    def steps(self, day: Day) -> list[Step]:
        """How the actors did, the slowest (by p95) first."""

    def channels(self, day: Day) -> list[Scope]:
        """The channels (no direct messages) in which images came that day."""
