"""What can be said of a picture in words, for those who cannot see it and for a public page."""

import unicodedata

from pipeline.errors import Unsuitable
from pipeline.model import Location, Place, Spot
from pipeline.results import Accepted, Faces, Failed, Metadata, Placed, Skipped

ROUNDED = 2
"""Decimals of a degree on a public page: about a kilometre."""


NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
"""Formats whose frames follow one another in time; those of others are pages or views."""
CENTRE, OUTSKIRTS = 3.0, 35.0
"""Kilometres from a town's middle: surely in it; and as far as the gazetteer lets any town reach."""
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
    if not any(_visible(sign) for sign in line):
        raise Unsuitable("The description is empty. Please say in a few words what the picture shows.")
    if len(line) > LONGEST:
        raise Unsuitable(
            f"The description has {len(line):,} characters; {LONGEST} is the most. Please shorten it."
        )
    return line


def _visible(sign: str) -> bool:
    """Something to see; also what later versions of Unicode than this Python's may define (Cn)."""
    kind = unicodedata.category(sign)
    return kind[0] in "LNPS" or kind in ("Cn", "Co")


def _strange(sign: str) -> bool:
    """Nothing a person types: a control, half a surrogate pair, one of the 66 codes that are no character."""
    code = ord(sign)
    never = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return never or sign in TURNING or unicodedata.category(sign) in ("Cc", "Cs")


def plain(words: str) -> str:
    """Any words on one line, without what ``written`` refuses: for what did not pass through it."""
    return " ".join("".join(" " if _strange(sign) else sign for sign in words).split())


def described(
    accepted: Accepted | Failed | Skipped,
    metadata: Metadata | Failed | Skipped,
    faces: Faces | Failed | Skipped,
    placed: Placed | Failed | Skipped,
) -> str:
    """The words that stand in ``alt`` until a person writes better ones: what is known, and no more.

    Nobody is named. ``placed`` is Skipped where the place shall not be told.
    """
    return _kind(accepted, metadata) + _people(faces) + _whereabouts(placed)


def _kind(accepted: Accepted | Failed | Skipped, metadata: Metadata | Failed | Skipped) -> str:
    """A photo where a camera left a trace; a copy of an animation shows its first frame alone."""
    if isinstance(accepted, Accepted) and accepted.frames > 1 and accepted.format in ANIMATED:
        return "Still from an animation"
    traces = isinstance(metadata, Metadata) and (metadata.camera.model or metadata.location)
    return "Photo" if traces else "Picture"


def _people(faces: Faces | Failed | Skipped) -> str:
    seen = len(faces.faces) if isinstance(faces, Faces) else 0
    if not seen:
        return ""
    number = NUMBERS[seen - 1] if seen <= len(NUMBERS) else str(seen)
    return f" of {number} {'person' if seen == 1 else 'people'}"


def _whereabouts(placed: Placed | Failed | Skipped) -> str:
    """In a town within ``CENTRE`` of its middle, near it beyond the reach that a town can have."""
    names = named(placed)
    if not names or not isinstance(placed, Placed) or not placed.place:
        return ""
    far = placed.place.distance_km if placed.place.name else None
    if far is None or far <= CENTRE:
        return f" in {names}"
    return f" in or near {names}" if far <= OUTSKIRTS else f" near {names}"


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
