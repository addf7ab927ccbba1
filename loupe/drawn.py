"""Pictures for a load where nobody names any: drawn, with some detail, in the formats that are met most."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIZE = (800, 600)
GRAIN = 12
"""How much neighbouring pixels differ, of 255: about as much as in a photo, so that files get as big."""
KINDS = (("jpg", "JPEG"), ("jpg", "JPEG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("png", "PNG"))


def draw(folder: Path) -> Path:
    """Fill a folder with pictures; the folder. The same ones each time."""
    chance = np.random.default_rng(7)
    for number, (ending, kind) in enumerate(KINDS):
        _picture(chance, number).save(folder / f"drawn-{number}.{ending}", kind, quality=88)
    return folder


def _picture(chance: np.random.Generator, number: int) -> Image.Image:
    """A slope of colours with discs on it, and grain."""
    width, height = SIZE if KINDS[number][1] != "PNG" else (SIZE[0] // 2, SIZE[1] // 2)
    down, across = np.mgrid[0:height, 0:width]
    slope = np.stack([across * 255 / width, down * 255 / height, np.full((height, width), 40 * number)], -1)
    picture = Image.fromarray(slope.astype(np.uint8))
    brush = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y, r = (int(chance.integers(0, most)) for most in (width, height, height // 6))
        brush.ellipse((x - r, y - r, x + r, y + r), tuple(int(c) for c in chance.integers(0, 256, 3)))
    grain = chance.integers(-GRAIN, GRAIN + 1, (height, width, 1))
    return Image.fromarray((np.asarray(picture).astype(np.int16) + grain).clip(0, 255).astype(np.uint8))
