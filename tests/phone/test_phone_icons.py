"""The icons in the repository are what the drawing gives, small, and survive a phone's mask."""

from __future__ import annotations

import math

import pytest
from PIL import Image, ImageChops, ImageStat

from web.icons import FOLDER, ICONS, PAPER, drawn

LARGEST = 10_000


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_what_is_drawn(name: str) -> None:
    size, part = ICONS[name]
    with Image.open(FOLDER / name) as kept:
        apart = ImageChops.difference(kept.convert("RGB"), drawn(size, part))
    assert max(ImageStat.Stat(apart).mean) < 1
    assert (FOLDER / name).stat().st_size < LARGEST


def test_a_round_mask_cuts_nothing_off() -> None:
    size, part = ICONS["icon-maskable-512.png"]
    apart = ImageChops.difference(drawn(size, part), Image.new("RGB", (size, size), PAPER)).convert("L")
    points = [(index % size, index // size) for index, value in enumerate(apart.tobytes()) if value > 8]
    assert points
    assert max(math.dist(point, (size / 2, size / 2)) for point in points) <= 0.4 * size
