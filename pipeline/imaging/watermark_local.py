"""The layer that survives cropping: a faint tile, repeated over the picture, found wherever it starts.

Spread spectrum, read by phase-only correlation, as in JAWS (Kalker, Depovere, Haitsma and Maes 1999). The
tile is 100 pixels square, so that its waves fall beside those of the codecs' 8-pixel blocks. Reading adds up,
over all tiles, what a pixel's surroundings do not explain, limited so that edges do not drown the rest; one
Fourier transform then compares the sum with the key's pilots at all 10000 shifts.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging.watermark_code import SYMBOLS
from pipeline.imaging.watermark_keys import order, phases
from pipeline.imaging.watermark_luma import Floats

TILE = 100
SHIFTS = TILE**2
SLOWEST, FASTEST = 12, 36
"""Periods per tile of the waves in use."""
PER_SYMBOL = 6
"""Waves that carry the same symbol; what 240 symbols leave over are pilots."""
SURROUNDINGS, LIMIT = 2, 5
"""A pixel counts by its difference from the mean of the 5 x 5 around it, at most this many levels."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a key decides."""

    places: tuple[NDArray[np.intp], NDArray[np.intp]]
    """Rows and columns in the half spectrum of a tile: first the pilots, then six for each of 240 symbols."""
    carrier: NDArray[np.complex128]
    """For each place a number of length 1: the phase that says +1."""

    @property
    def pilots(self) -> int:
        """How many places carry what is known."""
        return len(self.carrier) - SYMBOLS * PER_SYMBOL


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a picture agrees with a key's tile, at the shift where the pilots agree best."""

    pilots: float
    """Sum of the pilots' cosines."""
    pilot_count: int
    symbols: NDArray[np.float64]
    """(240,): for each symbol the sum of its six cosines."""


def tile(key: bytes, symbols: NDArray[np.float64]) -> Floats:
    """(100, 100), mean square 1: the pattern that says ``symbols`` (240 of +1 or -1).

    Faster waves are fainter, as in photos and in what codecs keep of them. Raises ``ValueError``: no key.
    """
    layout = _layout(key)
    said = np.concatenate((np.ones(layout.pilots), np.repeat(symbols, PER_SYMBOL)))
    pattern = _pattern(layout.places, said * layout.carrier / _speeds()[layout.places] ** 0.25)
    return np.asarray(pattern / np.mean(pattern**2) ** 0.5, dtype=np.float32)


def agreement(luma: Image.Image, key: bytes) -> Agreement:
    """Looks for the key's tile in a picture's brightness (mode L), at every shift."""
    layout = _layout(key)
    spectrum = np.fft.rfft2(_folded(np.asarray(luma)))[layout.places]
    turned = spectrum / np.maximum(np.abs(spectrum), 1e-9) * layout.carrier.conj()
    known = np.where(np.arange(len(turned)) < layout.pilots, turned, 0)
    everywhere = _pattern(layout.places, known) * (SHIFTS / 2)
    down, across = divmod(int(everywhere.argmax()), TILE)
    back = np.exp(2j * np.pi / TILE * (layout.places[0] * down + layout.places[1] * across))
    cosines = (turned * back).real[layout.pilots :].reshape(SYMBOLS, PER_SYMBOL)
    return Agreement(float(everywhere.max()), layout.pilots, cosines.sum(axis=1))


@lru_cache(maxsize=8)
def _layout(key: bytes) -> Layout:
    usable = (_speeds() >= SLOWEST) & (_speeds() <= FASTEST)
    usable[:, 0] = False  # each of these is the mirror image of another
    places = np.argwhere(usable)
    places = places[order(key, "tile places", len(places))]
    return Layout((places[:, 0], places[:, 1]), np.exp(1j * phases(key, "tile phases", len(places))))


@lru_cache(maxsize=1)
def _speeds() -> NDArray[np.float64]:
    """(100, 51): periods per tile at each place in the half spectrum."""
    down, across = np.fft.fftfreq(TILE, 1 / TILE), np.arange(TILE // 2 + 1)
    return np.asarray(np.hypot(down[:, np.newaxis], across), dtype=np.float64)


def _pattern(
    places: tuple[NDArray[np.intp], NDArray[np.intp]], numbers: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """(100, 100): the waves with these amplitudes and phases, added up, times 2 / 10000."""
    spectrum = np.zeros((TILE, TILE // 2 + 1), dtype=np.complex128)
    spectrum[places] = numbers
    return np.asarray(np.fft.irfft2(spectrum, s=(TILE, TILE)), dtype=np.float64)


def _folded(levels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(100, 100): the sum of all tiles' detail; what is missing of the last ones counts as nothing.

    A strip of tiles after the other, which then stay in the processor's cache.
    """
    height, width = levels.shape
    total = np.zeros((TILE, -(-width // TILE) * TILE), dtype=np.int32)
    bordered = np.pad(levels, SURROUNDINGS, mode="edge")
    for top in range(0, height, TILE):
        strip = _detail(bordered[top : top + TILE + 2 * SURROUNDINGS])
        total[: len(strip), :width] += strip
    return np.asarray(total.reshape(TILE, -1, TILE).sum(axis=1), dtype=np.float64)


def _detail(bordered: NDArray[np.uint8]) -> NDArray[np.int16]:
    """What the mean of its surroundings does not explain of each pixel inside the border, in 1/25 levels."""
    levels = bordered.astype(np.int16)
    around = _five_in_a_row(_five_in_a_row(levels).T).T
    inside = levels[SURROUNDINGS:-SURROUNDINGS, SURROUNDINGS:-SURROUNDINGS]
    pixels = (2 * SURROUNDINGS + 1) ** 2
    detail = np.clip(inside * np.int16(pixels) - around, -LIMIT * pixels, LIMIT * pixels)
    return np.asarray(detail, dtype=np.int16)


def _five_in_a_row(levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """Sums of five neighbours in each row: four columns fewer."""
    pairs = levels[:, :-1] + levels[:, 1:]
    return pairs[:, :-3] + pairs[:, 2:-1] + levels[:, 4:]
