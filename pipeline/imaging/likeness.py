"""Do two files show the same picture? For an original that joins what Slack made of it. Pure.

Both pictures are shrunk to 32 x 32 grey fields and correlated, in all eight ways in which a picture can be
turned and mirrored, since who takes metadata out may take the orientation with it. Measured on the 22 photos
of tests/data: every copy of a photo with 100 pixels and more (JPEG quality 60 to 95, long side 160 to as it
is) correlates with its own by 0.997 and more, different photos by 0.742 at most. A copy that was cropped is
another picture.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 256
"""Pixels of the long side from which nothing is gained by more."""
FIELD = 32
ALIKE = 0.95
PROPORTIONS = 0.03
"""Part by which the shapes may differ: a side of 100 pixels is rounded by 0.5 %."""
FLAT = 2.0
"""Standard deviation of grey values, 0-255, below which there is nothing to correlate."""
Field = NDArray[np.float64]


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Is it the same picture, whatever its size, quality and turn?"""
    return likeness(one, other) >= ALIKE


def likeness(one: Image.Image, other: Image.Image) -> float:
    """How alike two upright pictures are: 1 the same, 0 and less nothing in common or another shape."""
    here, there = _field(one), _field(other)
    upright, turned = _same_shape(one.size, other.size), _same_shape(one.size, other.size[::-1])
    ways = [way for way in range(8) if (turned if way & 1 else upright)]
    return max((_correlation(here, _moved(there, way)) for way in ways), default=0.0)


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    across = one[0] * other[1] / (one[1] * other[0])
    return abs(across - 1) <= PROPORTIONS or abs(1 / across - 1) <= PROPORTIONS


def _field(picture: Image.Image) -> Field:
    small = picture.convert("L").resize((FIELD, FIELD), Image.Resampling.BOX)
    return np.asarray(small, np.float64)


def _moved(field: Field, way: int) -> Field:
    """Turned by quarters (the low two bits), then mirrored."""
    turned = np.rot90(field, way & 3)
    return turned[:, ::-1] if way & 4 else turned


def _correlation(one: Field, other: Field) -> float:
    """Of plain surfaces, which vary by nothing, the shade decides."""
    if one.std() < FLAT or other.std() < FLAT:
        both = one.std() < FLAT and other.std() < FLAT
        return 1.0 if both and abs(float(one.mean() - other.mean())) < 2 * FLAT else 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
