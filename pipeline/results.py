"""What actors return: one frozen dataclass per actor, one ledger row per (image, actor).

``Arrived`` and ``Foreign`` are the only results that no actor here returns: a source writes the one, and it
starts the chain; programs in other languages write the other (docs/events.md).
``Failed`` and ``Skipped`` are the other two ways in which an actor settles; an actor that can go on
without a result says so in its signature: ``faces: Faces | Failed | Skipped``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.model import (
    Camera,
    Earlier,
    Face,
    Location,
    MapLinks,
    Place,
    Rendition,
    Source,
    Spot,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What every result is."""


@dataclass(frozen=True, slots=True)
class Failed(Result):
    """An actor that gave up on this image."""

    reason: str
    """A sentence for a person."""
    rejected: bool = False
    """True when the image itself will never do; false when the run is parked and can be replayed."""


@dataclass(frozen=True, slots=True)
class Skipped(Result):
    """An actor that had nothing to do on this image."""

    reason: str


@dataclass(frozen=True, slots=True)
class Foreign(Result):
    """What an actor outside this program found."""

    data: str
    """JSON text that this version keeps and passes on."""


@dataclass(frozen=True, slots=True)
class Arrived(Result):
    """A picture entered Loupe. Written by its source; the bytes may still be elsewhere."""

    image: str
    short: str
    """The id that people see, such as IMG-7F3K."""
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted(Result):
    """The picture is readable, within the limits, and its original is in the store."""

    sha256: str
    key: str
    """Where the original lies in the store."""
    format: str
    """JPEG, PNG, GIF, WEBP, HEIF, AVIF, TIFF, BMP or MPO, read from the bytes."""
    width: int
    """Pixels of the upright picture."""
    height: int
    bytes: int
    frames: int = 1
    """More than one: animated or several pages; the first is looked at."""
    duplicate_of: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Metadata(Result):
    """What the file says about itself. Every field has been range-checked."""

    taken_at: str | None = None
    """ISO 8601 by the camera's clock, with an offset where the file states one."""
    camera: Camera = field(default_factory=Camera)
    orientation: int | None = None
    """EXIF orientation 1-8 as stored, before the picture was turned upright."""
    location: Location | None = None
    no_location: str | None = None
    """Why there is no location, in words."""


@dataclass(frozen=True, slots=True)
class Placed(Result):
    """Where the picture was taken, in names and links."""

    place: Place | None
    map_links: MapLinks | None
    taken_at: str | None
    """The camera's time with the place's offset applied where the file stated none."""
    reason: str | None = None
    """Why there is no place, in words."""


@dataclass(frozen=True, slots=True)
class Nudity(Result):
    """How likely the picture shows nudity, 0-100, by the named model."""

    score: float
    model: str


@dataclass(frozen=True, slots=True)
class Faces(Result):
    """The faces in the picture, largest first, by the named model."""

    faces: tuple[Face, ...]
    model: str


Decision = Literal["cleared", "review", "held"]


@dataclass(frozen=True, slots=True)
class Release(Result):
    """May the picture be shown? ``review`` waits for a person and is not shown until then."""

    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class Reported(Result):
    """The findings were handed to the sinks."""

    sinks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatermarkSeen(Result):
    """Does the picture carry this Loupe's invisible watermark already?"""

    found: bool
    confidence: float
    """0-100: 50 at the threshold, 100 where the chance of a false alarm is 1e-12 or less."""
    payload: str | None = None
    """16 hexadecimal digits; None where there is no mark, or one that says nothing."""
    earlier: Earlier | None = None
    """The image whose mark it is, where the ledger knows it."""


@dataclass(frozen=True, slots=True)
class Renditions(Result):
    """The copies that every program reads, JPEG or PNG, in the store and not public yet."""

    renditions: tuple[Rendition, ...]
    payload: str | None
    """What was put into them, 16 hexadecimal digits; None where the picture keeps an earlier mark."""


@dataclass(frozen=True, slots=True)
class Copies(Result):
    """The WebP and AVIF copies for ``srcset``, in the store and not public yet."""

    renditions: tuple[Rendition, ...]


@dataclass(frozen=True, slots=True)
class Published(Result):
    """The renditions can be read by anybody who knows their addresses."""

    page: str
    """Address of the page about the image."""
    renditions: tuple[Rendition, ...]
    alt: str
    """What the picture shows, in words for those who cannot see it."""
    alt_by: Literal["findings", "person"] = "findings"
    place: str | None = None
    """Where it was taken, as the page may say it."""
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Archived(Result):
    """The archive holds the original, read back and found equal."""

    key: str
    bytes: int
    """As kept there."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Restored(Result):
    """The original was fetched back from the archive and stays in the store for a while."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Removed(Result):
    """The original was taken out of the store; the archive alone has it now."""

    bytes: int


@dataclass(frozen=True, slots=True)
class PublicationReported(Result):
    """What was published and archived was handed to the sinks."""

    sinks: tuple[str, ...]
