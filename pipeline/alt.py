"""What can be said of a picture in words, for those who cannot see it and for a public page."""

import unicodedata

from pipeline.errors import Unsuitable
from pipeline.model import Location, Place, Spot
from pipeline.results import Faces, Failed, Placed, Skipped

ROUNDED = 2
"""Decimals of a degree on a public page: about a kilometre."""


LONGEST = 500
"""Characters of what a person may write. A screen reader reads all of it, in one breath."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates: they turn the text around them too (Unicode Standard Annex 9)."""


def written(words: str) -> str:
    """What a person wrote about a picture, as it is kept: one line, trimmed, in composed form (NFC).

    Raises ``Unsuitable`` with a sentence where nothing can be read, where it is longer than ``LONGEST``
    characters, or where it holds control characters.
    """
    line = unicodedata.normalize("NFC", " ".join(words.split()))
    if strange := next((sign for sign in line if _strange(sign)), None):
        raise Unsuitable(
            f"The description contains a control character (U+{ord(strange):04X}). Please type it again as"
            " plain text."
        )
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in line):
        raise Unsuitable("The description is empty. Please say in a few words what the picture shows.")
    if len(line) > LONGEST:
        raise Unsuitable(
            f"The description has {len(line):,} characters; {LONGEST} is the most. Please shorten it."
        )
    return line


def _strange(sign: str) -> bool:
    """Nothing a person types: a control, half a surrogate pair, a code that is no character."""
    return unicodedata.category(sign) in ("Cc", "Cs", "Cn") or sign in TURNING


def described(faces: Faces | Failed | Skipped, place: str | None) -> str:
    """The words that stand in ``alt`` until a person writes better ones."""
    seen = len(faces.faces) if isinstance(faces, Faces) else 0
    who = f" of {seen} {'person' if seen == 1 else 'people'}" if seen else ""
    return f"Photo{who}{f' taken in or near {place}' if place else ''}"


def named(placed: Placed | Failed | Skipped) -> str | None:
    """The place's names, the nearest first."""
    place = placed.place if isinstance(placed, Placed) else None
    return ", ".join(dict.fromkeys(_names(place))) or None if place else None


def shown(location: Location, *, exact: bool) -> Spot:
    """The position as a page may show it."""
    if exact:
        return Spot(location.latitude, location.longitude)
    return Spot(round(location.latitude, ROUNDED), round(location.longitude, ROUNDED))


def _names(place: Place) -> list[str]:
    return [name for name in (place.name, place.region, place.country) if name]
