"""Opens an original so that it can be had at any smaller size: upright, in sRGB, with its transparency.

A plain JPEG is never held whole: libvips decodes it in strips and scales while it reads. Everything else is
decoded by Pillow within the memory budget, as for the detectors, and kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import BinaryIO

import numpy as np
import pyvips
from PIL import Image, ImageCms
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile

from pipeline.errors import Rejected
from pipeline.imaging.decode import opened
from pipeline.imaging.decode_colour import BAND, in_srgb, is_plain, shrunk
from pipeline.imaging.decode_cut import filled_up
from pipeline.imaging.decode_damage import FAULTS, NOTHING_READ, load
from pipeline.imaging.decode_memory import bytes_needed
from pipeline.imaging.decode_orientation import orientation, turned
from pipeline.imaging.decode_preview import preview
from pipeline.imaging.renditions_plan import WIDEST
from pipeline.imaging.resize import Pixels, Size, in_array, in_vips, resized

LYING = (5, 6, 7, 8)
"""Orientations of which width and height change places."""
ENOUGH = 2 * WIDEST
"""Pixels of a side that are kept of a larger picture at least: twice the largest rendition."""

_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_PREMULTIPLIED = "RGBa"


@dataclass(frozen=True)
class Original:
    """An upright picture that can be had at any size up to its own."""

    size: Size
    """Width and height in pixels; of a picture far larger than any rendition, after a first reduction."""
    has_alpha: bool
    """Is any pixel transparent?"""
    animated: bool
    _stored: Callable[[], pyvips.Image]
    """The picture as stored: neither turned nor in sRGB. A JPEG is decoded anew for each who asks."""
    _profile: bytes | None
    _header: Image.Image
    """Says which way is up."""

    def at(self, size: Size) -> Pixels:
        """The picture in sRGB, upright, scaled to ``size``: RGB, or RGB multiplied by alpha, and alpha.

        Raises ``Rejected`` where the file is too damaged to be decoded.
        """
        way = orientation(self._header)
        try:
            pixels = in_array(resized(self._stored(), size[::-1] if way in LYING else size))
        except pyvips.Error as fault:
            raise Rejected(NOTHING_READ) from fault
        mode = _PREMULTIPLIED if self.has_alpha else _MODES[pixels.shape[2]]
        if way == 1 and not self._profile and mode in ("RGB", _PREMULTIPLIED):
            return pixels
        picture = _coloured(Image.fromarray(pixels.squeeze(), mode), self._profile)
        return np.asarray(turned(picture, self._header))


def original(stream: BinaryIO, budget: int) -> Original:
    """The first frame of the file in ``stream``; decoding it may take ``budget`` bytes of memory.

    Raises ``Rejected`` when nothing can be decoded, or not within the budget.
    """
    whole = filled_up(stream)
    with opened(whole) as image:
        try:
            plain_jpeg = image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L")
            return _streamed(image, whole, budget) if plain_jpeg else _decoded(image, budget)
        except FAULTS as fault:
            raise Rejected(NOTHING_READ) from fault


def _streamed(image: ImageFile, stream: BinaryIO, budget: int) -> Original:
    size, header = image.size, _header(image)
    image.draft(None, (1, 1))  # strips take little; what remains are a progressive picture's coefficients
    if bytes_needed(image, size) > budget:
        preview(image, size, budget)
    stream.seek(0)
    decoded = partial(pyvips.Image.jpegload_buffer, stream.read(), access="sequential")
    return Original(_upright(size, header), False, False, decoded, _foreign(image), header)


def _decoded(image: ImageFile, budget: int) -> Original:
    animated = bool(getattr(image, "is_animated", False)) and image.format != "TIFF"
    if bytes_needed(image) > budget:
        preview(image, (ENOUGH, ENOUGH), budget)
    load(image)
    header = _header(image)
    flat = _flat(image, max(1, min(image.size) // ENOUGH))
    pixels = in_vips(_array(flat))
    size = _upright(flat.size, header)
    return Original(size, flat.mode == _PREMULTIPLIED, animated, lambda: pixels, _foreign(image), header)


def _foreign(image: Image.Image) -> bytes | None:
    """The ICC profile where it is of colours that are not sRGB."""
    profile: bytes | None = image.info.get("icc_profile")
    if not profile or image.mode == "L":
        return None
    try:
        description = ImageCms.getProfileDescription(BytesIO(profile))
    except (ImageCms.PyCMSError, OSError):
        return None
    return None if "srgb" in description.lower() else profile


def _header(image: Image.Image) -> Image.Image:
    header = Image.new("1", (1, 1))
    header.getexif()[Base.Orientation] = orientation(image)
    return header


def _upright(size: Size, header: Image.Image) -> Size:
    return size[::-1] if orientation(header) in LYING else size


def _flat(image: Image.Image, factor: int) -> Image.Image:
    """RGB, CMYK, or RGB multiplied by alpha where any pixel is transparent, divided by ``factor``."""
    if image.has_transparency_data:
        clear = _premultiplied(image, factor)
        if clear.getchannel("a").getextrema() != (255, 255):
            return clear
        return Image.merge("RGB", clear.split()[:3])
    return image if factor == 1 and is_plain(image) else shrunk(image, factor)


def _array(picture: Image.Image) -> Pixels:
    """What ``np.asarray`` gives, in bands: that would hold two more copies for a moment."""
    width, height = picture.size
    pixels = np.empty((height, width, len(picture.getbands())), np.uint8)
    rows = max(1, BAND // width)
    for top in range(0, height, rows):
        pixels[top : top + rows] = np.asarray(picture.crop((0, top, width, min(height, top + rows))))
    return pixels


def _premultiplied(image: Image.Image, factor: int) -> Image.Image:
    width, height = image.size
    small = Image.new(_PREMULTIPLIED, (-(-width // factor), -(-height // factor)))
    rows = max(1, BAND // width // factor) * factor
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(height, top + rows))).convert("RGBA").convert(_PREMULTIPLIED)
        small.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return small


def _coloured(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB by its ICC profile; multiplied by alpha again where it was before."""
    if picture.mode != _PREMULTIPLIED:
        return in_srgb(picture, profile)
    clear = picture.convert("RGBA")
    colours = in_srgb(clear.convert("RGB"), profile)
    colours.putalpha(clear.getchannel("A"))
    return colours.convert(_PREMULTIPLIED)
