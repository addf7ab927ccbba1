"""Brightness in and out of a picture: what the watermark measures and what it changes.

Only luma is touched: the same amount is added to red, green and blue, so that no colour shifts.
Transparency counts as white, as everywhere in Loupe, and pixels that cannot be seen are left alone.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops
from PIL.Image import Resampling

MODES = ("L", "RGB", "RGBA")

Floats = NDArray[np.float32]

_MIDDLE = 128


def luma(picture: Image.Image) -> Image.Image:
    """The brightness (ITU-R BT.601, as in JPEG) of a picture in mode L, RGB or RGBA, as mode L.

    Raises ``ValueError`` for any other mode.
    """
    if picture.mode not in MODES:
        raise ValueError(f"A watermark needs mode {', '.join(MODES)}; this picture's is {picture.mode}.")
    if picture.mode != "RGBA":
        return picture.convert("L")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("L")


def brightened(picture: Image.Image, change: Floats) -> Image.Image:
    """``picture`` with ``change`` (height, width; in levels) added to every colour, rounded and clipped."""
    levels = np.clip(np.rint(change) + _MIDDLE, 0, 255).astype(np.uint8)
    if picture.mode == "RGBA":
        levels[np.asarray(picture.getchannel("A")) == 0] = _MIDDLE
    plane, none = Image.fromarray(levels), Image.new("L", picture.size, _MIDDLE)
    planes = {"L": (plane,), "RGB": (plane,) * 3, "RGBA": (*(plane,) * 3, none)}[picture.mode]
    return ImageChops.add(picture, Image.merge(picture.mode, planes), offset=-_MIDDLE)


def enlarged(values: Floats, size: tuple[int, int]) -> Floats:
    """``values`` (height, width) stretched to ``size`` (width, height), linearly in between."""
    if values.shape == (size[1], size[0]):
        return values
    return np.asarray(Image.fromarray(values).resize(size, Resampling.BILINEAR), dtype=np.float32)
