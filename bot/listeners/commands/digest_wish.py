"""What somebody typed after ``/imgstatus digest``, understood; all else gets a sentence. Pure."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from bot.cards.words import name
from pipeline.errors import Unsuitable

Deed = Literal["show", "now", "on", "off"]
CLOCK = re.compile(r"(?i)(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?")
EXAMPLE = "`/imgstatus digest on 09:00` or `/imgstatus digest on 17:30 Europe/Sofia`"


@dataclass(frozen=True, slots=True)
class DigestWish:
    """What is wanted."""

    deed: Deed
    at: str = ""
    """``HH:MM``."""
    zone: str = ""
    """IANA name; empty where none was typed."""


def wish(text: str) -> DigestWish:
    """``text``: what follows the word ``digest``. Raises ``Unsuitable``."""
    words = text.split()
    match [each.lower() for each in words]:
        case []:
            return DigestWish("show")
        case ["now"]:
            return DigestWish("now")
        case ["off"]:
            return DigestWish("off")
        case ["on", _]:
            return DigestWish("on", clock(words[1]))
        case ["on", _, *rest] if rest:
            half = rest[0] in ("am", "pm")
            at, zone = clock(words[1] + (rest[0] if half else "")), " ".join(words[3 if half else 2 :])
            return DigestWish("on", at, zone_named(zone) if zone else "")
        case ["on"]:
            raise Unsuitable(f"Say when, such as {EXAMPLE}.")
        case _:
            raise Unsuitable(
                f"I do not know “{name(text, 40)}”. There are `/imgstatus digest`, `now`, `on` and `off`,"
                f" such as {EXAMPLE}."
            )


def clock(word: str) -> str:
    """``9``, ``9:00``, ``09.00`` and ``9am`` are 09:00. Raises ``Unsuitable``."""
    found = CLOCK.fullmatch(word)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 99)
    half = (found[3] or "").lower() if found else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 99
    if hour > 23 or minute > 59:
        raise Unsuitable(f"“{name(word, 20)}” is no time of day. Write it such as {EXAMPLE}.")
    return f"{hour:02}:{minute:02}"


def zone_named(words: str) -> str:
    """A time zone by its name, or by its city alone. Raises ``Unsuitable``."""
    wanted = "_".join(words.split()).lower()
    known = _zones()
    if exact := known.get(wanted):
        return exact
    cities = sorted(zone for key, zone in known.items() if key.rpartition("/")[2] == wanted)
    if len(cities) == 1:
        return cities[0]
    near = [known[key] for key in get_close_matches(wanted, known, n=1, cutoff=0.7)]
    meant = f" Did you mean `{(cities or near)[0]}`?" if cities or near else ""
    raise Unsuitable(
        f"I know no time zone “{name(words, 40)}”.{meant} Write it as area and city, such as"
        " `Europe/Sofia` or `America/New_York`."
    )


@cache
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in sorted(available_timezones())}
