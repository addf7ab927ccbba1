"""What a file is and how large its picture, from the bytes and without decoding.

Reads headers only: a few kilobytes of most files, one pass over the block lengths of PNG, GIF and
WebP. Whether every pixel decodes is for those who look at them; refused here is what has none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging import kinds
from pipeline.imaging.bytestream import at
from pipeline.imaging.exif import read_exif
from pipeline.imaging.survey import Survey
from pipeline.imaging.survey_bmp import survey_bmp
from pipeline.imaging.survey_gif import survey_gif
from pipeline.imaging.survey_heif import survey_avif, survey_heif
from pipeline.imaging.survey_jpeg import survey_jpeg
from pipeline.imaging.survey_png import survey_png
from pipeline.imaging.survey_tiff import survey_tiff
from pipeline.imaging.survey_webp import survey_webp
from pipeline.imaging.xmp import orientation_of, read_xmp

SURVEYORS: dict[str, Callable[[BinaryIO], Survey]] = {
    "JPEG": survey_jpeg,
    "PNG": survey_png,
    "GIF": survey_gif,
    "WEBP": survey_webp,
    "HEIF": survey_heif,
    "AVIF": survey_avif,
    "TIFF": survey_tiff,
    "BMP": survey_bmp,
}
SIDEWAYS = range(5, 9)
"""EXIF orientations that swap width and height."""


@dataclass(frozen=True, slots=True)
class Probed:
    """A picture file: its format, its upright size in pixels, how many frames or pages it has."""

    format: str
    width: int
    height: int
    frames: int

    @property
    def animated(self) -> bool:
        """More than one frame, and a format that plays them."""
        return self.frames > 1 and self.format in {"GIF", "PNG", "WEBP", "AVIF"}


def survey(stream: BinaryIO) -> Survey:
    """The header of any picture file. Raises ``Rejected`` with what the file is instead."""
    head = at(stream, 0, kinds.HEAD)
    name = kinds.picture(head)
    if name is None:
        raise Rejected(kinds.refusal(head))
    return SURVEYORS[name](stream)


def probe(stream: BinaryIO) -> Probed:
    """Format, upright size and frames. Raises ``Rejected`` with words for the person who posted it."""
    found = survey(stream)
    width, height = found.shown or (found.width, found.height)
    if not width or not height:
        raise Rejected(f"This {found.format} says that it is {width} x {height} pixels: it is damaged.")
    if not found.shown and orientation(found) in SIDEWAYS:
        width, height = height, width
    return Probed(found.format, width, height, found.frames)


def orientation(found: Survey) -> int | None:
    """EXIF orientation as stored, 1-8, else that of the XMP packet."""
    return read_exif(found.exif).orientation or orientation_of(read_xmp(found.xmp))


def refuse_beyond(found: Probed, *, pixels: int, side: int, frames: int) -> None:
    """Raises ``Rejected`` where the picture is larger than asked for, before anyone decodes it."""
    width, height = found.width, found.height
    if max(width, height) > side:
        raise Rejected(
            f"This picture is {width:,} x {height:,} pixels; the longer side may have {side:,}. "
            "Please send a smaller copy."
        )
    if width * height > pixels:
        raise Rejected(
            f"This picture has {width * height / 1e6:,.1f} megapixels ({width:,} x {height:,}); "
            f"at most {pixels / 1e6:,.1f} can be looked at. Please send a smaller copy."
        )
    if found.frames > frames:
        raise Rejected(
            f"This {found.format} has {found.frames:,} frames or pages; at most {frames:,} are accepted. "
            "Please send a shorter one."
        )
