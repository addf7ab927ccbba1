"""What a watermark is like on a picture of a given size, how strong it is, and what its reader allows for."""

from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import log

import numpy as np


class Strength(Enum):
    """The global lattice's step in levels, and the PSNR in dB that the whole mark is made for.

    USUAL survives JPEG 50, WebP 60 and AVIF 50 on photos of 512 pixels and more. GENTLE is for pictures that
    are compressed little, STRONG for those whose mark could not be read back from the compressed file.
    """

    GENTLE = 44.0, 49.0
    USUAL = 62.0, 46.15
    STRONG = 88.0, 43.3

    @property
    def step(self) -> float:
        """Distance of two lattice points that say the same, in levels of the canonical transform."""
        return self.value[0]

    @property
    def error(self) -> float:
        """The mean square change to aim at, in levels squared, before rounding to whole levels adds 1/12."""
        return 255**2 / 10 ** (self.value[1] / 10) - 1 / 12


Hypothesis = tuple[float, float]
"""What the global layer is read with: a step in levels, a blur to undo in pixels of the canonical 512."""

GAIN = 1.25
"""The largest change of contrast, up or down, that the reader allows for."""
CLOSE = 1.025
"""Ratio of two steps that the reader tries: a wave is then never off by more than 1.25 %."""
BLURS = (0.0, 0.7, 1.0)
"""Gaussian blurs that the reader tries to undo, by their standard deviation."""
LEAST_STEP, MOST_STEP, MOST_SMALL_STEP = 17.0, 135.0, 900.0
"""Between which the reader tries steps, with room for changes of contrast; small pictures use larger ones."""

PAYLOAD_AREA = 12_000
"""Pixels: a smaller picture (108 x 108 is one) is marked without payload: found, it says nothing."""
TILES_SIDE = 256
"""Pixels: a picture whose shorter side is below gets no local layer."""
ORDINARY_AREA = 200_000
"""Pixels: what strengths are made for. Larger pictures are marked more faintly: there is more to add up."""
STEP_POWER, LEAST_SCALE, MOST_SCALE = 0.4, 0.5, 1.2
"""How the global layer's step falls with the area, and between which multiples of the strength's own: what is
left must survive scaling down."""
TILES_POWER = 0.7
"""How the mean square of the local layer falls with the area."""
TILES_SHARE = 0.25
"""How much of the change is kept for the local layer, where that is not faint."""
MASKED = 1.25
"""By how much masking raises the mean square of a change, roughly, as it keeps its mean."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided by a picture's size alone, the same when it is marked and when it is read."""

    payload: bool
    tiles: bool
    sharpest: float
    """Waves faster than this fraction of what the size can hold are not used. Small pictures are compressed
    with most of their waves close to that limit, where JPEG keeps the least."""

    scale: float
    """By what the strength's step is multiplied beside a local layer."""
    faintness: float
    """0 to 1: by how much the mean square of the local layer is reduced."""

    @property
    def share(self) -> float:
        """How much of the change the global layer may take up, 0 to 1."""
        return 1 - TILES_SHARE * self.faintness if self.tiles else 1.0

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What the reader tries; all of it is counted in the chance of a false alarm."""
        if self.tiles:
            return tuple(product(_steps(MOST_STEP), BLURS))
        return tuple(product(_steps(MOST_SMALL_STEP), BLURS[:1]))

    def step(self, strength: Strength, directions: int) -> float:
        """The global lattice's step where ``directions`` share the change: each costs step**2 / 12.

        Without a local layer it is as large as the strength's error affords.
        """
        if self.tiles:
            return strength.step * self.scale
        affordable: float = (strength.error / MASKED / max(directions, 1) * 12) ** 0.5 * 512
        return min(max(strength.step, affordable), MOST_SMALL_STEP / GAIN)


def _steps(most: float) -> list[float]:
    count = int(log(most / LEAST_STEP) / log(CLOSE)) + 2
    return [float(step) for step in np.geomspace(LEAST_STEP, most, count)]


def planned(size: tuple[int, int]) -> Plan:
    """The plan for a picture of ``size``, width and height in pixels."""
    area = size[0] * size[1]
    payload = area >= PAYLOAD_AREA
    return Plan(
        payload=payload,
        tiles=min(size) >= TILES_SIDE,
        sharpest=0.9 if payload else 0.6,
        scale=min(max((ORDINARY_AREA / area) ** STEP_POWER, LEAST_SCALE), MOST_SCALE),
        faintness=min(1.0, (ORDINARY_AREA / area) ** TILES_POWER),
    )
