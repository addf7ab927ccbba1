"""An invisible watermark: 64 bits in a picture's brightness that only the holder of the key finds.

Two layers carry the same bits. The global one lives in the proportions of the whole picture and survives
scaling and compression; the local one repeats over the picture and survives cropping. docs/watermark.md
says how they work, what they survive as measured, and where the limits are.
"""

from dataclasses import dataclass
from itertools import chain
from math import log10

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging import watermark_global as whole
from pipeline.imaging import watermark_local as tiles
from pipeline.imaging.watermark_code import encode
from pipeline.imaging.watermark_luma import Floats, brightened, enlarged, luma
from pipeline.imaging.watermark_mask import tolerance
from pipeline.imaging.watermark_plan import Plan, Strength, planned
from pipeline.imaging.watermark_reading import Layer, Sight, global_sights, local_sights

__all__ = ["THRESHOLD", "Mark", "Strength", "embed", "read", "reading_side"]

THRESHOLD = 1e-6
"""A mark counts as found when an unmarked picture would look like this with at most this chance."""

READ_LONG, READ_SHORT = 640, 360
"""Pixels of the sides that suffice for the global layer; the longer one is what the detectors look at, so
that one decoding serves all three."""

_LEAST = 0.5
"""Of a picture that hides less than this on average, mostly clipped, what is left is not marked the more."""
_ROUNDS = 3
"""Masking turns a move along one direction into small moves along others; so often it is made good."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was read from a picture."""

    found: bool
    payload: int | None
    """0 to 2**64 - 1; None where there is no mark, one without payload, or one too damaged to be read."""
    confidence: float
    """0 to 100: 50 at the threshold, 100 where the chance of a false alarm is 1e-12 or less."""
    false_alarm: float
    """Bound, 0 to 1, on the chance that a picture without this key's mark shows evidence this strong."""
    corrected_bits: int
    """Of the 240 symbols that carry the payload, how many were read wrong and put right."""
    layer: Layer | None
    """Where it was found."""


def embed(picture: Image.Image, payload: int, key: bytes, strength: Strength = Strength.USUAL) -> Image.Image:
    """``picture`` (mode L, RGB or RGBA) with ``payload`` (0 to 2**64 - 1) in it; size, mode and alpha stay.

    A picture of less than 12000 pixels gets a mark without payload. Raises ``ValueError`` for another mode, a
    payload that does not fit, or an empty key.
    """
    symbols = encode(payload)
    plan = planned(picture.size)
    small = whole.canonical(luma(picture))
    hides = tolerance(small)
    says = symbols if plan.payload else np.ones_like(symbols)
    change = _pulled(np.asarray(small, dtype=np.float32), hides, says, key, strength, plan)
    if not plan.tiles:
        return brightened(picture, enlarged(change, picture.size))
    error = (strength.error - float(np.mean(change**2))) * plan.faintness
    local = _repeated(tiles.tile(key, symbols), picture.size, hides, error)
    return brightened(picture, enlarged(change, picture.size) + local)


def read(picture: Image.Image, key: bytes) -> Mark:
    """Looks for ``key``'s mark in ``picture`` (mode L, RGB or RGBA).

    The first layer that gives a payload settles it, otherwise the strongest evidence does. Raises
    ``ValueError`` for another mode or an empty key.
    """
    bright = luma(picture)
    best = Sight(1.0, "global")
    for sight in chain(global_sights(bright, key), local_sights(bright, key)):
        if sight.word is not None and sight.false_alarm <= THRESHOLD:
            return _mark(sight)
        best = min(best, sight, key=lambda one: one.false_alarm)
    return _mark(best)


def reading_side(size: tuple[int, int]) -> int:
    """Pixels of the longer side, at most its own, at which the mark in a whole picture of ``size`` is read.

    A piece of a marked picture is read at its full size only: its mark is in the pixels.
    """
    long, short = max(size), min(size)
    return min(long, max(READ_LONG, -(-READ_SHORT * long // short)))


def _pulled(
    square: Floats, hides: Floats, says: NDArray[np.float64], key: bytes, strength: Strength, plan: Plan
) -> Floats:
    """The global layer's change of the canonical picture, pulled less far where it would cost too much."""
    stands = whole.standing(square, key, plan.sharpest)
    symbols = np.concatenate((np.ones(whole.PILOTS), says))
    moves = stands.moves(symbols, plan.step(strength, int(stands.held.sum())))
    mask = hides / max(float(hides.mean()), _LEAST)
    push, change = moves, np.zeros_like(square)
    for _ in range(_ROUNDS):
        change = np.asarray(whole.moved(stands, push, square.shape, plan.sharpest) * mask)
        moved = whole.standing(change, key, plan.sharpest).along
        push = push + (moves - moved) * stands.held
    excess = max(float(np.mean(change**2)) / (plan.share * strength.error), 1.0)
    return np.asarray(change / excess**0.5, dtype=np.float32)


def _repeated(tile: Floats, size: tuple[int, int], hides: Floats, error: float) -> Floats:
    """(height, width): tiles side by side, as strong as ``hides`` allows, with ``error`` as mean square."""
    width, height = size
    amount = (error / max(float(np.mean(hides**2)), _LEAST)) ** 0.5
    times = (-(-height // len(tile)), -(-width // len(tile)))
    return np.tile(tile * np.float32(amount), times)[:height, :width] * enlarged(hides, size)


def _mark(sight: Sight) -> Mark:
    found = sight.false_alarm <= THRESHOLD
    confidence = 50 * log10(sight.false_alarm) / log10(THRESHOLD)
    return Mark(
        found=found,
        payload=sight.word.payload if found and sight.word else None,
        confidence=min(max(confidence, 0.0), 100.0),
        false_alarm=min(sight.false_alarm, 1.0),
        corrected_bits=sight.corrected,
        layer=sight.layer if found else None,
    )
