"""How large a HEIF or AVIF picture is, as stored and as shown.

Source: ISO/IEC 23008-12, 6.5: ispe (size), clap (cut), irot (quarter turns); they apply in the order
of their association. The file's EXIF orientation is for information only (annex A.2.2).
"""

from typing import BinaryIO

from pipeline.imaging.boxes import boxes, find
from pipeline.imaging.bytestream import at
from pipeline.imaging.heif_items import MAX_ITEMS, Items, full

Size = tuple[int, int]


def shape(stream: BinaryIO, items: Items) -> tuple[Size, Size] | None:
    """Width and height as stored and as shown of the primary picture; None where it has no size."""
    stored = shown = None
    for kind, data in _properties(stream, items):
        if kind == b"ispe":
            stored = shown = _pair(data, 4, 8)
        elif shown and kind == b"clap":
            shown = _cut(data, shown)
        elif shown and kind == b"irot" and data and data[0] & 1:
            shown = shown[1], shown[0]
    return (stored, shown) if stored and shown else None


def track(stream: BinaryIO, end: int) -> tuple[Size, int] | None:
    """Size and number of pictures of an image sequence (14496-12, 8.5.2 and 8.7.3)."""
    table = find(stream, 0, end, b"moov", b"trak", b"mdia", b"minf", b"stbl")
    if table is None:
        return None
    entry = find(stream, table.start, table.end, b"stsd")
    sizes = find(stream, table.start, table.end, b"stsz")
    if entry is None or sizes is None:
        return None
    return _pair(at(stream, entry.start + 40, 4), 0, 2), int.from_bytes(at(stream, sizes.start + 8, 4), "big")


def _properties(stream: BinaryIO, items: Items) -> list[tuple[bytes, bytes]]:
    if items.properties is None:
        return []
    _, start, end = items.properties
    container = find(stream, start, end, b"ipco")
    if container is None:
        return []
    every = list(boxes(stream, container.start, container.end))
    chosen = [every[i - 1] for i in _associated(stream, items) if 0 < i <= len(every)]
    return [(box.kind, at(stream, box.start, min(box.end - box.start, 64))) for box in chosen]


def _associated(stream: BinaryIO, items: Items) -> list[int]:
    """Numbers (from 1) of the primary picture's properties."""
    if items.properties is None:
        return []
    for box in boxes(stream, items.properties.start, items.properties.end):
        if box.kind != b"ipma":
            continue
        version, body = full(stream, box)
        wide = 2 if at(stream, box.start + 3, 1) == b"\1" else 1
        for _ in range(min(body.take(4), MAX_ITEMS)):
            number = body.take(2 if version == 0 else 4)
            indices = body.several(body.take(1), wide)
            if number == items.primary:
                return [index & (0x7FFF if wide == 2 else 0x7F) for index in indices]
    return []


def _pair(data: bytes, first: int, second: int) -> Size:
    step = second - first
    return int.from_bytes(data[first:second], "big"), int.from_bytes(data[second : second + step], "big")


def _cut(data: bytes, size: Size) -> Size:
    width, by, height, down = (int.from_bytes(data[i : i + 4], "big") for i in (0, 4, 8, 12))
    if not by or not down:
        return size
    return min(size[0], max(1, round(width / by))), min(size[1], max(1, round(height / down)))
