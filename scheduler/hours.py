"""Local times as moments: when a day of a zone has its nine o'clock. Pure.

A time that a day does not have (the clocks go forward over it) comes at the first moment after the gap; one
that it has twice (they go back) comes the first time. Moments are seconds since the epoch.
"""

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.figures import Day, day_of


def opening(day: Day, at: str) -> float:
    """The moment from which on it is ``at`` (HH:MM) or later on that day."""
    zone = ZoneInfo(day.zone)
    wall = datetime.combine(day.date, time.fromisoformat(at), zone)
    moment = wall.timestamp()
    shown = datetime.fromtimestamp(moment, zone)
    if shown.replace(tzinfo=None) != wall.replace(tzinfo=None):
        moment = _change(wall.replace(fold=1).timestamp(), moment, zone)
    return min(max(moment, day.start), day.end)


def around(moment: float, zone: str) -> Day:
    """The day whose span holds the moment; where clocks go back over midnight they may show another."""
    shown = day_of(moment, zone)
    near = (shown, _moved(shown, 1), _moved(shown, -1))
    return next(day for day in near if day.start <= moment < day.end)


def before(day: Day) -> Day:
    """The day before; where a zone left a date out, the one before that."""
    earlier = _moved(day, -1)
    return earlier if earlier.start < earlier.end else before(earlier)


@lru_cache(maxsize=8192)
def known(at: str, zone: str) -> bool:
    """Is there such a time and zone? Zones come and go with the database of the machine."""
    try:
        time.fromisoformat(at)
        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        return False
    return True


@lru_cache(maxsize=8192)
def told(at: str, zone: str, moment: float) -> Day | None:
    """The day that is told about at the moment, by what is due at ``at``: the day before, until midnight.

    Many rows ask this of one moment, and share the answer.
    """
    today = around(moment, zone)
    return before(today) if opening(today, at) <= moment < today.end else None


def next_opening(at: str, zone: str, moment: float) -> float:
    """The next moment at which it becomes ``at``, after the given one."""
    day = around(moment, zone)
    while opening(day, at) <= moment:
        day = around(day.end, zone)
    return opening(day, at)


def _moved(day: Day, days: int) -> Day:
    return Day(day.date + timedelta(days=days), day.zone)


def _change(early: float, late: float, zone: ZoneInfo) -> float:
    """The second between the two at which the zone's offset changes."""
    low, high = int(early), int(late)
    first = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == first else (low, middle)
    return float(high)


def _offset(moment: float, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, zone).utcoffset()
