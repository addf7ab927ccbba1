"""Which adapter answers which port. The only place that knows them all."""

import logging
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

from PIL import Image

from loupe import logs
from loupe.ground import Ground, ground
from loupe.prepare import gazetteer
from loupe.settings import Settings
from pipeline import ports
from pipeline.adapters.incoming import FileIncoming, IncomingBySource
from pipeline.adapters.nominatim import Nominatim
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.adapters.onnx_faces import OnnxFaces
from pipeline.adapters.onnx_nudity import OnnxNudity
from pipeline.adapters.pictures import StoredPictures
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.engine import Engine
from pipeline.model import Location
from pipeline.retry import Backoff
from pipeline.workers import Factory


@dataclass(frozen=True, slots=True)
class Bands:
    """``ports.ReleaseBands``: settings say fractions, scores are percentages."""

    safe_below: float
    nude_from: float


IMPATIENT = Backoff(first=0.05, longest=1.0, transient_attempts=4)
"""For a person who waits at the terminal."""


def engine(base: Ground, backoff: Backoff | None = None) -> Engine:
    """The engine on a data folder, every port answered."""
    return Engine(base.chain, base.ledger, _ports(base), backoff or Backoff())


def worker_factory(
    settings: Settings,
    only: tuple[str, ...] = (),
    backoff: Backoff | None = None,
    log_level: int = logging.INFO,
) -> Factory:
    """Builds the same engine inside a worker process; ``only`` some actors and those they build on."""
    return partial(_worker_engine, settings, only, backoff, log_level)


def standing_factory(settings: Settings) -> Factory:
    """For workers that wait for pictures: everything is loaded before the first one comes."""
    return partial(_warm_engine, settings)


def _warm_engine(settings: Settings) -> Engine:
    started = _worker_engine(settings, (), None, logging.INFO)
    blank = Image.new("RGB", (64, 64))
    ask: Any = started.ports
    ask[ports.NudityDetector].score(blank)
    ask[ports.FaceDetector].faces(blank)
    ask[ports.Gazetteer].place(Location(latitude=42.66, longitude=23.39))
    return started


def _worker_engine(
    settings: Settings, only: tuple[str, ...], backoff: Backoff | None, log_level: int
) -> Engine:
    logs.start(log_level)
    base = ground(settings)
    if only:
        base = ground(settings, base.chain.upto(only))
    return engine(base, backoff)


def _ports(base: Ground) -> dict[type, object]:
    settings = base.settings
    incoming: dict[str, ports.Incoming] = {"file": FileIncoming()}
    if settings.slack_bot_token:
        incoming["slack"] = _slack_files(base, settings.slack_bot_token.get_secret_value())
    return {
        ports.Store: base.store,
        ports.Incoming: IncomingBySource(incoming),
        ports.Twins: SqliteTwins(base.database),
        ports.Pictures: StoredPictures(base.store, settings.decode_memory << 20),
        ports.NudityDetector: OnnxNudity(),
        ports.FaceDetector: OnnxFaces(),
        ports.Gazetteer: gazetteer(settings.data),
        ports.Geocoder: _geocoder(settings),
        ports.News: base.cards,
        ports.Limits: settings,
        ports.ReleaseBands: Bands(settings.safe_below * 100, settings.nude_from * 100),
    }


def _geocoder(settings: Settings) -> ports.Geocoder:
    if not settings.nominatim:
        return NominatimOff()
    return Nominatim(settings.data / "cache", f"Loupe/{version('loupe')} ({settings.nominatim})")


def _slack_files(base: Ground, token: str) -> ports.Incoming:
    # Imported only where Slack is connected: a worker that checks files does without the SDK's memory.
    from bot.api import client
    from bot.files import SlackFiles

    return SlackFiles(client(token, base.settings.slack_api_url), base.cards)
