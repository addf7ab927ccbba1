"""Which adapter answers which port of the actors."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from PIL import Image

from loupe.ground import Ground
from loupe.prepare import gazetteer
from loupe.settings import Settings
from pipeline import ports as port
from pipeline.adapters.incoming import FileIncoming, IncomingBySource
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.adapters.onnx_faces import OnnxFaces
from pipeline.adapters.onnx_nudity import OnnxNudity
from pipeline.adapters.pictures import StoredPictures
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.model import Location

SOFIA = Location(latitude=42.66, longitude=23.39)


@dataclass(frozen=True, slots=True)
class Bands:
    """``ReleaseBands``: settings say fractions, scores are percentages."""

    safe_below: float
    nude_from: float


def ports(base: Ground) -> dict[type, object]:
    """Every port that an actor may ask for. Nothing is loaded or connected yet."""
    settings = base.settings
    return {
        port.Store: base.store,
        port.Incoming: IncomingBySource(_incoming(base)),
        port.Twins: SqliteTwins(base.database),
        port.Pictures: StoredPictures(base.store, settings.decode_memory << 20),
        port.NudityDetector: OnnxNudity(),
        port.FaceDetector: OnnxFaces(),
        port.Gazetteer: gazetteer(settings.data),
        port.Geocoder: _geocoder(settings),
        port.News: base.cards,
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
    if not token:
        return {"file": FileIncoming()}
    # Imported only where Slack is connected: a worker that checks files does without the SDK's memory.
    from bot.api import client
    from bot.files import SlackFiles
    from pipeline.adapters.download import fetch

    slack = SlackFiles(client(token.get_secret_value(), base.settings.slack_api_url), base.cards, fetch)
    return {"file": FileIncoming(), "slack": slack}


def _geocoder(settings: Settings) -> port.Geocoder:
    if not settings.nominatim:
        return NominatimOff()
    # Imported only where a person opted in: geopy costs every start 90 ms.
    from pipeline.adapters.nominatim import Nominatim

    return Nominatim(settings.data / "cache", f"Loupe/{version('loupe')} ({settings.nominatim})")
