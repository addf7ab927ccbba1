"""Words that are safe to put into a Slack message, whoever wrote them.

Source of the rules: docs.slack.dev/messaging/formatting-message-text (escaping, dates, mentions).
"""

import re
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import quote

NAME_LIMIT = 80
ADDRESS = "%:/?#[]@!$&'()*+,;="
"""What stands in an address as it is, beside letters and digits (RFC 3986); all else is encoded."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_SLANTING = re.compile(r"(?<!\w)_|_(?!\w)")
_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")


def escape(words: object) -> str:
    """Our own sentence with somebody's words in it: nothing in it can become a link or a mention."""
    return _visible(str(words)).translate(_ESCAPES)


def name(words: object, limit: int = NAME_LIMIT) -> str:
    """Somebody's words on one line (a file name, a camera), cut to ``limit``, without any formatting."""
    return _SLANTING.sub("＿", line(words, limit)).translate(_ESCAPES | _MARKS)


def line(words: object, limit: int = NAME_LIMIT) -> str:
    """Somebody's words on one line for a plain_text object, which shows every character as it is."""
    whole = " ".join(_visible(str(words)).split())
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def _visible(words: str) -> str:
    return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in words)


def date(moment: datetime | str) -> str:
    """A moment as Slack shows it in the reader's own time zone, with UTC as the fallback."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    fallback = f"{at:%Y-%m-%d %H:%M} {at.tzname() or 'UTC'}"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def person(user: str) -> str | None:
    """A mention; None when this is no user's id."""
    return f"<@{user}>" if _USER.fullmatch(user) else None


def channel(id: str) -> str | None:
    """A channel's link; None when this is no channel's id."""
    return f"<#{id}>" if _CHANNEL.fullmatch(id) else None


def link(address: str, label: str) -> str:
    """A link with a label; the label alone where the address leads to no page."""
    if not address.startswith(("http://", "https://")):
        return escape(label)
    return f"<{quote(address, safe=ADDRESS).replace('&', '&amp;')}|{escape(label)}>"


def count(number: int, noun: str) -> str:
    """1 picture, 2 pictures."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def whole(value: Any) -> str:
    """A score as a whole number, cut so that 99.7 does not become 100."""
    return str(int(float(value)))
