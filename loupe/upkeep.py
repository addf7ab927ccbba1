"""Rows of the timetable that keep figures whole and small, send traces, and show that the clock turns."""

import time
from importlib.metadata import version
from itertools import takewhile

from loupe.ground import Ground, pulse
from pipeline import tracing
from pipeline.adapters import sqlite_tallies
from pipeline.adapters.otlp_collector import OtlpCollector
from pipeline.adapters.sqlite_earlier import SqliteEarlier
from pipeline.adapters.sqlite_ways import SqliteWays
from pipeline.beats import EVERY
from scheduler.timetable import Every

EARLIER_SECONDS, EARLIER_TURNS, EARLIER_MOST = 10, 10, 100
"""How often images of an earlier version are looked after: in so many transactions of so many images."""
TRACES_SECONDS = 10
TALLIES_SECONDS = 3600
TALLIES_DAYS = 40
"""Days for which runs are kept by the quarter of an hour; after that, by the day in UTC."""


def rows(base: Ground) -> list[Every]:
    """What the clock does about figures."""
    earlier = SqliteEarlier(base.database)
    return [
        Every("beat", EVERY / 4, pulse(base, "clock")),
        Every("facts of earlier images", EARLIER_SECONDS, lambda: catch_up(earlier)),
        Every("tallies", TALLIES_SECONDS, lambda: compact_tallies(base)),
        *_traces(base),
    ]


def catch_up(earlier: SqliteEarlier) -> int:
    """Make facts of images of an earlier version, as many as do not keep others waiting; how many."""
    made = (earlier.catch_up(EARLIER_MOST) for _ in range(EARLIER_TURNS))
    return sum(takewhile(bool, made))


def compact_tallies(base: Ground) -> int:
    """Add up by the day what nobody asks for by the quarter of an hour any more; lines that went."""
    return sqlite_tallies.compact(base.database, time.time() - TALLIES_DAYS * sqlite_tallies.DAY)


def _traces(base: Ground) -> list[Every]:
    """Where a setting names a collector. Raises ``Misconfigured`` when the extra is missing."""
    if not base.settings.otlp_endpoint:
        return []
    collector = OtlpCollector(base.settings.otlp_endpoint, version("loupe"))
    journal = SqliteWays(base.database)
    return [Every("traces", TRACES_SECONDS, lambda: tracing.send(base.ledger, journal, collector))]
