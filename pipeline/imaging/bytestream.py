"""Reading from a seekable binary stream without ever asking for more than was meant."""

import os
from typing import BinaryIO

CUT_OFF = "This file ends too early: it is damaged or was cut off on its way. Please send the original again."

FARTHEST = 1 << 40
"""Offsets from here on are damage; file systems refuse to seek much farther."""


def size_of(stream: BinaryIO) -> int:
    """Bytes in the whole stream; leaves it at its start."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size


def at(stream: BinaryIO, offset: int, count: int) -> bytes:
    """Up to ``count`` bytes from ``offset``; fewer where the stream ends before, none far beyond it."""
    if not 0 <= offset < FARTHEST:
        return b""
    stream.seek(offset)
    return stream.read(count)
