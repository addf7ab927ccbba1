"""The items of a HEIF or AVIF file: pictures, EXIF, XMP, and how they belong together.

Source: ISO/IEC 23008-12 (HEIF) and ISO/IEC 14496-12, 8.11 (meta, pitm, iinf, iloc, iref, idat).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from pipeline.imaging.boxes import Box, boxes
from pipeline.imaging.bytestream import at
from pipeline.imaging.survey import MAX_BLOCK

PICTURES = {b"hvc1", b"av01", b"grid", b"iovl", b"iden", b"avc1", b"jpeg", b"j2k1", b"vvc1", b"unci"}
IDAT = 1
"""The construction method of an item that lies in the meta box itself."""
MAX_ITEMS = 20_000
MAX_TABLE = 1 << 20
"""Bytes of one table; a picture of 1000 tiles has some 20,000."""


class Cursor:
    """Reads whole numbers, most significant byte first; zero beyond the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def take(self, size: int) -> int:
        """The next ``size`` bytes as one number; 0 bytes are 0."""
        self.position += size
        return int.from_bytes(self.data[self.position - size : self.position], "big")

    def several(self, count: int, size: int) -> list[int]:
        """Up to ``count`` numbers of ``size`` bytes each, as many as there are."""
        there = max(0, len(self.data) - self.position) // size
        return [self.take(size) for _ in range(min(count, there))]

    @property
    def over(self) -> bool:
        """Nothing is left to read."""
        return self.position >= len(self.data)


class Item(NamedTuple):
    """One item: its kind (``hvc1``, ``Exif``, ``mime`` ...), whether it is hidden, its content type."""

    kind: bytes
    hidden: bool
    content_type: bytes


class Extent(NamedTuple):
    """A run of an item's bytes: offset in the file, or in the ``idat`` box, and length (0: to the end)."""

    method: int
    offset: int
    length: int


@dataclass(slots=True)
class Items:
    """The meta box of one file."""

    stream: BinaryIO
    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    extents: dict[int, list[Extent]] = field(default_factory=dict)
    references: dict[bytes, list[tuple[int, list[int]]]] = field(default_factory=lambda: defaultdict(list))
    idat: Box | None = None
    properties: Box | None = None

    def content(self, number: int) -> bytes:
        """The bytes of an item, at most ``MAX_BLOCK``."""
        parts: list[bytes] = []
        room = MAX_BLOCK
        for extent in self.extents.get(number, ()):
            base = self.idat.start if extent.method == IDAT and self.idat else 0
            parts.append(at(self.stream, base + extent.offset, min(extent.length or room, room)))
            room -= len(parts[-1])
        return b"".join(parts)

    def first(self, kind: bytes, content_type: bytes = b"") -> bytes | None:
        """The content of the first item of a kind."""
        for number, item in self.items.items():
            if item.kind == kind and item.content_type.startswith(content_type):
                return self.content(number)
        return None


def read_items(stream: BinaryIO, meta: Box) -> Items:
    """Everything in the meta box that Loupe asks for."""
    found = Items(stream)
    for box in boxes(stream, meta.start + 4, meta.end):
        if box.kind == b"idat":
            found.idat = box
        elif box.kind == b"iprp":
            found.properties = box
        elif box.kind == b"iinf":
            found.items = dict(_items(stream, box))
        elif box.kind == b"iref":
            _read_references(stream, box, found)
        elif box.kind == b"pitm":
            version, body = full(stream, box)
            found.primary = body.take(2 if version == 0 else 4)
        elif box.kind == b"iloc":
            found.extents = dict(_locations(*full(stream, box)))
    if found.primary not in found.items:
        found.primary = next((n for n, item in found.items.items() if item.kind in PICTURES), 0)
    return found


def full(stream: BinaryIO, box: Box) -> tuple[int, Cursor]:
    """Version and body of a full box (14496-12, 4.2); the flags are skipped."""
    data = at(stream, box.start, min(box.end - box.start, MAX_TABLE))
    return data[0] if data else 0, Cursor(data[4:])


def _items(stream: BinaryIO, box: Box) -> Iterator[tuple[int, Item]]:
    version, _ = full(stream, box)
    for entry in boxes(stream, box.start + (6 if version == 0 else 8), box.end):
        data = at(stream, entry.start, min(entry.end - entry.start, 512))
        if len(data) < 12 or entry.kind != b"infe":
            continue
        wide = 4 if data[0] >= 3 else 2
        number = int.from_bytes(data[4 : 4 + wide], "big")
        kind, names = data[6 + wide : 10 + wide], data[10 + wide :].split(b"\0")
        yield number, Item(kind, bool(data[3] & 1), names[1] if len(names) > 1 else b"")


def _locations(version: int, body: Cursor) -> Iterator[tuple[int, list[Extent]]]:
    sizes = body.take(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(min(body.take(2 if version < 2 else 4), MAX_ITEMS)):
        if body.over:
            return
        number = body.take(2 if version < 2 else 4)
        method = body.take(2) & 15 if version else 0
        body.take(2)
        start, count = body.take(base), body.take(2)
        # An extent of no bytes says nothing: one of them is as good as the 65,535 that a bomb claims.
        each = (index if version else 0) + offset + length
        room = (len(body.data) - body.position) // each if each else 1
        extents = []
        for _ in range(min(count, room)):
            body.take(index if version else 0)
            extents.append(Extent(method, start + body.take(offset), body.take(length)))
        yield number, extents


def _read_references(stream: BinaryIO, box: Box, found: Items) -> None:
    version, _ = full(stream, box)
    wide = 4 if version else 2
    for reference in boxes(stream, box.start + 4, box.end):
        body = Cursor(at(stream, reference.start, min(reference.end - reference.start, MAX_TABLE)))
        source = body.take(wide)
        found.references[reference.kind].append((source, body.several(body.take(2), wide)))
