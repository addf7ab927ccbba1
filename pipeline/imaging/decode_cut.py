"""Files that are shorter than they say, filled up with zeros so that their decoders start at all.

WebP, HEIC and AVIF state their length up front; libwebp, libheif and libavif refuse what is shorter. Given
zeros for the rest they decode what arrived; what did not comes out plain.
"""

from io import SEEK_END, BytesIO
from typing import BinaryIO

MOST = 64 << 20
"""Bytes to which a file is filled up at most; beyond that its statement is not believed."""

_LARGE, _TO_THE_END = 1, 0
_BOXES = 256
"""Top-level boxes that are walked; files hold about five."""


def filled_up(stream: BinaryIO) -> BinaryIO:
    """``stream`` itself when it is as long as it states, or states nothing; else a longer copy in memory."""
    length, stated = stream.seek(0, SEEK_END), stated_length(stream)
    stream.seek(0)
    if not length < stated <= MOST:
        return stream
    return BytesIO(stream.read() + bytes(stated - length))


def stated_length(stream: BinaryIO) -> int:
    """Bytes that a RIFF file (WebP) or a file of ISO boxes (HEIF, AVIF) says it has; 0 for any other."""
    stream.seek(0)
    head = stream.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return 8 + int.from_bytes(head[4:8], "little")
    return _end_of_boxes(stream) if head[4:8] == b"ftyp" else 0


def _end_of_boxes(stream: BinaryIO) -> int:
    """Where the last top-level box ends (ISO/IEC 14496-12, 4.2); 0 when that is not stated."""
    end = 0
    for _ in range(_BOXES):
        stream.seek(end)
        head = stream.read(16)
        if len(head) < 8:
            return end
        size = int.from_bytes(head[:4], "big")
        if size == _LARGE:
            size = int.from_bytes(head[8:], "big")
        if size == _TO_THE_END or size < 8 or end + size > MOST:
            return 0
        end += size
    return 0
