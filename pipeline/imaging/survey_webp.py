"""WebP: a walk over the RIFF chunks. Source: WebP Container Specification (Google), RFC 9649."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import MAX_BLOCK, Survey

MAX_CHUNKS = 100_000
PIXELS = (b"VP8 ", b"VP8L", b"ANMF")
Chunks = list[tuple[bytes, int, int]]


def survey_webp(stream: BinaryIO) -> Survey:
    """Size, frames and metadata of a WebP. Raises ``Rejected`` where no pixels can follow."""
    chunks = list(_chunks(stream))
    frames = [chunk for chunk in chunks if chunk[0] in PIXELS]
    if not frames:
        raise Rejected(CUT_OFF)
    width, height = _size(stream, chunks)
    exif = _block(stream, chunks, b"EXIF")
    return Survey(
        format="WEBP",
        width=width,
        height=height,
        frames=max(1, sum(kind == b"ANMF" for kind, _, _ in frames)),
        exif=io.BytesIO(exif) if exif else None,
        xmp=_block(stream, chunks, b"XMP "),
    )


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    position = 12
    for _ in range(MAX_CHUNKS):
        head = at(stream, position, 9)
        if len(head) < 9:
            return
        length = int.from_bytes(head[4:8], "little")
        yield head[:4], position + 8, length
        position += 8 + length + length % 2


def _block(stream: BinaryIO, chunks: Chunks, name: bytes) -> bytes | None:
    for kind, offset, length in chunks:
        if kind == name and length <= MAX_BLOCK:
            return at(stream, offset, length)
    return None


def _size(stream: BinaryIO, chunks: Chunks) -> tuple[int, int]:
    for kind, offset, _ in chunks:
        head = at(stream, offset, 10)
        if len(head) == 10 and kind == b"VP8X":
            return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
        if len(head) == 10 and kind == b"VP8 ":
            return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:], "little") & 0x3FFF
        if len(head) == 10 and kind == b"VP8L":
            bits = int.from_bytes(head[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Rejected(CUT_OFF)
