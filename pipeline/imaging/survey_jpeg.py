"""JPEG and MPO: a walk over the segments up to the first scan.

Sources: ITU T.81, annex B; Exif 2.32, 4.7.2; XMP part 3, 1.1.3; CIPA DC-007 (MPO).
"""

import io
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import MAX_BLOCK, Survey
from pipeline.imaging.tiff import open_tiff

EXIF, MPF = b"Exif\0", b"MPF\0"
PACKET, EXTENSION = re.compile(rb"<\?xpacket|<x:xmpmeta|<rdf:RDF"), b"/xmp/extension/"
LEAD = 256
"""Bytes of a segment in which a packet of XMP begins, whatever header a writer put before it."""
APP1, APP2, SOS, EOI = 0xE1, 0xE2, 0xDA, 0xD9
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
MULTI_VIEW = 0x02
"""The class of a picture's type that panoramas and stereo views have (CIPA DC-007, 5.2.3.3)."""
LOSSLESS = {0xC3, 0xC7, 0xCB, 0xCF}
ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}
MAX_SEGMENTS = 4096
MARKER = re.compile(rb"\xff[^\x00\xff]")
SEARCH = 64 << 10
"""Bytes of garbage between two segments that are forgiven."""

Segment = tuple[int, int, int]
"""Marker, offset of the content, its length."""


def survey_jpeg(stream: BinaryIO) -> Survey:
    """Size, metadata and number of views of a JPEG. Raises ``Rejected`` where it states no size.

    A file that was cut off before its pixels still tells its metadata; that nothing is to be seen in it is
    for those to say who decode it.
    """
    found = list(_segments(stream))
    width, height = _size(stream, found)
    exif, xmp = _metadata(stream, found)
    views = _views(stream, found)
    return Survey(
        format="MPO" if views > 1 else "JPEG",
        width=width,
        height=height,
        frames=views,
        exif=io.BytesIO(exif) if exif else None,
        xmp=xmp,
    )


def _segments(stream: BinaryIO) -> Iterator[Segment]:
    position = 2
    for _ in range(MAX_SEGMENTS):
        position = _next_marker(stream, position)
        head = at(stream, position, 4)
        if len(head) < 4 or head[1] == EOI:
            return
        if head[1] in ALONE:
            position += 2
            continue
        length = max(int.from_bytes(head[2:4], "big"), 2)
        yield head[1], position + 4, length - 2
        if head[1] == SOS:
            return
        position += 2 + length


def _next_marker(stream: BinaryIO, position: int) -> int:
    """The offset of the next 0xFF that a marker follows; ``position`` itself in a sound file."""
    lead = at(stream, position, 2)
    if len(lead) == 2 and lead[0] == 0xFF and lead[1] not in (0x00, 0xFF):
        return position
    window = at(stream, position, SEARCH)
    found = MARKER.search(window)
    return position + (found.start() if found else len(window))


def _size(stream: BinaryIO, found: list[Segment]) -> tuple[int, int]:
    for marker, offset, length in found:
        frame = at(stream, offset, min(length, 6)) if marker in FRAMES else b""
        if len(frame) == 6:
            if marker in LOSSLESS or frame[0] != 8:
                raise Rejected(
                    f"This is a lossless or {frame[0]}-bit JPEG, as medical devices write them; "
                    "please send an ordinary JPEG."
                )
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
    raise Rejected(CUT_OFF)


def _metadata(stream: BinaryIO, found: list[Segment]) -> tuple[bytes, bytes | None]:
    """The first EXIF block, its continuations joined to it, and the first XMP packet."""
    exif, xmp = b"", None
    for content in (at(stream, offset, length) for marker, offset, length in found if marker == APP1):
        if content.startswith(EXIF):
            continued = 0 < len(exif) < MAX_BLOCK and open_tiff(io.BytesIO(content)) is None
            exif = exif + content[6:] if continued else exif or content[6:]
        elif xmp is None and (packet := PACKET.search(content[:LEAD])) and EXTENSION not in content[:LEAD]:
            xmp = content[packet.start() :]
    return exif, xmp


def _views(stream: BinaryIO, found: list[Segment]) -> int:
    """Pictures of equal rank in a multi-picture file; previews and gain maps are not counted."""
    for marker, offset, length in found:
        if marker == APP2 and at(stream, offset, 4) == MPF:
            index = open_tiff(io.BytesIO(at(stream, offset + 4, length - 4)))
            entries = index and index.value(index.fields(index.first).get(0xB002))
            if index and isinstance(entries, bytes):
                whole = entries[: len(entries) // 16 * 16]
                kinds: list[int] = [kind for (kind,) in struct.iter_unpack(index.order + "I12x", whole)]
                return max(1, sum(kind >> 16 & 0xFF == MULTI_VIEW for kind in kinds))
    return 1
