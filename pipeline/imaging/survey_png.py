"""PNG and APNG: a walk over the chunks to the end, because EXIF may follow the pixels.

Sources: PNG 3 (W3C, 2025), 11.2-11.3; raw profiles: ImageMagick's ``Raw profile type`` text chunks.
"""

import io
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import MAX_BLOCK, Survey

MAX_CHUNKS = 100_000
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
XMP = (b"XML:com.adobe.xmp", b"Raw profile type xmp")
EXIF = (b"Raw profile type exif", b"Raw profile type APP1")


def survey_png(stream: BinaryIO) -> Survey:
    """Size, frames and metadata of a PNG. Raises ``Rejected`` where no pixels can follow."""
    chunks = list(_chunks(stream))
    kinds = {kind for kind, _, _ in chunks}
    if b"CgBI" in kinds:
        raise Rejected(
            "This PNG was packed for an iPhone app and cannot be read; please send an ordinary PNG."
        )
    if not chunks or chunks[0][0] != b"IHDR" or b"IDAT" not in kinds:
        raise Rejected(CUT_OFF)
    header = at(stream, chunks[0][1], 8)
    exif, xmp = _metadata(stream, chunks)
    return Survey(
        format="PNG",
        width=int.from_bytes(header[:4], "big"),
        height=int.from_bytes(header[4:], "big"),
        frames=_frames(stream, chunks),
        exif=io.BytesIO(exif) if exif else None,
        xmp=xmp,
    )


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, offset of the content and its length, as far as the chunks are sound."""
    position = 8
    for _ in range(MAX_CHUNKS):
        head = at(stream, position, 9)
        kind, length = head[4:8], int.from_bytes(head[:4], "big")
        if len(head) < 9 or not kind.isalpha() or kind == b"IEND":
            return
        yield kind, position + 8, length
        position += 12 + length


def _frames(stream: BinaryIO, chunks: list[tuple[bytes, int, int]]) -> int:
    for kind, offset, _ in chunks:
        if kind == b"acTL":
            stated = int.from_bytes(at(stream, offset, 4), "big")
            return stated if 0 < stated < 1 << 31 else 1
        if kind == b"IDAT":
            break
    return 1


def _metadata(stream: BinaryIO, chunks: list[tuple[bytes, int, int]]) -> tuple[bytes | None, bytes | None]:
    exif = profile = xmp = None
    for kind, offset, length in chunks:
        if length > MAX_BLOCK or kind not in (b"eXIf", b"zxIf", *TEXTS):
            continue
        content = at(stream, offset, length)
        if kind == b"eXIf":
            exif = exif or content
        elif content.startswith(XMP):
            xmp = xmp or _text(kind, content)
        elif content.startswith(EXIF):
            profile = profile or _unhex(_text(kind, content))
    return exif or profile, _unhex(xmp) if xmp and b"<" not in xmp else xmp


def _text(kind: bytes, content: bytes) -> bytes:
    """The text of a text chunk, unpacked but never to more than ``MAX_BLOCK``."""
    _, _, rest = content.partition(b"\0")
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflate(rest[1:])
    packed, words = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
    return _inflate(words[-1]) if packed else words[-1]


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_BLOCK)
    except zlib.error:
        return b""


def _unhex(profile: bytes) -> bytes:
    """The bytes of a raw profile: a name, a length, then hexadecimal digits in lines."""
    found = re.match(rb"\s*\w+\s+\d+\s([0-9a-fA-F\s]*)", profile)
    digits = b"".join(found[1].split()) if found else b""
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
