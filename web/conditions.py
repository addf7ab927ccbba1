"""Conditional requests (RFC 9110, section 13): does the asker have the current bytes already?"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers

TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
TAGS = re.compile(rf"{TAG.pattern}(?:\s*,\s*{TAG.pattern})*")
ANY = "*"


def verdict(asked: Headers, etag: str, modified: datetime | None) -> int:
    """412, 304 or 200, in the order of section 13.2.2. ``etag`` is strong and quoted.

    A condition that is not well-formed is passed over, as are dates where there is none to compare with.
    """
    if "if-match" in asked:
        tags = _tags(asked, "if-match")
        if tags is not None and not {etag, ANY}.intersection(tags):
            return 412
    elif (before := _date(asked, "if-unmodified-since")) and modified and modified > before:
        return 412
    if "if-none-match" in asked:
        known = {tag.removeprefix("W/") for tag in _tags(asked, "if-none-match") or ()}
        return 304 if {etag, ANY} & known else 200
    since = _date(asked, "if-modified-since")
    return 304 if since and modified and modified <= since else 200


def same(asked: Headers, etag: str, modified: datetime | None) -> bool:
    """May a range be given, as far as ``If-Range`` goes (section 13.1.5)? Weak tags never match."""
    if "if-range" not in asked:
        return True
    value = asked["if-range"].strip()
    return value == etag or (modified is not None and _date(asked, "if-range") == modified)


def stamp(modified: datetime) -> str:
    """A time as HTTP writes it."""
    return format_datetime(modified.astimezone(UTC), usegmt=True)


def _tags(asked: Headers, name: str) -> list[str] | None:
    """The entity tags of a header, or ``*``; None where it is not well-formed."""
    value = ", ".join(asked.getlist(name)).strip()
    if value == ANY:
        return [ANY]
    return TAG.findall(value) if TAGS.fullmatch(value) else None


def _date(asked: Headers, name: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(asked.get(name, ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
