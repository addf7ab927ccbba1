"""What actors and rooms ask of the outside world. Adapters answer; the front door hands them in.

An actor names a port as a parameter's type. Ports that belong to the engine alone stand in
``pipeline.ledger``; those of the Slack card in ``pipeline.cards``.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol

from PIL.Image import Image

from pipeline.model import Earlier, Face, Location, Place, Source

Report = Mapping[str, Any]
"""Everything known about one image: the JSON that ``pipeline.report`` builds."""


class Store(Protocol):
    """Where bytes live. Keys are relative, ``/``-separated, made by Loupe and never by a person."""

    def put(self, key: str, stream: BinaryIO) -> None:
        """Keep all of ``stream`` under ``key``, durably; the same key again is harmless."""

    def open(self, key: str) -> BinaryIO:
        """Read what lies under ``key``. Raises ``Unknown``."""

    def delete(self, key: str) -> None:
        """Remove ``key``; a key that is not there is harmless."""


class Incoming(Protocol):
    """Brings the bytes of an arrived picture, whatever source they come from."""

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """A seekable stream of at most ``limit`` bytes.

        Raises ``Rejected`` with words (too big, login page, deleted, ...) or ``Transient``.
        """


class Twins(Protocol):
    """Remembers which image had which bytes first."""

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """Note ``image`` as the first with these bytes; or say which one was."""


class Pictures(Protocol):
    """Decoded pictures for those who look at them."""

    def upright(self, key: str, side: int) -> Image:
        """The original under ``key`` in sRGB, upright, shrunk so that its long side is at least ``side``.

        Never enlarged; may be larger than asked. Raises ``Rejected`` when it cannot be decoded.
        """


class NudityDetector(Protocol):
    """Scores a picture for nudity."""

    model: str
    """Name and version of the model."""

    def score(self, picture: Image) -> float:
        """0-100, from an upright RGB picture with a long side of 640 or more where the original has it."""


class FaceDetector(Protocol):
    """Finds faces."""

    model: str
    """Name and version of the model."""

    def faces(self, picture: Image) -> tuple[Face, ...]:
        """The faces of an upright RGB picture, largest first."""


class Gazetteer(Protocol):
    """Names the place of a location, offline."""

    def place(self, location: Location) -> Place | None:
        """The place at or near; None where there is none (open sea)."""


class Geocoder(Protocol):
    """Refines a place by asking a service. Handed in as a no-op unless a person opted in."""

    def refine(self, location: Location, place: Place | None) -> Place | None:
        """A more exact place, or the one given. Raises ``Transient``."""


class News(Protocol):
    """Passes an image's report on to the sinks that want it."""

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """Hand the report to every sink, durably and idempotently; the sinks' names."""


class Limits(Protocol):
    """What a picture may be at most, checked before it is decoded."""

    @property
    def max_bytes(self) -> int:
        """Size of the file."""

    @property
    def max_pixels(self) -> int:
        """Width times height."""

    @property
    def max_side(self) -> int:
        """The longer side in pixels."""

    @property
    def max_frames(self) -> int:
        """Frames or pages in one file."""


class ReleaseBands(Protocol):
    """Where safe ends and nude begins, as nudity scores 0-100."""

    @property
    def safe_below(self) -> float:
        """Scores below are cleared."""

    @property
    def nude_from(self) -> float:
        """Scores at or above are held; between the two a person decides."""
