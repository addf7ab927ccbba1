"""Values as people read them in their language: days, moments, sizes, shares, places on a picture."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline import text
from web.words import Words


def day(t: Words, on: date) -> str:
    """``25 July 2018``."""
    return t.plain("mine.day", day=on.day, month=t.plain("mine.months").split()[on.month - 1], year=on.year)


def moment(t: Words, said: str) -> str:
    """A time of a report (ISO 8601) with its day, to the minute, by the clock that it was taken from."""
    at = datetime.fromisoformat(said)
    return t.plain("mine.moment", day=day(t, at.date()), time=f"{at:%H:%M}", zone=_zone(at))


def _zone(at: datetime) -> str:
    """An offset as people write it: nothing where it is not known."""
    offset = at.utcoffset()
    if offset is None:
        return ""
    said = f"{at:%z}"
    return f" UTC{said[:3]}:{said[3:5]}" if offset else " UTC"


def number(t: Words, value: float, digits: int = 0) -> str:
    """A number with the comma that the language has."""
    return f"{value:.{digits}f}".replace(".", t.plain("mine.comma"))


def size(t: Words, count: int) -> str:
    """Bytes in powers of 1000."""
    return text.size(count).replace(".", t.plain("mine.comma")).replace("bytes", t.plain("mine.bytes"))


def count(t: Words, key: str, number: int) -> str:
    """``mine.KEY_0``, ``_1`` or ``_n``, as there are none, one or several."""
    return t.plain(f"mine.{key}_{number if number in (0, 1) else 'n'}", n=number)


def span(t: Words, ms: float) -> str:
    """How long something took."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{number(t, ms / 1000, 1)} s"


def where_in(t: Words, box: Sequence[float]) -> str:
    """In which ninth of the picture the middle of a box (x, y, width, height as fractions) lies."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    row = ("top", "middle", "bottom")[min(2, int(y * 3))]
    column = ("left", "centre", "right")[min(2, int(x * 3))]
    return t.plain(f"mine.at_{row}_{column}")


def known(t: Words, key: str, otherwise: str) -> str:
    """The text of a part's key; what is said otherwise where there is none."""
    part, _, name = key.partition(".")
    return t.part(part).get(name, otherwise)


def town(place: Any) -> str:
    """A place on one line: a report's, or anything with its name, region and country; no name twice."""
    known = place.get if isinstance(place, Mapping) else partial(getattr, place)
    said = [known(each, None) for each in ("name", "region", "country")]
    return ", ".join(dict.fromkeys(each for each in said if each))


def all_of(t: Words) -> dict[str, Callable[..., str]]:
    """What templates say values with."""
    return {"day": partial(day, t), "count": partial(count, t), "size": partial(size, t), "town": town}
