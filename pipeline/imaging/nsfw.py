"""What goes into Yahoo's open_nsfw: the preprocessing published with its weights.

Source: yahoo/open_nsfw, classify_nsfw.py, as in bhky/opennsfw2 (Preprocessing.YAHOO).

The JPEG round trip looks odd but belongs to it: without it scores move by up to 0.19.
"""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

RESIZED, CROPPED = 256, 224
"""Pixels: the whole picture is squeezed to a square of the first; of it the middle, the second, is seen."""

MEANS = np.array([104, 117, 123], dtype=np.float32)
"""Blue, green, red of the training set (ImageNet), subtracted."""


def prepared(picture: Image.Image) -> NDArray[np.float32]:
    """``picture`` (RGB) as float32 of shape (1, 224, 224, 3): BGR 0-255 minus ``MEANS``."""
    squeezed = _through_jpeg(picture.resize((RESIZED, RESIZED), Resampling.BILINEAR))
    margin = (RESIZED - CROPPED) // 2
    middle = squeezed.crop((margin, margin, margin + CROPPED, margin + CROPPED))
    blue_first = np.asarray(middle, dtype=np.float32)[:, :, ::-1]
    return np.ascontiguousarray((blue_first - MEANS)[np.newaxis])


def _through_jpeg(picture: Image.Image) -> Image.Image:
    """Compressed at Pillow's default quality and decoded again, as the reference does."""
    file = BytesIO()
    picture.save(file, format="JPEG")
    return Image.open(file, formats=["JPEG"])
