"""BMP: its header says it all. Source: Windows GDI, BITMAPCOREHEADER and BITMAPINFOHEADER."""

import struct
from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import Survey


def survey_bmp(stream: BinaryIO) -> Survey:
    """Size of a BMP; a negative height (stored top down) counts as its amount."""
    head = at(stream, 10, 16)
    if len(head) < 16:
        raise Rejected(CUT_OFF)
    pixels, header = struct.unpack("<II", head[:8])
    width, height = struct.unpack("<HH", head[8:12]) if header == 12 else struct.unpack("<ii", head[8:16])
    if not at(stream, pixels, 1):
        raise Rejected(CUT_OFF)
    return Survey(format="BMP", width=abs(width), height=abs(height))
