"""A letter before it is written out: what it says, in the order in which it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["calm", "wrong", "well"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing within the letter."""

    png: bytes
    alt: str
    """Says what it shows, for those who do not see it."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; the first cell of a row names it."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """An address with words."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. Both parts of the message, HTML and text, are written from this alone."""

    subject: str
    title: str
    lead: str
    """The sentence that would do if there were no other."""
    tone: Tone = "calm"
    tiles: Sequence[tuple[str, str]] = ()
    """The numbers that matter most: value and label."""
    chart: Chart | None = None
    table: Table | None = None
    pairs: Sequence[tuple[str, str]] = ()
    """Label and value."""
    lines: Sequence[str] = ()
    """Sentences."""
    link: Link | None = None
    why: str = ""
    """Why the reader gets this."""
    stop: Link | None = None
    """Where the reader says that it is enough."""
    language: str = "en"
    """BCP 47."""
