"""Where a change is seen least: busy places hide more of it than smooth ones, clipped ones cannot hold any.

Contrast masking in its simplest form: what may be added grows with the activity around a pixel. Legge and
Foley (1980) found a growth of about the 0.6th power; a straight line with a ceiling is used here, for
speed.
"""

import numpy as np
from PIL import Image, ImageChops
from PIL.ImageFilter import BoxBlur

from pipeline.imaging.watermark_luma import Floats

ACTIVITY = 2.0
"""Levels of mean deviation from the surroundings that double what may be added."""
CEILING = 6.0
"""The most that may be added to a busy place, as a multiple of a smooth one."""
HEADROOM = 6.0
"""Levels from black or white within which less is added, down to nothing."""
SURROUNDINGS = 6
"""Pixels each way around a pixel, at no more than 512 pixels across the picture."""

_MAGNIFIED = 4


def tolerance(luma: Image.Image) -> Floats:
    """How much of a change each pixel of ``luma`` (mode L) hides: (height, width), 0 to ``CEILING``.

    A smooth place of middling brightness is 1.
    """
    deviation = ImageChops.difference(luma, luma.filter(BoxBlur(SURROUNDINGS)))
    magnified = deviation.point([min(_MAGNIFIED * level, 255) for level in range(256)])
    around = magnified.filter(BoxBlur(SURROUNDINGS)).filter(BoxBlur(4))
    activity = np.asarray(around, dtype=np.float32) / (_MAGNIFIED * ACTIVITY)
    level = np.asarray(luma, dtype=np.float32)
    room = np.minimum(np.minimum(level, 255 - level) / HEADROOM, 1)
    return np.asarray(np.minimum(1 + activity, CEILING) * room, dtype=np.float32)
