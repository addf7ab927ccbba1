"""The camera's clock as ISO 8601.

Sources: Exif 3.0, DateTimeOriginal and OffsetTimeOriginal; XMP part 1, Date.
"""

import re
from datetime import datetime

STAMP = re.compile(
    r"(?P<date>\d{4}[:/.-]\d\d?[:/.-]\d\d?)"
    r"(?:[ T:]+(?P<time>\d\d?:\d\d?(?::\d\d?)?)(?:[.,]\d+)?\s*(?P<offset>Z|[+-]\d\d:?\d\d)?)?"
)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
MAX_OFFSET = 14 * 60
"""Minutes; Kiribati is the farthest from UTC."""


def iso(stamp: str | None, offset: str | None = None) -> str | None:
    """``2016:07:02 14:03:05`` and an offset as ISO 8601; None for what no calendar has.

    An offset inside the stamp wins. A stamp without a time stays a date.
    """
    found = STAMP.fullmatch(stamp.strip()) if stamp else None
    if found is None:
        return None
    year, month, day = map(int, re.split(r"[:/.-]", found["date"]))
    hour, minute, second = map(int, f"{found['time'] or '0:0'}:0".split(":")[:3])
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    if not found["time"]:
        return moment.date().isoformat()
    return moment.isoformat() + _offset(found["offset"] or offset or "")


def _offset(stated: str) -> str:
    """``+02:00`` where it is a possible one, else nothing."""
    if stated.strip() == "Z":
        return "+00:00"
    found = OFFSET.fullmatch(stated.strip())
    if found is None or int(found[3]) > 59 or int(found[2]) * 60 + int(found[3]) > MAX_OFFSET:
        return ""
    return f"{found[1]}{found[2]}:{found[3]}"
