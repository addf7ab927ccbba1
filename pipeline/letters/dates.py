"""Days and moments as letters write them, in English whatever the machine's language."""

from datetime import UTC, date, datetime

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short(iso: str) -> str:
    """``Sat 21 Nov`` of an ISO 8601 date."""
    day = date.fromisoformat(iso)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def long(iso: str) -> str:
    """``Sat 21 Nov 2026``."""
    return f"{short(iso)} {date.fromisoformat(iso).year}"


def moment(iso: object) -> str:
    """``Sun 22 Nov 2026, 08:59:30 UTC`` of an ISO 8601 time; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(str(iso)).astimezone(UTC)
    except (ValueError, OverflowError):
        return str(iso or "")
    return f"{long(at.date().isoformat())}, {at:%H:%M:%S} UTC"
