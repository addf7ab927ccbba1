"""SSIMULACRA2: how much a compressed picture looks like the original, to a person.

Follows cloudinary/ssimulacra2, version 2.1 (BSD-3-Clause): structural similarity, added edges and lost edges
on six scales of the XYB colour space, weighted to agree with people's votes. The scale, from its README: 30
low, 50 medium, 70 high, 90 visually lossless, 100 identical; below 0 is possible.

Two things differ on purpose: pictures too small for six scales keep every scale's own weight, and several
pictures of one size (tiles of a larger one) are scored as one.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.quality_weights import CUBIC, POWER, WEIGHTS

Planes = NDArray[np.float32]
"""A picture as (channel, row, column)."""
Pixels = NDArray[np.uint8]
"""Pictures as (picture, row, column, channel): RGB, sRGB, 0-255."""
Moments = NDArray[np.float64]

SMALLEST = 8
"""Pixels of the shorter side below which no further scale is looked at."""
_SCALES = 6
_STABLE = np.float32(0.0009)
_ABSORBANCE = np.array(
    [
        [0.30, 0.622, 0.078],
        [0.23, 0.692, 0.078],
        [0.24342268924547819, 0.20476744424496821, 0.5518098665095536],
    ],
    np.float32,
)
_BIAS = np.float32(0.0037930732552754493)
_SIGMA, _RADIUS = 1.5, 5
_KERNEL = np.exp(-(np.arange(_RADIUS + 1) ** 2) / (2 * _SIGMA**2))
_TAPS = [np.float32(tap) for tap in _KERNEL / (2 * _KERNEL[1:].sum() + 1)]
_MATRIX_SIDE = 192
"""Pixels of a side up to which a blur is two matrix products, half the time of adding up shifted copies."""
_LEVELS = np.arange(256) / 255
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)


class Original:
    """What a picture, or tiles of it, look like before compression; measured once, compared often."""

    def __init__(self, pixels: Pixels) -> None:
        self._tiles = [[_Scale(planes) for planes in _pyramid(tile)] for tile in pixels]

    def score(self, pixels: Pixels) -> float:
        """How much ``pixels``, of the same shape, look like this: at most 100. Source: see the module."""
        pairs = zip(self._tiles, pixels, strict=True)
        moments = np.mean([_moments(scales, tile) for scales, tile in pairs], axis=0)
        moments[:, :, 1] **= 0.25
        total = CUBIC[3] * float((WEIGHTS * moments).sum())
        bent = CUBIC[0] * total + CUBIC[1] * total**2 + CUBIC[2] * total**3
        return float(100 - 10 * bent**POWER) if bent > 0 else 100.0


class _Scale:
    """One scale of the original: its planes, their means, variances and edges."""

    def __init__(self, planes: Planes) -> None:
        self._planes, self._mean = planes, blurred(planes)
        self._variance = blurred(planes * planes) - self._mean * self._mean
        self._edges = 1 + np.abs(planes - self._mean)

    def moments(self, planes: Planes) -> Moments:
        """(channel, power, kind): mean and mean fourth power of structure lost, edges added, edges lost."""
        mean = blurred(planes)
        variance = blurred(planes * planes) - mean * mean
        common = blurred(planes * self._planes) - mean * self._mean
        apart = mean - self._mean
        structure = 1 - (1 - apart * apart) * (2 * common + _STABLE) / (self._variance + variance + _STABLE)
        edges = (1 + np.abs(planes - mean)) / self._edges - 1
        return np.stack([_means(np.maximum(kind, 0)) for kind in (structure, edges, -edges)], axis=-1)


def _moments(scales: list[_Scale], pixels: Pixels) -> Moments:
    """(channel, scale, power, kind); 0 at scales that the picture is too small for."""
    found = np.zeros(WEIGHTS.shape)
    for number, (scale, planes) in enumerate(zip(scales, _pyramid(pixels), strict=True)):
        found[:, number] = scale.moments(planes)
    return found


def _means(kind: Planes) -> Moments:
    """(channel, 2): the mean, and the mean of the fourth powers."""
    square = kind * kind
    powers = [np.mean(each, axis=(1, 2), dtype=np.float64) for each in (kind, square * square)]
    return np.stack(powers, axis=-1)


def blurred(planes: Planes) -> Planes:
    """Gaussian blur of sigma 1.5, the picture mirrored beyond its edges."""
    rows, columns = planes.shape[1:]
    if max(rows, columns) <= _MATRIX_SIDE:
        return np.asarray(_matrix(rows) @ planes @ _matrix(columns).T)
    down = _weighted(np.pad(planes, ((0, 0), (_RADIUS, _RADIUS), (0, 0)), mode="symmetric"), 1)
    return _weighted(np.pad(down, ((0, 0), (0, 0), (_RADIUS, _RADIUS)), mode="symmetric"), 2)


@lru_cache(maxsize=16)
def _matrix(length: int) -> Planes:
    """(length, length): which weight every pixel of a line has in every blurred one."""
    padded = np.pad(np.eye(length, dtype=np.float32), ((_RADIUS, _RADIUS), (0, 0)), mode="symmetric")
    matrix: Planes = _weighted(padded[None], 1)[0]
    return matrix


def _pyramid(pixels: NDArray[np.uint8]) -> Iterator[Planes]:
    linear = np.moveaxis(_LINEAR[pixels], -1, 0)
    for scale in range(_SCALES):
        if scale:
            linear = _halved(linear)
        if min(linear.shape[1:]) < SMALLEST:
            return
        yield _xyb(linear)


def _xyb(linear: Planes) -> Planes:
    """Linear light in XYB, moved and stretched to be positive."""
    red, green, blue = linear
    response = [np.cbrt(row[0] * red + row[1] * green + row[2] * blue + _BIAS) for row in _ABSORBANCE]
    root = np.cbrt(_BIAS)
    y = (response[0] + response[1]) * np.float32(0.5) - root
    x = (response[0] - response[1]) * np.float32(7) + np.float32(0.42)
    b = response[2] - root - y + np.float32(0.55)
    return np.stack([x, y + np.float32(0.01), b])


def _halved(linear: Planes) -> Planes:
    rows, columns = linear.shape[1:]
    if rows % 2 or columns % 2:
        linear = np.pad(linear, ((0, 0), (0, rows % 2), (0, columns % 2)), mode="edge")
    pairs = linear[:, 0::2] + linear[:, 1::2]
    return (pairs[..., 0::2] + pairs[..., 1::2]) * np.float32(0.25)


def _weighted(padded: Planes, axis: int) -> Planes:
    length = padded.shape[axis] - 2 * _RADIUS

    def shifted(by: int) -> Planes:
        rows = slice(_RADIUS + by, _RADIUS + by + length)
        return padded[:, rows] if axis == 1 else padded[:, :, rows]

    total: Planes = shifted(0) * _TAPS[0]
    for by in range(1, _RADIUS + 1):
        pair = shifted(-by) + shifted(by)
        pair *= _TAPS[by]
        total += pair
    return total
