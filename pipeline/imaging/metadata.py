"""What a picture file says about itself: EXIF first, XMP where EXIF is silent."""

from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from pipeline.imaging import coordinates
from pipeline.imaging import exif as tag
from pipeline.imaging.dates import iso
from pipeline.imaging.exif import Exif, read_exif
from pipeline.imaging.probe import survey
from pipeline.imaging.xmp import Xmp, orientation_of, read_xmp
from pipeline.model import Camera, Location

NOTHING = "The file carries no metadata; many apps and services remove it."
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Stated:
    """What was read, range-checked; the fields are those of the result ``Metadata``."""

    taken_at: str | None
    camera: Camera
    orientation: int | None
    location: Location | None
    no_location: str | None


def stated(stream: BinaryIO) -> Stated:
    """Time, camera, orientation and position. Raises ``Rejected`` where the file is no picture."""
    found = survey(stream)
    exif, xmp = read_exif(found.exif), read_xmp(found.xmp)
    location, reason = _position(exif, xmp)
    return Stated(
        taken_at=_taken(exif, xmp),
        camera=Camera(_name(exif, tag.MAKE, xmp, "tiff:Make"), _name(exif, tag.MODEL, xmp, "tiff:Model")),
        orientation=exif.orientation or orientation_of(xmp),
        location=location,
        no_location=reason,
    )


def _taken(exif: Exif, xmp: Xmp) -> str | None:
    """When the shutter was released; else when the picture became digital, the same for a camera."""
    offset = xmp.get("exifEX:OffsetTimeOriginal")
    return (
        iso(exif.text(tag.ORIGINAL), exif.text(tag.OFFSET_ORIGINAL) or offset)
        or iso(xmp.get("exif:DateTimeOriginal"), offset)
        or iso(xmp.get("photoshop:DateCreated"))
        or iso(exif.text(tag.DIGITIZED), exif.text(tag.OFFSET_DIGITIZED))
        or iso(xmp.get("exif:DateTimeDigitized"))
    )


def _name(exif: Exif, field: int, xmp: Xmp, name: str) -> str | None:
    words = exif.text(field) or xmp.get(name) or ""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return printable.strip()[:LONGEST_NAME] or None


def _position(exif: Exif, xmp: Xmp) -> tuple[Location | None, str | None]:
    """A position of EXIF, else one of XMP, else the first reason why there is none."""
    reasons = [] if exif.camera or exif.gps or xmp else [NOTHING]
    for read in (partial(coordinates.from_exif, exif.gps), partial(coordinates.from_xmp, xmp)):
        try:
            if location := read():
                return location, None
        except coordinates.Void as void:
            reasons.append(str(void))
    return None, (reasons or [coordinates.STATED_NOTHING])[0]
