"""Builds EXIF blocks and the files that carry them, field by field and as wrong as a test wants them."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image

Field = tuple[int, int, bytes]
"""Type, count, packed value."""
EXIF_DIRECTORY, GPS_DIRECTORY = 0x8769, 0x8825


def text(words: str) -> Field:
    data = words.encode() + b"\0"
    return 2, len(data), data


def byte(value: int) -> Field:
    return 1, 1, bytes([value])


def short(value: int, order: str = "<") -> Field:
    return 3, 1, struct.pack(order + "H", value)


def rationals(*pairs: tuple[int, int], order: str = "<") -> Field:
    return 5, len(pairs), b"".join(struct.pack(order + "II", *pair) for pair in pairs)


def degrees(value: float, order: str = "<") -> Field:
    whole, minutes = int(value), (value - int(value)) * 60
    seconds = round((minutes - int(minutes)) * 60 * 1_000_000)
    return rationals((whole, 1), (int(minutes), 1), (seconds, 1_000_000), order=order)


def position(latitude: Field, longitude: Field, north: str = "N", east: str = "E") -> dict[int, Field]:
    """GPS fields; an empty reference is left out."""
    fields = {2: latitude, 4: longitude}
    fields |= {1: text(north)} if north else {}
    return fields | ({3: text(east)} if east else {})


def block(
    camera: Mapping[int, Field] | None = None,
    exif: Mapping[int, Field] | None = None,
    gps: Mapping[int, Field] | None = None,
    order: str = "<",
) -> bytes:
    """A TIFF block with up to three directories."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    first = dict(camera or {})
    body = b""
    for tag, fields in ((EXIF_DIRECTORY, exif), (GPS_DIRECTORY, gps)):
        if fields:
            first[tag] = (4, 1, struct.pack(order + "I", 0))
    start = 8 + _size(first)
    for tag, fields in ((EXIF_DIRECTORY, exif), (GPS_DIRECTORY, gps)):
        if fields:
            first[tag] = (4, 1, struct.pack(order + "I", start + len(body)))
            body += _directory(fields, start + len(body), order)
    return head + _directory(first, 8, order) + body


def _size(fields: Mapping[int, Field]) -> int:
    return 2 + 12 * len(fields) + 4 + sum(len(data) for _, _, data in fields.values() if len(data) > 4)


def _directory(fields: Mapping[int, Field], offset: int, order: str) -> bytes:
    table, values = struct.pack(order + "H", len(fields)), b""
    behind = offset + 2 + 12 * len(fields) + 4
    for tag, (kind, count, data) in sorted(fields.items()):
        if len(data) <= 4:
            place = data.ljust(4, b"\0")
        else:
            place = struct.pack(order + "I", behind + len(values))
            values += data
        table += struct.pack(order + "HHI", tag, kind, count) + place
    return table + struct.pack(order + "I", 0) + values


def picture(format: str = "JPEG", size: tuple[int, int] = (32, 20), **options: Any) -> bytes:
    """A small picture of a format, by Pillow."""
    stream = io.BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(stream, format=format, **options)
    return stream.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg(exif: bytes = b"", xmp: bytes = b"", size: tuple[int, int] = (32, 20)) -> io.BytesIO:
    """A JPEG with an EXIF block and an XMP packet."""
    data = picture("JPEG", size)
    extra = segment(0xE1, b"Exif\0\0" + exif) if exif else b""
    extra += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp) if xmp else b""
    return io.BytesIO(data[:2] + extra + data[2:])


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*extra: bytes, behind: bool = False) -> io.BytesIO:
    """A PNG with more chunks, before or behind its pixels."""
    data = picture("PNG")
    place = len(data) - 12 if behind else 33
    return io.BytesIO(data[:place] + b"".join(extra) + data[place:])


def packet(attributes: str = "", elements: str = "") -> bytes:
    """An XMP packet with properties of the picture as attributes and as elements."""
    return f"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'
 xmlns:exifEX='http://cipa.jp/exif/1.0/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'
 xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' {attributes}>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end='w'?>""".encode()
