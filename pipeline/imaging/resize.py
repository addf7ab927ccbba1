"""Scales pictures with libvips, whose Lanczos filter runs on vector instructions.

A picture here is an array (row, column, band) of 0-255: RGB, CMYK, grey, or RGB multiplied by alpha with
alpha last, since scaling plain RGB would mix the unseen colours of transparent pixels into the seen ones.
"""

from dataclasses import dataclass, field
from typing import Protocol, cast

import numpy as np
import pyvips
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Size = tuple[int, int]
"""Width and height in pixels."""

SCALING = "Lanczos a=3 (libvips)"
GAP = 3.0
"""Large reductions average blocks first, down to this many times the target. At 2, libvips's own choice,
the error against a Lanczos filter in floats is up to 6 dB larger; at 4 nothing is gained."""
APART = 2
"""How many times as large a scaled picture must be for a smaller one to be taken from it."""

pyvips.cache_set_max(0)  # keeps no operation, and with it no picture, once it was used
pyvips.concurrency_set(
    1
)  # workers share the processors already; more threads take memory and a sixth more time


class Source(Protocol):
    """A decoded or decodable original, upright."""

    @property
    def size(self) -> Size:
        """Width and height."""

    def at(self, size: Size) -> Pixels:
        """The picture in sRGB, upright, scaled to ``size``, which is never more than its own."""


@dataclass
class Sizes:
    """One picture at several sizes, each taken from the smallest that was made before and is large enough.

    Asked from large to small, the original is decoded once, and what is not needed any more is let go.
    """

    source: Source
    _made: dict[Size, Pixels] = field(default_factory=dict)

    def at(self, size: Size) -> Pixels:
        """The picture scaled to ``size``, which is never more than the original's."""
        if size not in self._made:
            larger = [made for made in self._made if self._serves(made, size)]
            if larger:
                smallest = min(larger)
                self._made = {made: each for made, each in self._made.items() if made <= smallest}
                self._made[size] = scaled(self._made[smallest], size)
            else:
                self._made[size] = self.source.at(size)
        return self._made[size]

    def _serves(self, made: Size, size: Size) -> bool:
        """Is nothing lost by scaling ``made``? An original at its full size serves for all."""
        if made == self.source.size:
            return True
        return made[0] >= APART * size[0] and made[1] >= APART * size[1]


def scaled(pixels: Pixels, size: Size) -> Pixels:
    """``pixels`` at exactly ``size``."""
    height, width, _ = pixels.shape
    if (width, height) == size:
        return pixels
    return in_array(resized(in_vips(pixels), size))


def resized(image: pyvips.Image, size: Size) -> pyvips.Image:
    """``image`` at exactly ``size``, not computed yet."""
    if (image.width, image.height) == size:
        return image
    across, down = size[0] / image.width, size[1] / image.height
    small = image.resize(across, vscale=down, kernel="lanczos3", gap=GAP)
    if (small.width, small.height) != size:  # its own rounding, of extreme proportions only
        small = small.embed(0, 0, *size, extend="copy")
    return small


def in_vips(pixels: Pixels) -> pyvips.Image:
    """The array as libvips sees it; the array must stay as long as that is used."""
    height, width, bands = pixels.shape
    flat = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels).data, width, height, bands, "uchar")
    # Four bands of no stated meaning would be written as CMYK, or their alpha ignored.
    return flat.copy(interpretation="b-w" if bands == 1 else "srgb")


def in_array(image: pyvips.Image) -> Pixels:
    """The computed pixels."""
    flat = np.frombuffer(cast(bytes, image.write_to_memory()), np.uint8)
    return flat.reshape(image.height, image.width, image.bands)
