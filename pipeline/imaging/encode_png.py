"""PNG for pictures with transparency: the fewest bytes that still look the same.

Palettes of 256 colours are tried from the smallest file on, and the first that is like the picture is taken;
if none is, the picture stays lossless. Either is then packed by oxipng.
"""

import io
from collections.abc import Iterator

import numpy as np
import oxipng
from PIL import Image

from pipeline.imaging.encode import CLEAN, decoded
from pipeline.imaging.quality_ssim import ssim
from pipeline.imaging.resize import Pixels, in_vips

ALIKE = 0.99
"""SSIM from which a palette will do."""
LEVEL = 2
"""Of oxipng: higher ones take several times as long for about 1 %."""
EFFORT = 4
"""Of libimagequant, 1-10."""


def png(picture: Image.Image) -> tuple[bytes, str]:
    """RGB or RGBA ``picture`` as a file without metadata, and the encoder that made it."""
    data, name = next(each for each in _candidates(picture) if _is_like(each[0], picture))
    return oxipng.optimize_from_memory(data, level=LEVEL, strip=oxipng.StripChunks.all()), f"{name}, oxipng 2"


def plain_png(picture: Image.Image) -> bytes:
    """As Pillow writes it when nothing is asked of it: lossless."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _candidates(picture: Image.Image) -> Iterator[tuple[bytes, str]]:
    octree = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    yield plain_png(octree), "256 colours (Pillow, octree)"
    image = in_vips(np.asarray(picture))
    yield (
        image.pngsave_buffer(palette=True, Q=100, effort=EFFORT, dither=0, keep=CLEAN),
        "256 colours (libimagequant)",
    )
    yield plain_png(picture), "lossless (Pillow)"


def _is_like(data: bytes, picture: Image.Image) -> bool:
    return ssim(_seen(decoded(data)), _seen(np.asarray(picture))) >= ALIKE


def _seen(pixels: Pixels) -> Pixels:
    """RGBA multiplied by alpha, so that colours nobody sees do not count; opaque where there is none."""
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    return np.asarray(Image.fromarray(pixels).convert("RGBa"))
