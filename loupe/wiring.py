"""Which adapter answers which port of the actors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from loupe import dropping, marking, uploads
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.prepare import gazetteer
from loupe.settings import Settings
from pipeline import ports as port
from pipeline.adapters.archived_store import ArchivedStore
from pipeline.adapters.drop_incoming import DropIncoming
from pipeline.adapters.incoming import FileIncoming, IncomingBySource
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.adapters.onnx_faces import OnnxFaces
from pipeline.adapters.onnx_nudity import OnnxNudity
from pipeline.adapters.pictures import StoredPictures
from pipeline.adapters.sqlite_appointments import SqliteAppointments
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_owners import SqliteOwners
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.adapters.sqlite_uses import SqliteUses
from pipeline.adapters.upload_incoming import UploadIncoming
from pipeline.chain import Chain
from pipeline.model import Location, RenditionFormat, Source
from pipeline.publication import Standings

if TYPE_CHECKING:
    from pipeline.adapters.tinypng import TinyPng

DAY = 86_400.0
"""Seconds."""
SOFIA = Location(latitude=42.66, longitude=23.39)


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
    service: "TinyPng | None"

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


def ports(base: Ground) -> dict[type, object]:
    """Every port that an actor may ask for. Nothing is loaded or connected yet."""
    settings = base.settings
    store = ArchivedStore(base.store, base.archive)
    moves = archiving(settings)
    return {
        port.Store: store,
        port.Incoming: IncomingBySource(_incoming(base)),
        port.Twins: SqliteTwins(base.database),
        port.Archive: base.archive,
        port.Archiving: moves,
        port.Uses: SqliteUses(base.database, _without_original(base.chain), moves.restore_for),
        port.Appointments: SqliteAppointments(base.database),
        port.Pictures: StoredPictures(store, settings.decode_memory << 20),
        port.NudityDetector: OnnxNudity(),
        port.FaceDetector: OnnxFaces(),
        port.Gazetteer: gazetteer(settings.data),
        port.Geocoder: _geocoder(settings),
        port.News: Everybody((base.cards, newsroom(base))),
        port.Owners: SqliteOwners(base.database),
        port.Notes: SqliteNotes(base.database),
        port.Public: base.public,
        port.Cdn: LocalCdn(settings.site),
        Standings: base.standings,
        port.Marking: Marks(marking.key(settings)),
        port.Rendering: Renders(settings.decode_memory << 20, _service(settings)),
        port.Publishing: Pages(settings.page_location),
        port.Limits: settings,
        port.ReleaseBands: Bands(settings.safe_below * 100, settings.nude_from * 100),
    }


def archiving(settings: Settings) -> Moves:
    """When originals move; -1 days stand for never."""
    days = settings.archive_after
    return Moves(days * DAY if days >= 0 else None, settings.restore_for * DAY)


def warm(ready: Mapping[type, Any]) -> None:
    """Load models and places by asking them something, so that the first picture need not wait."""
    blank = Image.new("RGB", (64, 64))
    ready[port.NudityDetector].score(blank)
    ready[port.FaceDetector].faces(blank)
    ready[port.Gazetteer].place(SOFIA)


def _without_original(actors: Chain) -> set[str]:
    """The actors that run with the removal of an original or after it."""
    gone = {"remove_original"}
    for each in actors:
        if gone.intersection(actors.awaited(each)):
            gone.add(each.name)
    return gone


def _incoming(base: Ground) -> dict[str, port.Incoming]:
    token = base.settings.slack_bot_token
    originals = ArchivedStore(base.store, base.archive)
    dropped = DropIncoming(UploadIncoming(dropping.box(base), originals))
    found: dict[str, port.Incoming] = {
        "file": FileIncoming(),
        "upload": UploadIncoming(uploads.box(base), originals),
        "folder": dropped,
        "s3": dropped,
    }
    if not token:
        return found
    # Imported only where Slack is connected: a worker that checks files does without the SDK's memory.
    from bot.api import client
    from bot.files import SlackFiles
    from pipeline.adapters.download import fetch

    slack = SlackFiles(client(token.get_secret_value(), base.settings.slack_api_url), base.cards, fetch)
    return {**found, "slack": slack}


def _service(settings: Settings) -> "TinyPng | None":
    if not settings.tinypng_key:
        return None
    from pipeline.adapters.tinypng import TinyPng

    return TinyPng(settings.tinypng_key.get_secret_value(), settings.tinypng_monthly)


def _geocoder(settings: Settings) -> port.Geocoder:
    if not settings.nominatim:
        return NominatimOff()
    # Imported only where a person opted in: geopy costs every start 90 ms.
    from pipeline.adapters.nominatim import Nominatim

    return Nominatim(settings.data / "cache", f"Loupe/{version('loupe')} ({settings.nominatim})")
