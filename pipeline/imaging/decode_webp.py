"""Decodes a large WebP straight to a smaller size: libwebp scales while it reads.

Pillow takes every WebP for an animation and holds two canvases, the answer and the picture: 17 bytes a pixel.
Scaled by libwebp itself (through libvips) a 12 MP photo took 9 MB instead of 186, and a lossless one 92.
"""

from typing import BinaryIO

from PIL import Image
from PIL.ImageFile import ImageFile

STILL = 8
"""Bytes per pixel at most (measured 7.7 for lossless pictures, which are unpacked whole; 0.8 for others)."""


def reduced(image: ImageFile, stream: BinaryIO, factor: int, budget: int) -> Image.Image | None:
    """The still WebP in ``stream``, opened as ``image``, divided by ``factor``, as RGB on white.

    None where this way is not open: another format, an animation, damage, or more than ``budget`` bytes.
    """
    width, height = image.size
    if image.format != "WEBP" or getattr(image, "is_animated", False):
        return None
    if factor == 1 or width * height * STILL > budget:
        return None
    # Imported only where a large WebP is met: libvips costs a process 20 MB.
    import pyvips

    pyvips.cache_set_max(0)
    stream.seek(0)
    try:
        scaled = pyvips.Image.webpload_buffer(stream.read(), scale=1 / factor)
        flat = scaled.flatten(background=255) if scaled.hasalpha() else scaled
        return Image.frombytes("RGB", (flat.width, flat.height), flat.write_to_memory())
    except pyvips.Error:
        return None
