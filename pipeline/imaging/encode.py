"""Writes pictures as files, without metadata of any kind, at a quality from 0 to 100.

The scale of quality is each encoder's own; ``quality_search`` finds the number that gives the wanted look.
Pictures are PIL's RGB, or RGBA where the format can hold it. No file carries an ICC profile: all are sRGB,
which is what a browser assumes (CSS Color 4, 4.1).
"""

import io
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pyvips
from PIL import Image

from pipeline.imaging.resize import Pixels, in_vips

Colours = Literal["4:2:0", "4:4:4"]
"""Are colours kept at half the size, or at the full one?"""

CLEAN = "none"
"""What libvips keeps of metadata."""
LARGE = 2_000_000
"""Pixels from which AVIF and WebP are made in a hurry."""


class Encoder(Protocol):
    """Writes one format in one way."""

    @property
    def name(self) -> str:
        """Library and its settings, for the record."""

    @property
    def qualities(self) -> tuple[int, int, int]:
        """The lowest that is worth trying, where photographs mostly end, the highest."""

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file. ``whole``: pixels of the picture that ``picture`` is a sample of."""


@dataclass(frozen=True, slots=True)
class MozJpeg:
    """JPEG by mozjpeg: progressive, trellis quantisation, the table tuned for MS-SSIM (its number 2)."""

    qualities: tuple[int, int, int]
    colours: Colours

    @property
    def name(self) -> str:
        """Library and settings."""
        return f"mozjpeg (libvips), progressive, trellis, {self.colours}"

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file."""
        data: bytes = _vips(picture).jpegsave_buffer(
            Q=quality,
            subsample_mode="on" if self.colours == "4:2:0" else "off",
            interlace=True,
            optimize_coding=True,
            trellis_quant=True,
            overshoot_deringing=True,
            quant_table=2,
            keep=CLEAN,
        )
        return data


@dataclass(frozen=True, slots=True)
class PlainJpeg:
    """Baseline JPEG by Pillow (libjpeg-turbo): what a picture takes that nobody compressed with care."""

    qualities: tuple[int, int, int]
    name: str = "libjpeg-turbo (Pillow), baseline"

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file."""
        return _pillow(picture, "JPEG", quality=quality)


@dataclass(frozen=True, slots=True)
class WebP:
    """Lossy WebP by libwebp, always 4:2:0.

    By method 4; by 2 from two megapixels on: less than half the time, 2-4 % more bytes.
    """

    qualities: tuple[int, int, int]
    name: str = "libwebp (libvips), method 2-4, photo"

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file."""
        effort = 2 if _is_large(picture, whole) else 4
        data: bytes = _vips(picture).webpsave_buffer(Q=quality, effort=effort, preset="photo", keep=CLEAN)
        return data


@dataclass(frozen=True, slots=True)
class LosslessWebP:
    """Lossless WebP by libwebp; the quality says nothing."""

    qualities: tuple[int, int, int] = (100, 100, 100)
    name: str = "libwebp (libvips), lossless"

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file."""
        data: bytes = _vips(picture).webpsave_buffer(lossless=True, keep=CLEAN)
        return data


@dataclass(frozen=True, slots=True)
class Avif:
    """AVIF by libaom.

    At speed 8; at 9 from two megapixels on, where that saves most: a third of the time, the same look at the
    same quality, 2-5 % more bytes. Speed 6 would take three times as long for 2-7 % less.
    """

    qualities: tuple[int, int, int]
    colours: Colours

    @property
    def name(self) -> str:
        """Library and settings."""
        return f"libaom (Pillow), speed 8-9, {self.colours}"

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        """The whole file."""
        speed = 9 if _is_large(picture, whole) else 8
        options = {"speed": speed, "subsampling": self.colours, "max_threads": 1}
        return _pillow(picture, "AVIF", quality=quality, **options)


def _is_large(picture: Image.Image, whole: int) -> bool:
    return max(picture.width * picture.height, whole) > LARGE


def _pillow(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    bare = picture.copy() if picture.info else picture
    bare.info = {}  # Pillow writes what it finds here: profiles, EXIF, XMP, comments
    bare.save(out, format, **options)
    return out.getvalue()


def _vips(picture: Image.Image) -> pyvips.Image:
    return in_vips(np.asarray(picture))


def decoded(data: bytes) -> Pixels:
    """The pixels of a file that was just written: RGB, or RGBA."""
    with Image.open(io.BytesIO(data)) as image:
        mode = "RGBA" if image.has_transparency_data else "RGB"
        return np.asarray(image if image.mode == mode else image.convert(mode))
