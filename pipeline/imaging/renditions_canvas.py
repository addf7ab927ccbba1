"""Puts a scaled picture into the middle of its canvas: cropped, padded, on white if the format is opaque."""

import numpy as np
from PIL import Image

from pipeline.imaging.renditions_plan import Format, Spec
from pipeline.imaging.resize import Pixels

RGB, RGBA = 3, 4
OPAQUE: tuple[str, ...] = ("JPEG",)
"""Formats that cannot hold transparency."""


def on_canvas(pixels: Pixels, spec: Spec) -> Image.Image:
    """RGB, or RGBA where ``pixels`` have alpha or the padding needs it, of exactly the canvas's size.

    ``pixels`` are the whole scaled picture: RGB, or RGB multiplied by alpha, and alpha. Where an odd number
    of pixels is cut or added, the smaller half is on the left or above.
    """
    part = _cropped(pixels, spec.width, spec.height)
    if is_clear(part, spec.format):
        picture = Image.fromarray(part, "RGBa").convert("RGBA")
    else:
        picture = Image.fromarray(_on_white(part))
    if picture.size == (spec.width, spec.height):
        return picture
    canvas = Image.new(picture.mode, (spec.width, spec.height), (255, 255, 255, 0)[: len(picture.getbands())])
    canvas.paste(picture, ((spec.width - picture.width) // 2, (spec.height - picture.height) // 2))
    return canvas


def is_clear(pixels: Pixels, format: Format) -> bool:
    """Will the canvas have transparency?"""
    return pixels.shape[2] == RGBA and format not in OPAQUE


def _cropped(pixels: Pixels, width: int, height: int) -> Pixels:
    top, left = (
        max(0, (has - wants) // 2) for has, wants in zip(pixels.shape, (height, width), strict=False)
    )
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _on_white(pixels: Pixels) -> Pixels:
    """RGB. Colours are at most as large as alpha, but for the filter's overshoot, which is cut off."""
    if pixels.shape[2] == RGB:
        return pixels
    alpha = pixels[..., RGB:]
    return np.minimum(pixels[..., :RGB], alpha) + (255 - alpha)
