"""How a worker process builds its engine.

Kept apart from the wiring, which only workers import: models and numerics cost a process 0.2 s and 40 MB,
and the command line needs neither.
"""

import logging
import os
from functools import partial

from loupe import logs
from loupe.ground import ground
from loupe.settings import Settings
from pipeline.engine import Engine
from pipeline.retry import Backoff
from pipeline.workers import Factory


def passing(settings: Settings, only: tuple[str, ...], backoff: Backoff) -> Factory:
    """For workers that run what is there and go; ``only`` some actors and those they build on."""
    return partial(_quiet_engine, settings, only, backoff)


def standing(settings: Settings) -> Factory:
    """For workers that wait for pictures: everything is loaded before the first one comes."""
    return partial(_warm_engine, settings)


def _quiet_engine(settings: Settings, only: tuple[str, ...], backoff: Backoff) -> Engine:
    logs.start(logging.ERROR)
    return _engine(settings, only, backoff)


def _warm_engine(settings: Settings) -> Engine:
    logs.start_part(settings.log_metrics)
    engine = _engine(settings, (), Backoff())
    from loupe.wiring import warm

    warm(engine.ports)
    return engine


def _engine(settings: Settings, only: tuple[str, ...], backoff: Backoff) -> Engine:
    # Read when numerics are loaded: a worker has one processor, and more threads only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from loupe.wiring import ports

    base = ground(settings)
    chain = base.chain.upto(only) if only else base.chain
    return Engine(chain, base.ledger, ports(base), backoff)
