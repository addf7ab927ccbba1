"""The layer that survives scaling and compression: bits in the proportions of the whole picture.

Spread-transform dither modulation (Chen and Wornell 2001). The cosine transform of the picture's luma, as
if it had 512 x 512 pixels, keeps its coefficients when the picture is scaled. 7200 of them, waves of 12 to
about 97 half periods across the picture, are dealt to 300 keyed directions of 24 each; along every
direction the picture is moved to the nearest point of a lattice, and where that lattice starts says the
symbol. 60 directions carry known symbols, the pilots, and 240 the payload's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import pi, tau

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from pipeline.imaging.watermark_code import SYMBOLS
from pipeline.imaging.watermark_keys import order, phases, signs
from pipeline.imaging.watermark_luma import Floats
from pipeline.imaging.watermark_plan import Hypothesis

SIDE = 512
"""The side of the canonical square; a smaller picture is measured at its own size, in the same units."""
PILOTS = 60
DIRECTIONS = PILOTS + SYMBOLS
PER_DIRECTION = 24
LOWEST = 12
"""Half periods across the picture: slower waves are more easily seen and belong to the light."""
EDGE = 4
"""Waves slower than this along one axis are left out: long straight edges live there."""
PER_RING = 15
"""Directions in a ring of about equally fast waves: small pictures lose the outer rings, no others."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a key decides."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    """(300, 24) each: the coefficients of each direction."""
    weights: Floats
    """(300, 24): with which sign they count; a direction has length 1."""
    dither: NDArray[np.float64]
    """(300,): where each lattice starts, 0 to 1 of its step."""
    speed: NDArray[np.float64]
    """(300,): mean square of the half periods across the picture of a direction's waves."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a picture stands along the directions of a key."""

    layout: Layout
    along: NDArray[np.float64]
    """(300,): in levels of the canonical transform."""
    held: NDArray[np.bool_]
    """(300,): whether the picture is large enough for a direction's waves."""

    def cosines(self, hypotheses: Sequence[Hypothesis], count: int) -> NDArray[np.float64]:
        """(hypotheses, count): how well the first ``count`` directions stand at points that say +1.

        1 is at such a point, -1 at one that says -1; 0 is where the picture is too small.
        """
        steps, blurs = np.array(hypotheses).T[:, :, np.newaxis]
        sharpened = self.along[:count] * np.exp((pi / SIDE * blurs) ** 2 / 2 * self.layout.speed[:count])
        angles = (sharpened / steps - self.layout.dither[:count]) * tau
        return np.asarray(np.cos(angles) * self.held[:count], dtype=np.float64)

    def moves(self, symbols: NDArray[np.float64], step: float) -> NDArray[np.float64]:
        """(300,): the way to the nearest lattice points that say ``symbols``, none where nothing is held."""
        wanted = self.layout.dither + np.where(symbols > 0, 0.0, 0.5)
        place = self.along / step
        return (wanted + np.rint(place - wanted) - place) * step * self.held


def canonical(luma: Image.Image) -> Image.Image:
    """``luma`` (mode L) at no more than 512 pixels each way, its proportions given up."""
    size = (min(luma.width, SIDE), min(luma.height, SIDE))
    return luma if size == luma.size else luma.resize(size, Resampling.HAMMING)


def standing(square: Floats, key: bytes, sharpest: float) -> Standing:
    """Measures a canonical picture (height, width). ``sharpest`` is its plan's.

    Raises ``ValueError`` for an empty key.
    """
    layout = _layout(key)
    coefficients = _waves(square.shape[0]) @ square @ _waves(square.shape[1]).T
    along = (coefficients[layout.rows, layout.columns] * layout.weights).sum(axis=1)
    held = _fits(layout, square.shape, sharpest).sum(axis=1) >= PER_DIRECTION / 2
    return Standing(layout, along.astype(np.float64), held)


def moved(now: Standing, moves: NDArray[np.float64], shape: tuple[int, ...], sharpest: float) -> Floats:
    """What to add to a canonical picture of ``shape`` (height, width), to go ``moves`` (300,) from ``now``.

    A direction whose waves do not all fit is moved by those that do.
    """
    layout = now.layout
    fits = _fits(layout, shape, sharpest)
    share = fits * (PER_DIRECTION / np.maximum(fits.sum(axis=1, keepdims=True), 1))
    coefficients = np.zeros((_reach(), _reach()), dtype=np.float32)
    unit = shape[0] * shape[1] / SIDE**2
    coefficients[layout.rows, layout.columns] = moves[:, np.newaxis] * share * layout.weights * unit
    return np.asarray(_waves(shape[0]).T @ coefficients @ _waves(shape[1]), dtype=np.float32)


@lru_cache(maxsize=8)
def _layout(key: bytes) -> Layout:
    ring = PER_RING * PER_DIRECTION
    starts = range(0, DIRECTIONS * PER_DIRECTION, ring)
    dealt = np.concatenate([start + order(key, f"ring {start}", ring) for start in starts])
    directions = _places()[dealt].reshape(DIRECTIONS, PER_DIRECTION, 2)
    directions = directions[order(key, "directions", DIRECTIONS)]
    weights = signs(key, "weights", DIRECTIONS * PER_DIRECTION).reshape(DIRECTIONS, PER_DIRECTION)
    return Layout(
        rows=directions[:, :, 0],
        columns=directions[:, :, 1],
        weights=np.asarray(weights / PER_DIRECTION**0.5, dtype=np.float32),
        dither=phases(key, "dither", DIRECTIONS) / tau,
        speed=(directions.astype(np.float64) ** 2).sum(axis=2).mean(axis=1),
    )


@lru_cache(maxsize=1)
def _places() -> NDArray[np.intp]:
    """(7200, 2): rows and columns of the coefficients in use, slow ones first."""
    down, across = np.mgrid[EDGE:SIDE, EDGE:SIDE].reshape(2, -1)
    speed = down**2 + across**2
    usable = np.flatnonzero(speed >= LOWEST**2)
    chosen = usable[np.argsort(speed[usable], kind="stable")[: DIRECTIONS * PER_DIRECTION]]
    return np.stack((down[chosen], across[chosen]), axis=1)


def _reach() -> int:
    """One more than the fastest wave in use."""
    return int(_places().max()) + 1


def _fits(layout: Layout, shape: tuple[int, ...], sharpest: float) -> NDArray[np.bool_]:
    """(300, 24): which coefficients a picture of ``shape`` (height, width) has room for."""
    return (layout.rows < sharpest * shape[0]) & (layout.columns < sharpest * shape[1])


@lru_cache(maxsize=16)
def _waves(length: int) -> Floats:
    """(reach, length): cosines (DCT-II) for ``length`` samples, scaled as if there were 512 of them."""
    index = np.arange(_reach())[:, np.newaxis]
    place = (np.arange(length) + 0.5) / length
    waves = np.cos(pi * index * place) * (2 / length) ** 0.5 * (SIDE / length) ** 0.5
    return np.where(index < length, waves, 0).astype(np.float32)
