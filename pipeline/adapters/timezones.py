"""Time zone and country of a position, offline.

Data: timezone-boundary-builder (OpenStreetMap, ODbL) inside tzfpy; zone.tab of the tz database. tzfpy
takes 30 MB of memory, at the first question and not before.
"""

from functools import cache
from importlib.resources import files

import tzfpy

from pipeline.model import Location

AT_SEA = "Etc/"
"""Zones of the open sea go by longitude alone; no country keeps them and no camera is set by them."""


def zone_of(location: Location) -> str | None:
    """The name of the time zone, such as Europe/Sofia; None on the open sea."""
    zone: str = tzfpy.get_tz(location.longitude, location.latitude)
    return zone if zone and not zone.startswith(AT_SEA) else None


def country_of(zone: str) -> str | None:
    """The ISO 3166 code of the country in which a zone lies."""
    return _countries().get(zone)


@cache
def _countries() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows if len(row) > 2}
