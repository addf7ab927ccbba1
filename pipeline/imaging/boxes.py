"""The boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2), on which HEIF and AVIF are built."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipeline.imaging.bytestream import at

MAX_BOXES = 10_000


class Box(NamedTuple):
    """One box: its four-letter kind, and where its content lies."""

    kind: bytes
    start: int
    end: int


def boxes(stream: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets, as far as they are sound."""
    for _ in range(MAX_BOXES):
        head = at(stream, start, 16)
        if start + 8 > end or len(head) < 8:
            return
        size, lead = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, lead = int.from_bytes(head[8:16], "big"), 16
        if size == 0:
            size = end - start
        if size < lead:
            return
        yield Box(head[4:8], start + lead, min(start + size, end))
        start += size


def find(stream: BinaryIO, start: int, end: int, *path: bytes) -> Box | None:
    """The first box at the end of a path of kinds."""
    box = None
    for kind in path:
        box = next((b for b in boxes(stream, start, end) if b.kind == kind), None)
        if box is None:
            return None
        start, end = box.start, box.end
    return box
