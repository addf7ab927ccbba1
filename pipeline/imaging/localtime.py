"""The camera's clock, completed with the offset of the place where it stood. Source: tz database."""

from datetime import datetime
from zoneinfo import ZoneInfo

FIRST, LAST = 1970, 2100
"""Years to which an offset is given: the tz database is complete from 1970, and the rest is a wrong clock."""


def at_zone(taken_at: str | None, zone: str | None) -> str | None:
    """``taken_at`` (ISO 8601) with the zone's offset, where it has none and exactly one is possible.

    The hour that a change of the clocks repeats has two, the one that it leaves out has none: such a
    time is left as the camera said it, and so is a date without a time.
    """
    if not taken_at or not zone or "T" not in taken_at:
        return taken_at
    try:
        moment = datetime.fromisoformat(taken_at)
        place = ZoneInfo(zone)
    except (ValueError, KeyError, OSError):
        return taken_at
    if moment.tzinfo or not FIRST <= moment.year <= LAST:
        return taken_at
    earlier, later = (moment.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    return earlier.isoformat() if earlier.utcoffset() == later.utcoffset() else taken_at
