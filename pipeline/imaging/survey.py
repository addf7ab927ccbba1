"""What the header of a picture file says, gathered by one walk over it and without decoding."""

from dataclasses import dataclass
from typing import BinaryIO

MAX_BLOCK = 4 << 20
"""Bytes of one metadata block that are looked at; real ones stay far below 1 MB."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One file: its format, its size in pixels as stored, and where its metadata lies."""

    format: str
    """JPEG, PNG, GIF, WEBP, HEIF, AVIF, TIFF, BMP or MPO."""
    width: int
    height: int
    frames: int = 1
    shown: tuple[int, int] | None = None
    """Width and height as shown, where the container itself says so (HEIF, AVIF); EXIF is not asked then."""
    exif: BinaryIO | None = None
    """A stream that begins, within 64 bytes, with a TIFF header."""
    xmp: bytes | None = None
