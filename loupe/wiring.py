"""Which adapter answers which port of the actors."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from PIL import Image

from loupe import dropping, marking, uploads
from loupe.given import Bands, Everybody, Marks, Pages, Renders, archiving, without_original
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
from pipeline.model import Location
from pipeline.publication import Standings

if TYPE_CHECKING:
    from pipeline.adapters.tinypng import TinyPng

SOFIA = Location(latitude=42.66, longitude=23.39)


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
        port.Uses: SqliteUses(base.database, without_original(base.chain), moves.restore_for),
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


def warm(ready: Mapping[type, Any]) -> None:
    """Load models and places by asking them something, so that the first picture need not wait."""
    blank = Image.new("RGB", (64, 64))
    ready[port.NudityDetector].score(blank)
    ready[port.FaceDetector].faces(blank)
    ready[port.Gazetteer].place(SOFIA)


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
