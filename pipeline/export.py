"""Exports for Tableau and other programs: what is due, and the ports of reading and writing. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from pipeline.export_schema import SCHEMA, Table
from pipeline.figures import Day, Facts, Scope

Cell = str | int | float | bool | date | datetime | None
Row = tuple[Cell, ...]
"""A cell per column of its table, in that order."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last run of an actor on an image ended."""

    image: str
    actor: str
    state: str
    parked: bool
    attempts: int
    ms: float
    at: float
    """Seconds since the epoch."""
    version: int
    revision: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some images and all their results, as they were at one moment."""

    images: Sequence[Facts]
    results: Sequence[Ended]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a ledger has come."""

    ledger: int
    """Which ledger it is: a number drawn by lot."""
    number: int
    """Of the last change of an image."""
    erased: int
    """Images erased so far."""
    runs: int
    """Runs counted so far."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants exported."""

    format: str
    zone: str = "UTC"
    """Of the days, an IANA name."""
    places: bool = True
    """May towns be told?"""
    since: date | None = None
    """Only what came in from that day on."""
    parts: bool = False
    """Write what changed into a part of its own, rather than everything anew."""
    full: bool = False
    """Begin anew even where nothing changed."""

    @property
    def shape(self) -> str:
        """Exports of different shapes cannot go on from one another."""
        return f"{SCHEMA} {self.zone} places={self.places} since={self.since} parts={self.parts}"


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export."""

    table: str
    """Empty for one that holds all tables."""
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What stands in a folder in one format."""

    shape: str
    mark: Mark
    part: int
    files: Mapping[str, File] = field(default_factory=dict)
    """By name."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What an export is to write now."""

    part: int
    after: int | None = None
    """Only images with a later change than that; None: all of them."""


def turn(order: Order, last: Exported | None, now: Mark, *, stands: bool = True) -> Turn | None:
    """What is to be written; None where all that there is stands in the folder already.

    ``stands``: all files of the last export are still there. After an erasure everything is written anew, so
    that no older part keeps the image. Parts are counted on in any case: the newest has the highest number.
    """
    part = 0 if not order.parts else last.part + 1 if last else 1
    if order.full or last is None or not stands or not _goes_on(order, last, now):
        return Turn(part)
    if last.mark == now:
        return None
    return Turn(part, last.mark.number) if order.parts and last.mark.erased == now.erased else Turn(part)


def _goes_on(order: Order, last: Exported, now: Mark) -> bool:
    """Not where it is another ledger, or an older copy of the same one."""
    known = last.mark
    return last.shape == order.shape and known.ledger == now.ledger and known.number <= now.number


class Source(Protocol):
    """The ledger, as an export reads it."""

    def mark(self) -> Mark:
        """How far it has come."""

    def count(self, after: int | None) -> int:
        """About how many images there are to read."""

    def lacking(self) -> int:
        """Images without facts: those of an earlier version that have not been looked through yet."""

    def pages(self, after: int | None, until: int, since: float) -> Iterator[Page]:
        """All images, or those whose last change has a number above ``after`` and up to ``until``.

        Only images that came in from ``since`` (seconds since the epoch) on. Each page is read at one moment;
        between two of them the ledger may go on. No image comes twice.
        """

    def days(self, zone: str, since: float) -> Iterator[Day]:
        """The days on which images came in or runs ended, in order."""

    def scopes(self, day: Day) -> list[Scope]:
        """The channels in which images came in that day, none of them privately."""

    def erased(self) -> Iterator[tuple[str, float]]:
        """Ids of erased images, and when that was (seconds since the epoch)."""


class Files(Protocol):
    """The files of an export while they are written."""

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Append rows to a table."""

    def close(self) -> None:
        """Finish all files."""

    def abandon(self) -> None:
        """Let go of everything; the files are not needed."""


class Format(Protocol):
    """A kind of file that an export can be written in."""

    name: str

    def names(self, part: int) -> dict[str, str]:
        """The file of each table; the same one for all tables where there is but one."""

    def begin(self, folder: Path, part: int) -> Files:
        """Start writing into a folder that is empty."""


class Folder(Protocol):
    """Where exports in one format stand. Complete files appear in it, or nothing does."""

    def last(self) -> Exported | None:
        """What the last export left there."""

    def stands(self, exported: Exported) -> bool:
        """Are all its files there, as long as they were?"""

    def prepare(self, names: Iterable[str]) -> Path:
        """An empty folder for new files. Raises ``Unsuitable`` where somebody else's have these names."""

    def commit(self, exported: Exported) -> None:
        """Let what was prepared take the place of what stood there. It survives power loss."""


def filename(table: Table, part: int, suffix: str) -> str:
    """``images.csv``, or ``images-000012.csv`` for a part."""
    return f"{table.name}-{part:06}{suffix}" if part and table.parted else f"{table.name}{suffix}"
