"""TIFF: its directories. Sources: TIFF 6.0; TIFF/EP and DNG 1.7 for the marks of camera raw files."""

from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import Survey
from pipeline.imaging.tiff import Fields, Tiff, open_tiff

MAX_PAGES = 10_000
WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, STRIPS, TILES = 0x100, 0x101, 0x103, 0x106, 0x111, 0x144
SUBFILES, XMP, DNG_VERSION = 0x14A, 0x2BC, 0xC612
SENSOR = {32803, 34892}
"""Photometric interpretations of a sensor's own values: colour filter array, linear raw."""
RAW_PACKING = {32767: "ARW (Sony)", 34713: "NEF (Nikon)", 65535: "PEF (Pentax)"}


def survey_tiff(stream: BinaryIO) -> Survey:
    """Size, pages and metadata of a TIFF. Raises ``Rejected`` for camera raw, and where no pixels follow."""
    tiff = open_tiff(stream)
    first = tiff.fields(tiff.first) if tiff else {}
    if tiff is None or not first:
        raise Rejected(CUT_OFF)
    if raw := _raw(tiff, first):
        raise Rejected(
            f"This is a camera raw file ({raw}), built like a TIFF; please send the JPEG made from it."
        )
    strips = tiff.number(first.get(STRIPS) or first.get(TILES))
    if not strips or not at(stream, strips, 1):
        raise Rejected(CUT_OFF)
    xmp = tiff.value(first.get(XMP))
    return Survey(
        format="TIFF",
        width=tiff.number(first.get(WIDTH)),
        height=tiff.number(first.get(HEIGHT)),
        frames=tiff.pages(MAX_PAGES),
        exif=stream,
        xmp=_packet(xmp),
    )


def _raw(tiff: Tiff, first: Fields) -> str | None:
    if DNG_VERSION in first:
        return "DNG"
    subfiles = tiff.value(first.get(SUBFILES))
    offsets = subfiles if isinstance(subfiles, tuple) else ()
    for directory in [first, *(tiff.fields(int(offset)) for offset in offsets[:8])]:
        packing = tiff.number(directory.get(COMPRESSION))
        if packing in RAW_PACKING:
            return RAW_PACKING[packing]
        if tiff.number(directory.get(PHOTOMETRIC)) in SENSOR:
            return "a sensor's own values"
    return None


def _packet(xmp: object) -> bytes | None:
    if isinstance(xmp, tuple):
        return bytes(int(value) & 0xFF for value in xmp)
    return xmp if isinstance(xmp, bytes) else xmp.encode() if isinstance(xmp, str) else None
