"""How runs ended and how long they took, counted in the transaction that records them; never counted down.

One line per quarter of an hour (so that a day of any time zone is a whole number of them), actor, outcome and
class of duration. What is counted here cannot be had from the rows: they keep the last run alone, and go when
an image is erased.
"""

import math
from sqlite3 import Connection

SLOT = 900
"""Seconds; offsets of time zones are whole multiples."""
PER_DECADE = 20
"""Classes of duration: each is 12 % wider than the one before, so a percentile is at most 6 % off."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS tallies (
    slot INTEGER NOT NULL, actor TEXT NOT NULL, outcome TEXT NOT NULL, class INTEGER NOT NULL,
    runs INTEGER NOT NULL, ms REAL NOT NULL, PRIMARY KEY (slot, actor, outcome, class)) WITHOUT ROWID;
"""
COUNT = """
INSERT INTO tallies VALUES (?,?,?,?,1,?)
ON CONFLICT DO UPDATE SET runs=runs+1, ms=ms+excluded.ms
"""


def count(connection: Connection, actor: str, outcome: str, at: float, ms: float) -> None:
    """Count one run that ended at ``at`` (seconds since the epoch): done, failed, skipped or again."""
    connection.execute(COUNT, (int(at // SLOT) * SLOT, actor, outcome, class_of(ms), ms))


def class_of(ms: float) -> int:
    """The class of a duration: the upper bound is ``bound``."""
    return max(0, math.ceil(PER_DECADE * math.log10(ms))) if ms > 1 else 0


def bound(number: int) -> float:
    """The longest duration of a class, in milliseconds."""
    return float(10 ** (number / PER_DECADE))
