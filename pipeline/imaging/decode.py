"""Turns a file's bytes into an upright sRGB picture, at no more pixels than somebody needs.

The order keeps time and memory low: let the codec shrink (JPEG's can), check what decoding will take, decode,
shrink in bands, and only then convert colours and turn the picture upright.
"""

import warnings
from typing import IO, BinaryIO, cast

import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.ImageFile import ImageFile

from pipeline.errors import Rejected
from pipeline.imaging.decode_colour import in_srgb, is_plain, shrunk
from pipeline.imaging.decode_cut import filled_up
from pipeline.imaging.decode_damage import FAULTS, NOTHING_READ, Ended, is_blank, load
from pipeline.imaging.decode_memory import bytes_needed
from pipeline.imaging.decode_orientation import turned
from pipeline.imaging.decode_preview import PREVIEW_SIDE, preview
from pipeline.imaging.decode_webp import reduced

pillow_heif.register_heif_opener(decode_threads=1, depth_images=False, aux_images=False)

FORMATS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    GifImagePlugin.GifImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
    AvifImagePlugin.AvifImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    BmpImagePlugin.BmpImageFile.format,
    "HEIF",
)
"""What is decoded, by Pillow's names. MPO is opened as JPEG; HEIF only where pillow-heif is registered.

Naming the plugins imports them: left alone, Pillow imports all of its sixty when it meets a rarer file.
"""

# Pillow's own guard counts pixels, warns at 89 million and cannot be set per call. The budget below counts
# the bytes that decoding really takes: a 200 MP JPEG passes (at an eighth), a 100 MP WebP does not.
Image.MAX_IMAGE_PIXELS = None

# Pillow's remarks on odd metadata are for its users' developers; here damage is either survived or rejected.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def upright(stream: BinaryIO, side: int, budget: int) -> Image.Image:
    """The first frame of the file in ``stream``: mode RGB, sRGB, turned upright, without metadata.

    Its long side is at least ``side`` pixels where the file has as many, and less than twice that; nothing is
    ever enlarged. Transparency becomes white. Decoding may take ``budget`` bytes of memory. A file that stops
    early is decoded as far as it goes.

    Raises ``Rejected`` when nothing can be decoded, or not within the budget.
    """
    whole = filled_up(stream)
    try:
        with opened(whole) as image:
            source: object = image.fp
            picture = _decoded(image, whole, side, budget)
    except FAULTS as fault:
        raise Rejected(NOTHING_READ) from fault
    cut_off = whole is not stream or (isinstance(source, Ended) and source.ran_out)
    if cut_off and is_blank(picture):
        raise Rejected(NOTHING_READ)
    return picture


def opened(stream: BinaryIO) -> ImageFile:
    """The file's header as a Pillow image, no pixel decoded yet. Raises ``Rejected``."""
    formats = [name for name in FORMATS if name in Image.OPEN]
    stream.seek(0)
    is_jpeg = stream.read(2) == Ended.START
    stream.seek(0)
    try:
        return Image.open(cast(IO[bytes], Ended(stream)) if is_jpeg else stream, formats=formats)
    except FAULTS as fault:
        raise Rejected("This file cannot be read as a picture.") from fault


def _decoded(image: ImageFile, stream: BinaryIO, side: int, budget: int) -> Image.Image:
    width, height = image.size
    scaled = reduced(image, stream, max(1, max(image.size) // side), budget)
    if scaled is not None:
        return turned(in_srgb(scaled, image.info.get("icc_profile")), image)
    coded = bytes_needed(image)
    if image.format in ("JPEG", "MPO"):
        image.draft(None, _request(image.size, side))
        coded = bytes_needed(image, (width, height))
    if coded > budget:
        preview(image, _request(image.size, max(side, PREVIEW_SIDE)), budget)
    load(image)
    factor = max(1, max(image.size) // side)
    profile = image.info.get("icc_profile")
    small = image if factor == 1 and is_plain(image) else shrunk(image, factor)
    return turned(in_srgb(small, profile), image)


def _request(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The smallest size in these proportions whose long side is ``side``."""
    scale = min(1.0, side / max(size))
    return max(1, -int(-size[0] * scale // 1)), max(1, -int(-size[1] * scale // 1))
