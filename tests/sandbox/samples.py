"""Small pictures made on the spot, with metadata to be found or lost."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[MAKE] = "Sample"
    gps = tags.get_ifd(GPS)
    gps.update(
        {
            1: "N",
            2: (Fraction(43), Fraction(28), Fraction(2)),
            3: "E",
            4: (Fraction(11), Fraction(53), Fraction(6)),
        }
    )
    return tags


SECRET = b"<x:xmpmeta>secret</x:xmpmeta>"


def picture(format: str = "JPEG", size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """A two-coloured picture with a camera and a place in its EXIF where the format has EXIF."""
    image = Image.new("RGB", size, "teal")
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    extra: dict[str, Any] = {"exif": exif(orientation)}
    if format in ("JPEG", "WEBP"):
        extra["xmp"] = SECRET
    if format == "PNG":
        extra["pnginfo"] = _text()
    out = io.BytesIO()
    image.save(out, format, **extra)
    return out.getvalue()


def _text() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", "secret")
    return info


def read_exif(data: bytes) -> Image.Exif:
    with Image.open(io.BytesIO(data)) as image:
        return image.getexif()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()
