"""Rows of the timetable that keep figures whole and small, and show that the clock turns."""

import time
from itertools import takewhile

from loupe.ground import Ground, pulse
from pipeline.adapters import sqlite_tallies
from pipeline.adapters.sqlite_earlier import SqliteEarlier
from pipeline.beats import EVERY
from scheduler.timetable import Every

EARLIER_SECONDS, EARLIER_TURNS, EARLIER_MOST = 10, 10, 100
"""How often images of an earlier version are looked after: in so many transactions of so many images."""
TALLIES_SECONDS = 3600
TALLIES_DAYS = 40
"""Days for which runs are kept by the quarter of an hour; after that, by the day in UTC."""


def rows(base: Ground) -> list[Every]:
    """What the clock does about figures."""
    earlier = SqliteEarlier(base.database)
    return [
        Every("beat", EVERY, pulse(base, "clock")),
        Every("facts of earlier images", EARLIER_SECONDS, lambda: catch_up(earlier)),
        Every("tallies", TALLIES_SECONDS, lambda: compact_tallies(base)),
    ]


def catch_up(earlier: SqliteEarlier) -> int:
    """Make facts of images of an earlier version, as many as do not keep others waiting; how many."""
    made = (earlier.catch_up(EARLIER_MOST) for _ in range(EARLIER_TURNS))
    return sum(takewhile(bool, made))


def compact_tallies(base: Ground) -> int:
    """Add up by the day what nobody asks for by the quarter of an hour any more; lines that went."""
    return sqlite_tallies.compact(base.database, time.time() - TALLIES_DAYS * sqlite_tallies.DAY)
