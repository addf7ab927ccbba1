"""The local layer: a tile that is found wherever a crop lets it start."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging.watermark_code import SYMBOLS, encode
from pipeline.imaging.watermark_evidence import false_alarm
from pipeline.imaging.watermark_local import FASTEST, SHIFTS, SLOWEST, TILE, Agreement, agreement, tile

KEY = b"a key"
SAID = encode(0xFEED_FACE_CAFE_BEEF)


def scene(width: int, height: int, busy: float = 3.0) -> np.ndarray:
    """Something like a photo: slow light, and noise."""
    chance = np.random.default_rng(8)
    across, down = np.arange(width), np.arange(height)[:, np.newaxis]
    return 128 + 60 * np.sin(across / 90 + down / 70) + busy * chance.standard_normal((height, width))


def tiled(levels: np.ndarray, amount: float, key: bytes = KEY) -> Image.Image:
    height, width = levels.shape
    repeated = np.tile(tile(key, SAID), (height // TILE + 1, width // TILE + 1))[:height, :width]
    return grey(levels + amount * repeated)


def grey(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def chance_of(seen: Agreement) -> float:
    return false_alarm(seen.pilots, seen.pilot_count, SHIFTS)


def right(seen: Agreement) -> float:
    """The share of symbols that are read right."""
    return float(np.mean(seen.symbols * SAID > 0))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 130), st.integers(0, 130))
def test_the_tile_is_found_wherever_it_starts(left: int, top: int) -> None:
    picture = tiled(scene(560, 520), 1.5).crop((left, top, left + 420, top + 380))
    seen = agreement(picture, KEY)
    assert chance_of(seen) < 1e-12
    assert right(seen) > 0.95


def test_without_a_mark_nothing_is_found() -> None:
    assert chance_of(agreement(grey(scene(560, 520)), KEY)) > 1e-3


def test_another_keys_tile_is_not_found() -> None:
    assert chance_of(agreement(tiled(scene(560, 520), 3), b"another key")) > 1e-3


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_shows_nothing(level: int) -> None:
    seen = agreement(Image.new("L", (300, 300), level), KEY)
    assert abs(seen.pilots) < 1e-3
    assert np.abs(seen.symbols).max() < 1e-3


def test_contrast_does_not_matter() -> None:
    levels = scene(560, 520)
    faint, strong = (agreement(grey(90 + gain * (levels - 90)), KEY).pilots for gain in (0.9, 1.1))
    marked = tiled(levels, 1.5)
    darker = grey(np.asarray(marked) * 0.9)
    assert chance_of(agreement(darker, KEY)) < 1e-12
    assert max(faint, strong) < agreement(darker, KEY).pilots


def test_hard_edges_do_not_drown_it() -> None:
    levels = scene(560, 520)
    levels[:, ::40] += 90
    levels[::37] -= 90
    assert chance_of(agreement(tiled(levels, 1.5), KEY)) < 1e-12


def test_more_of_the_picture_is_more_evidence() -> None:
    picture = tiled(scene(800, 800, busy=12), 1.0)
    chances = [chance_of(agreement(picture.crop((0, 0, side, side)), KEY)) for side in (250, 450, 800)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 1e-6


def test_a_picture_smaller_than_a_tile_can_be_looked_at() -> None:
    assert chance_of(agreement(grey(scene(40, 30)), KEY)) > 1e-3


def test_the_tile_has_mean_square_one_and_only_waves_of_the_band() -> None:
    pattern = tile(KEY, SAID)
    assert pattern.shape == (TILE, TILE)
    assert np.mean(pattern**2) == pytest.approx(1, rel=1e-5)
    amounts = np.abs(np.fft.fft2(pattern.astype(np.float64)))
    speeds = np.hypot(np.fft.fftfreq(TILE, 1 / TILE)[:, np.newaxis], np.fft.fftfreq(TILE, 1 / TILE))
    outside = (speeds < SLOWEST) | (speeds > FASTEST)
    assert amounts[outside].max() < 1e-2 < amounts[~outside].mean()


def test_the_tile_has_no_seam() -> None:
    pattern = tile(KEY, SAID)
    inside = np.abs(np.diff(pattern, axis=1)).mean()
    across_the_seam = np.abs(pattern[:, 0] - pattern[:, -1]).mean()
    assert across_the_seam < 1.5 * inside


def test_each_symbol_counts_for_itself() -> None:
    changed = SAID.copy()
    changed[17] *= -1
    picture = grey(128 + 4 * np.tile(tile(KEY, changed), (4, 4)))
    read = agreement(picture, KEY).symbols
    assert np.array_equal(np.sign(read), changed)
    assert len(read) == SYMBOLS
