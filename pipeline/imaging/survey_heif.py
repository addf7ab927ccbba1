"""HEIF (HEIC) and AVIF: their items and properties. Sources: ISO/IEC 23008-12; AV1 Image File Format 1.1."""

import io
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.boxes import Box, find
from pipeline.imaging.bytestream import CUT_OFF, at, size_of
from pipeline.imaging.heif_items import IDAT, PICTURES, Items, read_items
from pipeline.imaging.heif_shape import shape, track
from pipeline.imaging.survey import Survey

BESIDE = (b"thmb", b"auxl")
XMP = b"application/rdf+xml"


def survey_heif(stream: BinaryIO) -> Survey:
    """Size as stored and as shown, metadata and number of pictures of a HEIF file."""
    return _survey(stream, "HEIF")


def survey_avif(stream: BinaryIO) -> Survey:
    """The same for AVIF, whose animations are tracks as in a film."""
    return _survey(stream, "AVIF")


def _survey(stream: BinaryIO, name: str) -> Survey:
    end = size_of(stream)
    meta = find(stream, 0, end, b"meta")
    items = read_items(stream, meta) if meta else Items(stream)
    sizes = shape(stream, items)
    film = track(stream, end)
    if sizes is None and film and name == "AVIF":
        sizes = film[0], film[0]
    elif sizes is None or not _begins(stream, items, end):
        raise Rejected(CUT_OFF)
    exif = items.first(b"Exif")
    return Survey(
        format=name,
        width=sizes[0][0],
        height=sizes[0][1],
        shown=sizes[1],
        frames=max(1, _pictures(items), film[1] if film and name == "AVIF" else 0),
        exif=io.BytesIO(_after_prefix(exif)) if exif else None,
        xmp=items.first(b"mime", XMP),
    )


def _begins(stream: BinaryIO, items: Items, end: int) -> bool:
    """The primary picture has bytes, and they begin inside the file."""
    for method, offset, _ in items.extents.get(items.primary, ()):
        box = items.idat if method == IDAT else Box(b"", 0, end)
        return box is not None and box.start + offset < end and at(stream, box.start + offset, 1) != b""
    return False


def _pictures(items: Items) -> int:
    """Pictures of equal rank: not hidden, not a tile, a thumbnail or a depth map."""
    tiles = {tile for _, targets in items.references[b"dimg"] for tile in targets}
    beside = {source for kind in BESIDE for source, _ in items.references[kind]}
    return sum(
        item.kind in PICTURES and not item.hidden and number not in tiles | beside
        for number, item in items.items.items()
    )


def _after_prefix(exif: bytes) -> bytes:
    """The TIFF block, to which the first four bytes give the way (23008-12, A.2.1)."""
    skip = 4 + int.from_bytes(exif[:4], "big")
    return exif[skip:] if skip < len(exif) else exif[4:]
