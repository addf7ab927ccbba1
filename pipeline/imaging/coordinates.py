"""From the GPS fields of a file to a position, or to the reason why there is none.

Source: Exif 3.0, GPS attribute information; XMP part 2, GPSCoordinate. No field is believed: a
denominator of zero voids a coordinate, a latitude of 142 degrees is not one, and 0, 0 is where
cameras without a fix say they are.
"""

import math
import re

from pipeline.imaging import exif as tag
from pipeline.imaging.exif import Values
from pipeline.imaging.tiff import Value
from pipeline.imaging.xmp import Xmp
from pipeline.model import Location

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?")
MAX_LATITUDE, MAX_LONGITUDE = 90, 180
LOWEST, HIGHEST = -11_100, 500_000
"""Metres: below the deepest sea, above the space station."""
BELOW_SEA = (1, 3)
"""Altitude references that mean a depth: sea level (1), ellipsoid (3, Exif 3.0)."""
STATED_NOTHING = "The file states no position."


class Void(Exception):
    """There are GPS fields, but they give no position; says why."""


def from_exif(gps: Values) -> Location | None:
    """The position in the EXIF fields; None where they state nothing. Raises ``Void``."""
    if tag.LATITUDE not in gps and tag.LONGITUDE not in gps:
        return None
    _both(gps.get(tag.LATITUDE), gps.get(tag.LONGITUDE))
    latitude = _exif_degrees("latitude", gps.get(tag.LATITUDE), gps.get(tag.LATITUDE_REF), "NS")
    longitude = _exif_degrees("longitude", gps.get(tag.LONGITUDE), gps.get(tag.LONGITUDE_REF), "EW")
    altitude = _number(gps.get(tag.ALTITUDE))
    if altitude is not None and _number(gps.get(tag.ALTITUDE_REF)) in BELOW_SEA:
        altitude = -abs(altitude)
    return _believed(Location(latitude, longitude, altitude, _number(gps.get(tag.DIRECTION)), source="exif"))


def from_xmp(xmp: Xmp) -> Location | None:
    """The position in the XMP properties; None where they state nothing. Raises ``Void``."""
    latitude, longitude = xmp.get("exif:GPSLatitude"), xmp.get("exif:GPSLongitude")
    if latitude is None and longitude is None:
        return None
    _both(latitude, longitude)
    altitude = _fraction(xmp.get("exif:GPSAltitude"))
    if altitude is not None and _fraction(xmp.get("exif:GPSAltitudeRef")) in BELOW_SEA:
        altitude = -abs(altitude)
    return _believed(
        Location(
            _xmp_degrees("latitude", latitude, "NS"),
            _xmp_degrees("longitude", longitude, "EW"),
            altitude,
            _fraction(xmp.get("exif:GPSImgDirection")),
            source="xmp",
        )
    )


def _believed(location: Location) -> Location:
    """The location with what is out of range left out. Raises ``Void`` where that is the position."""
    latitude, longitude = location.latitude, location.longitude
    if latitude == 0 and longitude == 0:
        raise Void("The file says 0°, 0°, which cameras write while they have no GPS fix.")
    for name, value, most in (("latitude", latitude, MAX_LATITUDE), ("longitude", longitude, MAX_LONGITUDE)):
        if abs(value) > most:
            raise Void(f"The file's {name} of {value:g}° is out of range (-{most} to {most}).")
    altitude, direction = location.altitude, location.direction
    return Location(
        latitude,
        longitude,
        altitude if altitude is not None and LOWEST <= altitude <= HIGHEST else None,
        direction if direction is not None and 0 <= direction <= 360 else None,
        location.source,
    )


def _both(latitude: object, longitude: object) -> None:
    if latitude is None or longitude is None:
        stated, missing = ("longitude", "latitude") if latitude is None else ("latitude", "longitude")
        raise Void(f"The file states a {stated} but no {missing}.")


def _exif_degrees(name: str, value: Value | None, reference: Value | None, sides: str) -> float:
    parts = _parts(value)
    if not parts or not all(map(math.isfinite, parts)):
        raise Void(f"The file's GPS position is void: its {name} cannot be read.")
    degrees = _sum(parts)
    side = _text(reference)[:1].upper()
    if degrees < 0:
        return degrees
    if side not in sides or not side:
        raise Void(f"The file's {name} does not say whether it is {_either(sides)}.")
    return -degrees if side == sides[1] else degrees


def _xmp_degrees(name: str, value: str | None, sides: str) -> float:
    parts = [float(part) for part in NUMBER.findall(value or "")]
    if not parts:
        raise Void(f"The file's GPS position is void: its {name} cannot be read.")
    return -abs(_sum(parts)) if (value or "").strip().upper().endswith(sides[1]) else _sum(parts)


def _either(sides: str) -> str:
    return {"NS": "north or south", "EW": "east or west"}[sides]


def _sum(parts: list[float]) -> float:
    """Degrees, minutes and seconds as degrees; the sign of the degrees holds for all."""
    amount = sum(abs(part) / 60**power for power, part in enumerate(parts[:3]))
    return math.copysign(amount, parts[0]) if amount else 0.0


def _parts(value: Value | None) -> list[float]:
    """Numbers as they stand, or those that a text spells out."""
    if isinstance(value, tuple):
        return list(value[:3])
    return [float(part) for part in NUMBER.findall(_text(value))[:3]]


def _text(value: Value | None) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1").strip("\0 ")
    return value.strip() if isinstance(value, str) else ""


def _number(value: Value | None) -> float | None:
    """The first number of a field; an undefined byte counts as one."""
    if isinstance(value, bytes) and len(value) == 1 and value[0] < 32:
        return float(value[0])
    parts = _parts(value)
    return float(parts[0]) if parts and math.isfinite(parts[0]) else None


def _fraction(value: str | None) -> float | None:
    """``1361/10`` or ``136.1`` as a number."""
    parts = [float(part) for part in NUMBER.findall(value or "")]
    if len(parts) > 1 and "/" in (value or ""):
        return parts[0] / parts[1] if parts[1] else None
    return parts[0] if parts else None
