"""What actors are handed that follows from settings alone, whatever engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from loupe.settings import Settings
from pipeline import ports as port
from pipeline.chain import Chain
from pipeline.model import RenditionFormat, Source

DAY = 86_400.0
"""Seconds."""


class Compressor(Protocol):
    """A service that compresses pictures."""

    def wants(self, format: RenditionFormat) -> bool:
        """Is it asked for this format?"""

    def __call__(self, png: bytes, format: RenditionFormat) -> bytes | None:
        """The picture compressed; None: do it here."""


@dataclass(frozen=True, slots=True)
class Bands:
    """``ReleaseBands``: settings say fractions, scores are percentages."""

    safe_below: float
    nude_from: float


@dataclass(frozen=True, slots=True)
class Marks:
    """``Marking``: the key stays out of every repr."""

    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renders:
    """``Rendering``: TinyPNG where a person gave a key, else everything is compressed here."""

    decode_bytes: int
    service: Compressor | None

    def compress(self, png: Callable[[], bytes], format: RenditionFormat) -> bytes | None:
        """See ``Rendering.compress``."""
        if self.service is None or not self.service.wants(format):
            return None
        return self.service(png(), format)


@dataclass(frozen=True, slots=True)
class Pages:
    """``Publishing``."""

    location: Literal["none", "place", "exact"]


@dataclass(frozen=True, slots=True)
class Moves:
    """``Archiving``: settings say days."""

    archive_after: float | None
    restore_for: float


@dataclass(frozen=True, slots=True)
class Everybody:
    """``News`` for several who want it."""

    listeners: tuple[port.News, ...]

    def announce(self, image: str, source: Source, report: port.Report) -> tuple[str, ...]:
        """See ``News.announce``."""
        return tuple(name for each in self.listeners for name in each.announce(image, source, report))


def archiving(settings: Settings) -> Moves:
    """When originals move; -1 days stand for never."""
    days = settings.archive_after
    return Moves(days * DAY if days >= 0 else None, settings.restore_for * DAY)


def without_original(actors: Chain) -> set[str]:
    """The actors that run with the removal of an original or after it."""
    gone = {"remove_original"}
    for each in actors:
        if gone.intersection(actors.awaited(each)):
            gone.add(each.name)
    return gone
