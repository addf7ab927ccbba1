"""A small map of where a picture was taken, drawn here: the spot, the towns around it, rings and a scale bar.

Pure geometry: what it returns is drawn as SVG by templates/locator.svg. The projection is plate carrée around
the spot, with degrees of longitude shortened by the cosine of its latitude: over these few kilometres angles
and distances come out right to the eye. North is up.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Spot, Town

WIDTH, HEIGHT = 400, 280
"""Units of the drawing: as many pixels as on a phone, so that its letters can be read there."""
KM_PER_DEGREE = 111.195
CONTEXT = 6
"""So many of the nearest towns decide how far the map reaches."""
LEAST, MOST = 3.0, 100.0
"""Kilometres from the spot to the map's upper edge."""
EDGE = 12
BAR = 90
"""Units that the scale bar takes at most."""
LETTER, LINE = 7.4, 16.0
"""Units of a letter at the labels' size, with some to spare since fonts differ, and of a line."""
SHOWN = 10
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Dot:
    """A town on the map, in units of the drawing; its name stands at ``label_x``, ``label_y``."""

    name: str
    x: float
    y: float
    radius: float
    label_x: float
    label_y: float
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Locator:
    """A map, in units of the drawing. The spot is its middle."""

    dots: tuple[Dot, ...]
    rings: tuple[float, ...]
    """Radii around the spot, one scale bar apart."""
    bar: float
    """Length of the scale bar."""
    bar_km: float
    blur: float
    """Radius within which the picture was taken; 0 where the spot is exact."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A town in words: how far it lies from the spot, and in which direction."""

    name: str
    km: float
    direction: str


@dataclass(frozen=True, slots=True)
class _Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Rectangle") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


PIN = _Rectangle(WIDTH / 2 - 9, HEIGHT / 2 - 9, WIDTH / 2 + 9, HEIGHT / 2 + 9)
FURNITURE = (PIN, _Rectangle(0, HEIGHT - 40, 120, HEIGHT), _Rectangle(WIDTH - 40, 0, WIDTH, 60))
"""Taken by the pin, the scale bar and the arrow to the north."""


def drawn(spot: Spot, towns: Sequence[Town], blur_km: float) -> Locator | None:
    """The map around ``spot``; None where no town is near enough to tell anything.

    ``blur_km`` is how far off the spot may be, in kilometres.
    """
    if not towns:
        return None
    away = sorted(math.hypot(*_offset(spot, town)) for town in towns)
    reach = min(MOST, max(LEAST, 4 * blur_km, away[:CONTEXT][-1]))
    unit = (HEIGHT / 2 - 2 * EDGE) / reach
    bar_km = _round(BAR / unit)
    rings = int(math.hypot(WIDTH, HEIGHT) / 2 // (bar_km * unit))
    return Locator(
        dots=tuple(_dots(spot, towns, unit)),
        rings=tuple(bar_km * unit * n for n in range(1, rings + 1)),
        bar=bar_km * unit,
        bar_km=bar_km,
        blur=blur_km * unit,
    )


def neighbours(spot: Spot, towns: Sequence[Town], most: int = 3) -> list[Neighbour]:
    """The nearest towns in words, for those who do not see the map."""
    found = []
    for town in towns:
        east, north = _offset(spot, town)
        turn = round(math.degrees(math.atan2(east, north)) / 45) % 8
        found.append(Neighbour(town.name, math.hypot(east, north), COMPASS[turn]))
    return sorted(found, key=lambda each: each.km)[:most]


def _offset(spot: Spot, town: Town) -> tuple[float, float]:
    """Kilometres east and north of the spot; across the date line by the shorter way."""
    turn = (town.longitude - spot.longitude + 180) % 360 - 180
    across = math.cos(math.radians((spot.latitude + town.latitude) / 2))
    return turn * across * KM_PER_DEGREE, (town.latitude - spot.latitude) * KM_PER_DEGREE


def _round(km: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... kilometres that is not more."""
    power = 10.0 ** math.floor(math.log10(km))
    return max(step * power for step in (1, 2, 5) if step * power <= km * (1 + 1e-9))


def _dots(spot: Spot, towns: Sequence[Town], unit: float) -> Iterator[Dot]:
    """The most populous first; a town whose name finds no room is left out."""
    taken = list(FURNITURE)
    ranked = sorted(towns, key=lambda town: -town.population)
    shown = 0
    for town in ranked:
        east, north = _offset(spot, town)
        x, y = WIDTH / 2 + east * unit, HEIGHT / 2 - north * unit
        dot = _labelled(town, x, y, taken) if shown < SHOWN and _inside(x, y) else None
        if dot:
            shown += 1
            yield dot


def _inside(x: float, y: float) -> bool:
    return EDGE <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE


def _labelled(town: Town, x: float, y: float, taken: list[_Rectangle]) -> Dot | None:
    """The dot with its name on the first side that is free, which is taken then."""
    radius = min(7.0, 2.5 + math.log10(town.population + 1) / 1.6)
    long = _length(town.name)
    spot = _Rectangle(x - radius, y - radius, x + radius, y + radius)
    clear = max(radius, 5.0) + 5
    for anchor, left, base in (
        ("start", x + clear, y + 4.5),
        ("end", x - clear - long, y + 4.5),
        ("middle", x - long / 2, y - radius - 6),
        ("middle", x - long / 2, y + radius + 15),
    ):
        label = _Rectangle(left, base - LINE + 4, left + long, base + 4)
        whole = label.left >= EDGE / 2 and label.right <= WIDTH - EDGE / 2
        if whole and not any(each.meets(label) or (each is not PIN and each.meets(spot)) for each in taken):
            taken += [label, spot]
            at = {"start": left, "middle": left + long / 2, "end": left + long}[anchor]
            return Dot(town.name, x, y, radius, at, base, anchor)  # type: ignore[arg-type]
    return None


def _length(name: str) -> float:
    """Units that a name takes; letters of East Asian scripts are about twice as wide."""
    return sum(LETTER * (1.8 if unicodedata.east_asian_width(sign) in "WF" else 1) for sign in name)
