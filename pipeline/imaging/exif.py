"""EXIF: which fields Loupe reads, and from which directories.

Source: Exif 2.32 / 3.0 (CIPA DC-008). Fields of the camera are looked for in the first directory and
in the EXIF one, whichever has them: writers disagree on where they belong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pipeline.imaging.tiff import Fields, Tiff, Value, open_tiff

MAKE, MODEL, ORIENTATION = 0x10F, 0x110, 0x112
ORIGINAL, DIGITIZED, OFFSET_ORIGINAL, OFFSET_DIGITIZED = 0x9003, 0x9004, 0x9011, 0x9012
EXIF_DIRECTORY, GPS_DIRECTORY = 0x8769, 0x8825
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
ALTITUDE_REF, ALTITUDE, DIRECTION = 5, 6, 17

CAMERA = {MAKE, MODEL, ORIENTATION, ORIGINAL, DIGITIZED, OFFSET_ORIGINAL, OFFSET_DIGITIZED}
POSITION = {LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, ALTITUDE_REF, ALTITUDE, DIRECTION}
MAX_FIELD = 4096
"""Bytes of one of these fields; the longest real ones are names of a few hundred."""

Values = Mapping[int, Value]


@dataclass(frozen=True, slots=True)
class Exif:
    """The fields of one block that Loupe asks for, by tag."""

    camera: Values = field(default_factory=dict)
    gps: Values = field(default_factory=dict)

    def text(self, tag: int) -> str | None:
        """A camera field as text; None where it is missing or empty."""
        value = self.camera.get(tag)
        if isinstance(value, bytes):
            value = value.partition(b"\0")[0].decode("latin-1").strip()
        return value if isinstance(value, str) and value else None

    @property
    def orientation(self) -> int | None:
        """1-8; None where it is missing or anything else."""
        value = self.camera.get(ORIENTATION)
        return int(value[0]) if isinstance(value, tuple) and value[0] in range(1, 9) else None


def read_exif(stream: BinaryIO | None) -> Exif:
    """What the block says; empty where there is none or it cannot be read."""
    tiff = open_tiff(stream) if stream else None
    if tiff is None:
        return Exif()
    first = tiff.fields(tiff.first)
    inner = tiff.fields(tiff.number(first.get(EXIF_DIRECTORY)))
    where = tiff.number(first.get(GPS_DIRECTORY) or inner.get(GPS_DIRECTORY))
    camera = _wanted(tiff, inner, CAMERA)
    camera |= _wanted(tiff, first, CAMERA)
    return Exif(camera, _wanted(tiff, tiff.fields(where), POSITION))


def _wanted(tiff: Tiff, fields: Fields, tags: set[int]) -> dict[int, Value]:
    """The wanted fields that hold something; an empty text is nothing."""
    entries = {tag: entry for tag, entry in fields.items() if tag in tags and entry.size <= MAX_FIELD}
    values = {tag: tiff.value(entry) for tag, entry in entries.items()}
    return {tag: value for tag, value in values.items() if value}
