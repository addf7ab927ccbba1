"""What actors and rooms ask of the outside world. Adapters answer; the front door hands them in.

An actor names a port as a parameter's type. Ports that belong to the engine alone stand in
``pipeline.ledger``; those of the Slack card in ``pipeline.cards``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from PIL.Image import Image

from pipeline.model import Earlier, Face, Location, Place, RenditionFormat, Source, Spot, Toponym, Town

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

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below the folder ``prefix`` (no slash at its end), in order; none where it is empty."""


class Public(Store, Protocol):
    """The store that anybody can read who knows a key. Holds renditions alone, below their image's id."""


class Archive(Store, Protocol):
    """The store that is cheap to keep and slow to read: originals, under the same keys as in the store."""

    def ready(self, key: str) -> datetime | None:
        """Ask for ``key`` to be readable: None when it is now, else about when. Raises ``Unknown``."""

    def size(self, key: str) -> int:
        """Bytes that ``key`` takes up here. Raises ``Unknown``."""

    def since(self, key: str) -> datetime:
        """When ``key`` was put here last. Raises ``Unknown``."""


class Cdn(Protocol):
    """Brings public files to people."""

    def address(self, path: str) -> str:
        """The absolute address of a path below ``/i/``."""

    def forget(self, image: str) -> None:
        """Drop every copy of the image's files and page that lies in caches. Raises ``Transient``."""


class Incoming(Protocol):
    """Brings the bytes of an arrived picture, whatever source they come from."""

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """A seekable stream of at most ``limit`` bytes.

        Raises ``Rejected`` with words (too big, login page, deleted, ...) or ``Transient``.
        """


class Twins(Protocol):
    """Remembers which image had which bytes first."""

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """Note that ``image`` uses these bytes; say which one did first. Asked before they are kept."""


class Uses(Protocol):
    """Knows which images have an original's bytes in common."""

    def release(self, sha256: str, image: str, remove: Callable[[], None]) -> bool:
        """Call ``remove`` unless an image still needs these bytes; was it called?

        One needs them while somebody wants them restored, while it has runs open other than those that come
        with the removal or after it, and as long as it is not archived itself. Nobody can begin to use them
        between the look and the call.
        """


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


class Surroundings(Protocol):
    """Knows what lies around a spot, offline."""

    def towns(self, spot: Spot, within: float, most: int) -> tuple[Town, ...]:
        """Populated places within so many kilometres, the nearest first; at most ``most``."""


class Atlas(Protocol):
    """Finds places by their names, offline."""

    def named(self, words: str, most: int) -> tuple[Toponym, ...]:
        """Places whose name begins with ``words``, whatever case and accents; the most populous first.

        What stands behind a comma narrows it to a region or country. Empty words find nothing.
        """


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


class Owners(Protocol):
    """Knows whose watermark says what."""

    def of(self, payload: int) -> Earlier | None:
        """The image whose mark says this (the low 64 bits of its id); None where the ledger has none."""


class Marking(Protocol):
    """How pictures are marked."""

    @property
    def key(self) -> bytes:
        """The secret without which nobody finds a mark."""


class Rendering(Protocol):
    """What renditions are made with."""

    @property
    def decode_bytes(self) -> int:
        """Memory that decoding one picture may take."""

    def compress(self, png: Callable[[], bytes], format: RenditionFormat) -> bytes | None:
        """A lossless PNG, made when it is called for, compressed by a service; None: do it here."""


class Publishing(Protocol):
    """What a public page may tell."""

    @property
    def location(self) -> Literal["none", "place", "exact"]:
        """Nothing, the town with a position rounded to 0.01 degrees, or the position as found."""


class Archiving(Protocol):
    """When originals move to the archive."""

    @property
    def archive_after(self) -> float | None:
        """Seconds after the picture came; 0 at once, None never."""

    @property
    def restore_for(self) -> float:
        """Seconds for which a restored original stays in the store."""


Wish = Literal["alt", "archive", "restore", "hold", "release", "withdraw", "original", "place"]
"""alt: the words for those who cannot see it; archive, restore: move the original now; hold: show it to
nobody before a moderator has looked; release: a moderator has looked, it may be shown; withdraw: no web
copies; original: the key of a file whose metadata is that of the picture; place: where it was taken, as
latitude and longitude with a comma between."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person asked for an image."""

    text: str
    person: str
    """A Slack user id, or empty for somebody at the command line."""
    at: datetime


class Notes(Protocol):
    """What people asked for, beside the ledger's rows. Who writes it replays the actor that reads it."""

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None:
        """Note a wish, in place of an earlier one of the kind. Durable on return."""

    def get(self, image: str, wish: Wish) -> Note | None:
        """The wish of that kind, if there is one."""

    def clear(self, image: str, wish: Wish) -> None:
        """Take a wish back; harmless where there is none."""


class Appointments(Protocol):
    """Remembers which actor is to look at an image again at a time. The clock replays it then."""

    def make(self, image: str, actor: str, at: datetime) -> None:
        """Look again then, in place of an earlier appointment of this actor with this image."""
