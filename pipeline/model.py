"""The values that results are made of. All are frozen; none knows where it is kept.

Scores are percentages, 0-100. Boxes are fractions of the upright picture, 0-1, origin top left.
Times are aware ``datetime`` in UTC, except where a camera's clock is meant: then ISO 8601 text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SourceKind = Literal["slack", "file", "upload", "folder", "s3", "dropbox", "azure", "drive"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one picture came from; enough to fetch it again and to answer at the right place."""

    kind: SourceKind
    name: str
    """The file's name as it was given: for people, never trusted as a type or a path."""
    locator: str
    """What the source needs to find the bytes: a Slack file id, a path, a key."""
    team: str = ""
    channel: str = ""
    message: str = ""
    """Slack's ts of the message that carries the picture."""
    thread: str = ""
    """The ts of the thread to answer in: the message's own unless it stands in a thread."""
    person: str = ""
    private: bool = False
    """A direct message or private channel: never named in another place."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The image that had the very same bytes first."""

    image: str
    short: str
    at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Camera:
    """Maker and model as the file states them."""

    make: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A position in WGS 84: degrees, metres above sea level, degrees clockwise from north."""

    latitude: float
    longitude: float
    altitude: float | None = None
    direction: float | None = None
    source: Literal["exif", "xmp", "person"] = "exif"
    by: str | None = None
    """Whose word it is, where it is a person's."""


@dataclass(frozen=True, slots=True)
class Place:
    """The populated place at or near a location. Data: GeoNames (CC BY), OpenStreetMap (ODbL)."""

    name: str | None
    region: str | None
    country: str | None
    country_code: str | None
    distance_km: float | None
    timezone: str | None
    source: str


@dataclass(frozen=True, slots=True)
class MapLinks:
    """Addresses that show a location on a map."""

    openstreetmap: str
    google: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as fractions (0-1) of the upright picture; x and y are its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face and how sure the detector is (0-100)."""

    box: Box
    score: float


RenditionFormat = Literal["JPEG", "PNG", "WEBP", "AVIF"]


@dataclass(frozen=True, slots=True)
class Rendition:
    """One web-ready copy of a picture: resized, marked, compressed once, without metadata."""

    name: str
    """w150, box50, h150, app108, app512, art2560, or s and the width of a ``srcset`` candidate."""
    width: int
    """Pixels."""
    height: int
    format: RenditionFormat
    bytes: int
    bytes_uncompressed: int
    """The scaled picture as programs write it that do not try to be small: baseline JPEG 92, or plain PNG."""
    scaling: str
    encoder: str
    quality: int | None
    """The encoder's own; None where there is none to choose."""
    score: float | None
    """SSIMULACRA2 that the quality was chosen by, 0-100."""
    marked: bool
    """Was the right watermark read back from the finished file? Where that has less than 12,000 pixels, and
    so no room for what a watermark says: was one found?"""
    key: str
    """Where it lies, in the store and, once published, in the public one."""
    note: str = ""
    """What a person should know: not enlarged, first frame, ..."""
    url: str = ""
    """Its public address, once there is one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A position that may be shown to anybody: degrees, rounded as the settings say."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place on a map: degrees in WGS 84, inhabitants (0: not known)."""

    name: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class Toponym:
    """A populated place that was found by its name. Data: GeoNames (CC BY)."""

    name: str
    region: str | None
    country: str
    country_code: str
    latitude: float
    longitude: float
    population: int
