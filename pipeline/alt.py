"""What can be said of a picture in words, for those who cannot see it and for a public page."""

from pipeline.model import Location, Place, Spot
from pipeline.results import Faces, Failed, Placed, Skipped

ROUNDED = 2
"""Decimals of a degree on a public page: about a kilometre."""


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
