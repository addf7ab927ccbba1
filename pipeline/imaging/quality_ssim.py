"""SSIM: how alike two pictures are in structure, 0-1. For palettes and for proving that scaling is right.

Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
IEEE Transactions on Image Processing 13(4), 2004: Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03, on luma
(ITU-R BT.601). Windows beyond the edge see the picture mirrored.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.quality import blurred

Samples = NDArray[np.uint8] | NDArray[np.float32]
"""(row, column, band), 0-255: RGB, or RGB multiplied by alpha, and alpha."""

_STABLE_MEAN, _STABLE_VARIANCE = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def ssim(one: Samples, other: Samples) -> float:
    """The mean over the picture. With alpha: the worst of on white, on black, and alpha itself."""
    return min(_ssim(a, b) for a, b in zip(_views(one), _views(other), strict=True))


def _views(pixels: Samples) -> list[NDArray[np.float32]]:
    values = pixels.astype(np.float32)
    luma = values[..., :3] @ _LUMA
    if values.shape[2] == 3:
        return [luma]
    alpha = values[..., 3]
    return [luma, luma + (255 - alpha), alpha]


def _ssim(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    both = np.stack([one, other])
    mean = _blur(both)
    variance = _blur(both * both) - mean * mean
    common = _blur((one * other)[None])[0] - mean[0] * mean[1]
    alike = (2 * mean[0] * mean[1] + _STABLE_MEAN) * (2 * common + _STABLE_VARIANCE)
    apart = (mean[0] ** 2 + mean[1] ** 2 + _STABLE_MEAN) * (variance[0] + variance[1] + _STABLE_VARIANCE)
    return float(np.mean(alike / apart, dtype=np.float64))


def _blur(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    return blurred(planes)
