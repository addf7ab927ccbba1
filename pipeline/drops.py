"""Drops: folders and parts of buckets that people and programs put pictures into. Values, rules and ports.

What lands there is taken in once it is complete, and a report is put beside it. The files stay as they are.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import Unavailable
from pipeline.model import SourceKind
from pipeline.ports import Report
from pipeline.tickets import Lying

REPORT = ".report.json"
"""What the name of a report ends in."""
UNFINISHED = re.compile(
    rb"""
    \..*                                              # hidden; rsync and many others write aside like that
    | .*~ | \#.*\# | ~\$.*                            # editors, offices
    | .*\.(part|partial|tmp|temp|crdownload|download|filepart|opdownload|swp|aria2|!qb|lock)
    | thumbs\.db | desktop\.ini | ehthumbs\.db        # what Windows leaves in folders of pictures
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""Names that programs give to what is not finished, or not meant for anybody."""
CALM = 1.0
"""Seconds for which a file has to stay as it is when it is known that nobody has it open for writing."""
SETTLED = 3.0
"""The same where that cannot be known, and for a file with nothing in it: it may just have been made."""
LONGEST = 255
"""Bytes of a file's name (NAME_MAX of Linux)."""
LARGE = "large"
"""What the locator of a file begins with of which no byte was taken, because there are too many."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that lies in a drop."""

    path: str
    """Below the drop, ``/``-separated. A file's may hold lone surrogates, as ``os.fsdecode`` makes them."""
    size: int
    stamp: str
    """Another one as soon as the contents may be others."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of something that was found."""

    found: Found
    image: str
    box: str
    """The id under which its bytes lie in the box of uploads; empty where none were taken."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report has to be put beside a file, or taken away."""

    path: str
    image: str
    """Empty: the image was erased, and its report goes."""
    wanted: int
    """How many reasons there were for a report so far."""


class Drop(Protocol):
    """One place to look at."""

    kind: SourceKind
    address: str
    """For people, and unique: an absolute path, or ``s3://bucket/prefix``."""
    pause: float
    """Seconds between two looks."""

    def pages(self) -> Iterator[Sequence[Found]]:
        """What lies there and is no report and nothing unfinished, some at a time. Raises ``Unavailable``."""

    def fetch(self, found: Found, write: Callable[[bytes], object]) -> bool:
        """Hand all bytes of it over; False when it is not complete, changed meanwhile or gone.

        Raises ``Unreadable``.
        """

    def tell(self, path: str, report: Report) -> None:
        """Put a report beside a file that is there. Raises ``Unavailable``."""

    def untell(self, path: str) -> None:
        """Take the report about an erased image away. Raises ``Unavailable``."""


class Drops(Protocol):
    """Remembers what was taken in and what was told. ``place`` is a drop's address. Durable on return."""

    def fresh(self, place: str, found: Sequence[Found]) -> list[Found]:
        """Those that are not remembered as they are now."""

    def remember(self, place: str, entered: Sequence[Entered]) -> None:
        """They were taken in."""

    def due(self, place: str, limit: int) -> list[Due]:
        """Reports that are wanted by now, the longest waiting first."""

    def told(self, place: str, due: Due) -> None:
        """That was done."""

    def postpone(self, place: str, due: Due, seconds: float) -> None:
        """That did not work; not before so many seconds."""

    def spent(self, limit: int) -> list[str]:
        """Ids in the box whose bytes are accepted or rejected, or whose image was erased."""

    def emptied(self, boxes: Sequence[str]) -> None:
        """They are not in the box any more."""

    def unknown(self, boxes: Sequence[str]) -> list[str]:
        """Those that no image was ever entered for."""


class Draft(Protocol):
    """A file that is being written into the box; see ``pipeline.adapters.disk_box``."""

    def write(self, chunk: memoryview) -> None:
        """Add to it. Raises ``Unavailable``."""

    def keep(self, id: str) -> Lying | None:
        """Put it into the box, durably; None: another file lies under this id. Raises ``Unavailable``."""

    def end(self) -> None:
        """Throw away what was not kept."""


class Inbox(Protocol):
    """The box in which bytes wait until they are accepted."""

    def begin(self) -> Draft:
        """A file to be written. Raises ``Unavailable``."""

    def drop(self, id: str) -> None:
        """Throw it away; harmless where nothing lies."""

    def lying(self, older: float) -> Iterator[str]:
        """The ids of what has lain there for so many seconds at least."""

    def tidy(self, older: float) -> int:
        """Throw away what was half-written so many seconds ago; how many files that were."""


class Unreadable(Unavailable):
    """One file cannot be read; others may."""


def passed_over(name: str) -> bool:
    """Is this the name of a report, or of something that is not finished?"""
    return name.endswith(REPORT) or UNFINISHED.fullmatch(os.fsencode(name)) is not None


def complete(size: int, calm: float, writers: bool | None) -> bool:
    """Has all of a file come?

    ``calm``: seconds since it changed last; ``writers``: has anybody opened it for writing, None: not known.
    """
    if writers:
        return False
    return calm >= (SETTLED if writers is None or not size else CALM)


def report_path(path: str) -> str:
    """Where the report about a file goes: beside it. A name that would get too long is cut and marked."""
    folder, slash, name = path.rpartition("/")
    own = os.fsencode(name)
    if len(own) + len(REPORT) > LONGEST:
        mark = f"~{hashlib.sha256(own).hexdigest()[:12]}".encode()
        own = own[: LONGEST - len(REPORT) - len(mark)] + mark
    return f"{folder}{slash}{os.fsdecode(own)}{REPORT}"


def fingerprint(address: str) -> str:
    """A place or path as a hash, so that nothing personal is kept of it."""
    return hashlib.sha256(os.fsencode(address)).hexdigest()


def delivery(kind: SourceKind, address: str, contents: str) -> str:
    """The key that makes the same contents at the same address one image, whoever takes them in how often."""
    return f"{kind}:{fingerprint(address)}:{contents}"


def box_id(key: str) -> str:
    """The id in the box for a delivery: the same again, so that a second try leaves no second copy."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
