"""Zip files whose bytes follow from their contents alone.

The standard library's writer cannot take members that are compressed already, and so every bundle would
compress the same distributions anew. Format: PKWARE APPNOTE 6.3.10; names in UTF-8, no extra fields, no
comments, no directories, all files readable by all.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from pipeline.errors import Rejected

LEVEL = 6
"""Of deflate. 9 takes three times as long and saves 0.6 %."""
NEEDED, MADE_BY, UTF8 = 20, 3 << 8 | 20, 1 << 11
"""Version 2.0; Unix; names are UTF-8."""
MIDNIGHT, FIRST_DAY = 0, 1 << 5 | 1
"""1980-01-01 00:00, the earliest time there is in a zip file."""
READABLE = 0o100644 << 16
LOCAL, CENTRAL, END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"
MOST_FILES, MOST_BYTES = 0xFFFF, 0xFFFF_FFFF
"""Beyond them the format needs extensions; Lambda's limits lie far below."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file, compressed."""

    name: str
    crc: int
    size: int
    """Bytes uncompressed."""
    data: bytes
    """Deflated, raw."""


def member(name: str, content: bytes) -> Member:
    """A file, compressed."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Member(name, zlib.crc32(content), len(content), deflate.compress(content) + deflate.flush())


def write(target: Path, members: Iterable[Member]) -> None:
    """Write a zip file, whole or not at all. Raises ``Rejected`` for two files of one name."""
    draft = target.with_name(f".{target.name}.draft")
    directory, count, last = bytearray(), 0, ""
    with draft.open("wb") as out:
        for each in sorted(members, key=lambda m: m.name):
            if each.name == last:
                raise Rejected(f"{target.name}: two distributions bring {each.name}.")
            count, last = count + 1, each.name
            directory += _entry(out, each)
        start = out.tell()
        if count > MOST_FILES or start > MOST_BYTES:
            raise Rejected(f"{target.name}: too large for a plain zip file.")
        out.write(directory)
        out.write(struct.pack(END, b"PK\5\6", 0, 0, count, count, len(directory), start, 0))
    draft.replace(target)


def _entry(out: BinaryIO, each: Member) -> bytes:
    """Write one file; its entry of the directory."""
    name, offset = each.name.encode(), out.tell()
    about = NEEDED, UTF8, ZIP_DEFLATED, MIDNIGHT, FIRST_DAY, each.crc, len(each.data), each.size
    out.write(struct.pack(LOCAL, b"PK\3\4", *about, len(name), 0) + name)
    out.write(each.data)
    return struct.pack(CENTRAL, b"PK\1\2", MADE_BY, *about, len(name), 0, 0, 0, 0, READABLE, offset) + name


def read(source: Path) -> Iterator[Member]:
    """The files of a zip that ``write`` wrote, still compressed."""
    with ZipFile(source) as zipped, source.open("rb") as raw:
        for info in zipped.infolist():
            raw.seek(info.header_offset + struct.calcsize(LOCAL) + len(info.filename.encode()))
            yield Member(info.filename, info.CRC, info.file_size, raw.read(info.compress_size))
