"""An oracle for local times: it goes minute by minute, reads the wall clock and knows of no gaps."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
FURTHEST = timedelta(hours=15)


def first(zone: str, wall: datetime) -> float:
    """The first minute at which a wall clock there shows ``wall`` or later."""
    tz, moment = ZoneInfo(zone), (wall - FURTHEST).replace(tzinfo=UTC)
    while moment.astimezone(tz).replace(tzinfo=None) < wall:
        moment += MINUTE
    return moment.timestamp()


@lru_cache(maxsize=10_000)
def window(zone: str, day: date, at: str) -> tuple[float, float]:
    """When the day has its ``at``, and when it is over."""
    end = first(zone, datetime.combine(day + timedelta(days=1), time()))
    return min(first(zone, datetime.combine(day, time.fromisoformat(at))), end), end


@lru_cache(maxsize=10_000)
def exists(zone: str, day: date) -> bool:
    """Did the zone leave the day out?"""
    begin, end = window(zone, day, "00:00")
    return begin < end


def told_in(zone: str, day: date) -> date:
    """The day that is told about on a morning."""
    earlier = day - timedelta(days=1)
    return earlier if exists(zone, earlier) else told_in(zone, earlier)
