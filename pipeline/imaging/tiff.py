"""The TIFF structure that TIFF files, EXIF blocks and the index of an MPO share.

Source: TIFF 6.0 (Adobe, 1992), section 2; BigTIFF (Aware Systems). Every size and offset is taken
for a claim: nothing is read that was not asked for, and never more than ``MAX_VALUE`` bytes.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.imaging.bytestream import at

Value = str | bytes | tuple[float, ...]
"""Text, undefined bytes, or numbers; a rational with the denominator 0 is ``nan``."""

MAX_ENTRIES = 1000
MAX_VALUE = 4 << 20
HEADER_WITHIN = 64
"""Bytes before the header that are forgiven: ``Exif\\0\\0``, the four of HEIF, an editor's droppings."""

HEADER = re.compile(rb"(II|MM)(\*\0|\0\*|\+\0|\0\+)")
DAMAGED_HEADER = re.compile(rb"(?:Exif\0.)?(II|MM)(..)", re.DOTALL)
"""A header whose version number is damaged: its mark still gives the order of bytes."""
ASCII, UNDEFINED, UTF8 = 2, 7, 129
CODES = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I"}
CODES |= {16: "Q", 17: "q", 18: "Q"}
SIZES = {kind: struct.calcsize("=" + code) for kind, code in CODES.items()} | {
    ASCII: 1,
    UNDEFINED: 1,
    UTF8: 1,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a directory: its type, how many values, and where they are."""

    kind: int
    count: int
    offset: int

    @property
    def size(self) -> int:
        """Bytes that it claims to have."""
        return SIZES[self.kind] * self.count


Fields = Mapping[int, Entry]
"""One directory: its fields by tag."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one flavour packs a directory: formats of its count, an entry, and a link."""

    count: str
    entry: str
    link: str

    def size(self, code: str) -> int:
        """Bytes of one packed ``code``."""
        return struct.calcsize("=" + code)


CLASSIC, BIG = Layout("H", "HHI4s", "I"), Layout("Q", "HHQ8s", "Q")


@dataclass(frozen=True, slots=True)
class Tiff:
    """A TIFF structure inside a stream; offsets count from ``start``."""

    stream: BinaryIO
    start: int
    order: str
    """``<`` for Intel's order of bytes, ``>`` for Motorola's."""
    layout: Layout
    first: int
    """Offset of the first directory."""

    def fields(self, offset: int) -> Fields:
        """The directory at ``offset``; empty where there is none, its readable part where it is cut.

        A value that is said to lie inside the directory itself is damage, and left out.
        """
        lead, each = self.layout.size(self.layout.count), self.layout.size(self.layout.entry)
        table = self._read(offset + lead, min(self._count(offset), MAX_ENTRIES) * each)
        found: dict[int, Entry] = {}
        for index in range(0, len(table) - each + 1, each):
            tag, inline, entry = self._entry(table[index : index + each], offset + lead + index)
            outside = entry and not offset - entry.size < entry.offset < offset + lead + len(table)
            if entry and (inline or outside):
                found.setdefault(tag, entry)
        return found

    def pages(self, limit: int) -> int:
        """How many directories follow one another, counted to ``limit``, never one twice."""
        offset, seen = self.first, set[int]()
        while offset and offset not in seen and len(seen) < limit:
            seen.add(offset)
            offset = self._link(offset)
        return len(seen)

    def value(self, entry: Entry | None) -> Value | None:
        """What a field holds, or None where it is not there or its size is not believable."""
        if entry is None or not 0 < entry.size <= MAX_VALUE:
            return None
        data = self._read(entry.offset, entry.size)
        if entry.kind in CODES:
            return self._numbers(entry.kind, data) or None
        return data if entry.kind == UNDEFINED else text_of(data)

    def number(self, entry: Entry | None) -> int:
        """The first value as a whole number; 0 where there is none."""
        value = self.value(entry)
        return int(value[0]) if isinstance(value, tuple) and value[0] == value[0] else 0

    def _count(self, offset: int) -> int:
        head = self._read(offset, self.layout.size(self.layout.count)) if offset > 0 else b""
        return (
            self._unpack(self.layout.count, head) if len(head) == self.layout.size(self.layout.count) else 0
        )

    def _link(self, offset: int) -> int:
        """The offset of the directory after the one at ``offset``; 0 where there is none."""
        table = self._count(offset) * self.layout.size(self.layout.entry)
        size = self.layout.size(self.layout.link)
        link = self._read(offset + self.layout.size(self.layout.count) + table, size)
        return self._unpack(self.layout.link, link) if table and len(link) == size else 0

    def _entry(self, packed: bytes, offset: int) -> tuple[int, bool, Entry | None]:
        """Tag, whether the value stands in the entry itself, and the entry where its type is known."""
        tag, kind, count, last = struct.unpack(self.order + self.layout.entry, packed)
        if kind not in SIZES:
            return tag, False, None
        inline = SIZES[kind] * count <= len(last)
        where = offset + len(packed) - len(last) if inline else self._unpack(self.layout.link, last)
        return tag, inline, Entry(kind, count, where)

    def _numbers(self, kind: int, data: bytes) -> tuple[float, ...]:
        whole = len(data) // SIZES[kind] * SIZES[kind]
        return tuple(map(_ratio, struct.iter_unpack(self.order + CODES[kind], data[:whole])))

    def _read(self, offset: int, count: int) -> bytes:
        return at(self.stream, self.start + offset, count)

    def _unpack(self, code: str, data: bytes) -> int:
        return int(struct.unpack(self.order + code, data)[0])


def open_tiff(stream: BinaryIO) -> Tiff | None:
    """The structure whose header stands near the beginning; None where there is none.

    A header whose order of bytes contradicts its own version number is turned.
    """
    head = at(stream, 0, HEADER_WITHIN)
    found = HEADER.search(head) or DAMAGED_HEADER.match(head)
    if found is None:
        return None
    start, layout = found.start(1), BIG if b"+" in found[2] else CLASSIC
    if HEADER.match(found[1] + found[2]):
        order = "<" if found[2][1] == 0 else ">"
    else:
        order = "<" if found[1] == b"II" else ">"
    link = at(stream, start + (8 if layout is BIG else 4), layout.size(layout.link))
    if len(link) < layout.size(layout.link):
        return None
    return Tiff(stream, start, order, layout, int(struct.unpack(order + layout.link, link)[0]))


def text_of(data: bytes) -> str:
    """Text up to the first NUL: UTF-8 where it is valid, else Latin-1; without spaces at its ends."""
    data = data.partition(b"\0")[0]
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data.decode("latin-1").strip()


def _ratio(parts: tuple[float, ...]) -> float:
    if len(parts) == 1:
        return parts[0]
    return parts[0] / parts[1] if parts[1] else float("nan")
