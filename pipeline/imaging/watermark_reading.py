"""The tests a picture is put to: is a key's mark in it, and what does it say?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging import watermark_global as whole
from pipeline.imaging import watermark_local as tiles
from pipeline.imaging.watermark_code import PAYLOAD_BITS, SYMBOLS, Word, decode
from pipeline.imaging.watermark_evidence import false_alarm
from pipeline.imaging.watermark_plan import planned

Layer = Literal["global", "local"]

TESTS = 5
"""Pilots and payload in two layers, and the mark without payload: a fifth of all false alarms each."""
PROMISING = 0.1
"""The payload is not decoded where chance makes pilots this good: it would not be believed."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The outcome of one test."""

    false_alarm: float
    layer: Layer
    word: Word | None = None
    corrected: int = 0
    """How many of the word's 240 symbols were read wrong."""


@dataclass(frozen=True, slots=True)
class _Cosines:
    """What a layer saw, before the payload is decoded."""

    layer: Layer
    pilots: float
    pilot_count: int
    symbols: NDArray[np.float64]
    """(240,): a sum of cosines for each symbol."""
    symbol_count: int
    """How many cosines there are in all symbols."""
    tries: int
    """Of how many hypotheses this is the best."""


def global_sights(luma: Image.Image, key: bytes) -> Iterator[Sight]:
    """Tests of the whole picture's brightness (mode L); of a small one first for a mark without payload."""
    plan = planned(luma.size)
    square = np.asarray(whole.canonical(luma), dtype=np.float32)
    stands = whole.standing(square, key, plan.sharpest)
    count, pilot_count = int(stands.held.sum()), int(stands.held[: whole.PILOTS].sum())
    tries = len(plan.hypotheses)
    if not plan.payload:
        known = stands.cosines(plan.hypotheses, whole.DIRECTIONS).sum(axis=1)
        yield Sight(TESTS * false_alarm(float(known.max()), count, tries), "global")
    pilots = stands.cosines(plan.hypotheses, whole.PILOTS).sum(axis=1)
    best = int(pilots.argmax())
    symbols = stands.cosines(plan.hypotheses[best : best + 1], whole.DIRECTIONS)[0, whole.PILOTS :]
    seen = _Cosines("global", float(pilots[best]), pilot_count, symbols, count - pilot_count, tries)
    yield from _sights(seen)


def local_sights(luma: Image.Image, key: bytes) -> Iterator[Sight]:
    """Tests of the repeated tile, in the brightness (mode L) of a picture that holds a few of them."""
    if min(luma.size) < 2 * tiles.TILE:
        return
    seen = tiles.agreement(luma, key)
    count = SYMBOLS * tiles.PER_SYMBOL
    yield from _sights(_Cosines("local", seen.pilots, seen.pilot_count, seen.symbols, count, tiles.SHIFTS))


def _sights(seen: _Cosines) -> Iterator[Sight]:
    """First what the pilots say; then, if that promises something, pilots and the likeliest payload together.

    The payload was chosen to fit, so that each of the 2**64 counts as a try.
    """
    pilots = false_alarm(seen.pilots, seen.pilot_count, seen.tries)
    yield Sight(TESTS * pilots, seen.layer)
    if pilots > PROMISING:
        return
    word = decode(seen.symbols)
    agreeing = seen.symbols * word.symbols
    total, count = seen.pilots + float(agreeing.sum()), seen.pilot_count + seen.symbol_count
    chance = false_alarm(total, count, seen.tries * 2.0**PAYLOAD_BITS)
    if word.intact:
        yield Sight(TESTS * chance, seen.layer, word, int((agreeing < 0).sum()))
