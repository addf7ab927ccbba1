"""The part of a picture by which its compression is judged: all of a small one, tiles of a large one.

Tiles lie on an even grid and are encoded side by side as one picture. Their corners are multiples of 16
pixels, so blocks of a JPEG, WebP or AVIF fall into them as they do in the whole.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from pipeline.imaging.encode import decoded
from pipeline.imaging.quality import SMALLEST, Original
from pipeline.imaging.resize import Pixels

SIDE = 128
"""Pixels of a tile's side: five of SSIMULACRA2's six scales see something in it."""
GRID = (4, 3)
"""Tiles along the longer and the shorter side."""
TILES = GRID[0] * GRID[1]
BLOCK = 16
GREY = 128
"""Behind transparent pictures: half way between the pages they may lie on."""


@dataclass(frozen=True)
class Sample:
    """What is encoded in place of the picture, and how its pixels are put back into tiles."""

    picture: Image.Image
    _tiles: tuple[int, int]
    """Across and down; (1, 1) for a whole picture."""
    whole: int
    """Pixels of the picture that this is a sample of."""

    def score(self, data: bytes) -> float:
        """SSIMULACRA2 of the encoded ``picture``."""
        return self._original.score(self._cut(decoded(data)))

    def likeness(self, other: Image.Image) -> float:
        """SSIMULACRA2 of another picture of the whole one's size and mode."""
        return self._original.score(self._cut(np.asarray(sample(other).picture)))

    @cached_property
    def _original(self) -> Original:
        return Original(self._cut(np.asarray(self.picture)))

    def _cut(self, pixels: Pixels) -> Pixels:
        """(tile, row, column, channel) of the picture on grey."""
        solid = on_grey(pixels)
        across, down = self._tiles
        rows, columns = solid.shape[0] // down, solid.shape[1] // across
        split = solid.reshape(down, rows, across, columns, 3).transpose(0, 2, 1, 3, 4)
        return _large_enough(split.reshape(down * across, rows, columns, 3))


def sample(picture: Image.Image) -> Sample:
    """All of ``picture`` where it is no larger than the tiles together, else the tiles."""
    width, height = picture.size
    if width * height <= TILES * SIDE * SIDE:
        return Sample(picture, (1, 1), width * height)
    across, down = _grid(width, height)
    wide, high = min(SIDE, width), min(SIDE, height)
    tiles = Image.new(picture.mode, (across * wide, down * high))
    for row, top in enumerate(_spots(height, down)):
        for column, left in enumerate(_spots(width, across)):
            tiles.paste(picture.crop((left, top, left + wide, top + high)), (column * wide, row * high))
    return Sample(tiles, (across, down), width * height)


def on_grey(pixels: Pixels) -> Pixels:
    """RGB of RGB or RGBA pixels."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + GREY * (255 - alpha) + 127) // 255).astype(np.uint8)


def _large_enough(tiles: Pixels) -> Pixels:
    """Mirrored until at least one scale can be looked at."""
    down, across = (max(0, SMALLEST - side) for side in tiles.shape[1:3])
    return np.pad(tiles, ((0, 0), (0, down), (0, across), (0, 0)), mode="symmetric")


def _grid(width: int, height: int) -> tuple[int, int]:
    """Tiles across and down: fewer across a strip that is too narrow for them, and more along it."""
    if width < height:
        down, across = _grid(height, width)
        return across, down
    along, over = GRID
    rows = min(over, max(1, height // SIDE))
    return (along if rows == over else TILES // rows), rows


def _spots(length: int, count: int) -> list[int]:
    """Where ``count`` tiles begin along ``length`` pixels: the middles of equal parts, on blocks."""
    first = min(SIDE, length) // 2
    return [max(0, (2 * n + 1) * length // (2 * count) - first) // BLOCK * BLOCK for n in range(count)]
