"""No mark is seen where there is none, and chance behaves as the bound on false alarms says it must."""

from functools import cache

import numpy as np
import pytest
from PIL import Image

from bench.watermark import OTHER_KEY, PAYLOAD, fitted, photos, textures
from pipeline.imaging.watermark import THRESHOLD, embed, read

PHOTOS = ("DSCN0010", "IMG_20180725_163423", "Landscape_6", "alpha-paper", "broken1", "iptc-mess", "sunrise")
TEXTURES = ("noise", "natural noise", "flat", "gradient", "squares", "text")
NAMES = PHOTOS + TEXTURES
KEYS = [f"key {number}".encode() for number in range(12)]


def unmarked(name: str, side: int) -> Image.Image:
    whole = photos(512)[name] if name in PHOTOS else textures()[name]
    return fitted(whole, side)


@cache
def chances(name: str, side: int) -> tuple[float, ...]:
    """What the reader thinks of a picture without a mark, under every key."""
    picture = unmarked(name, side)
    return tuple(read(picture, key).false_alarm for key in KEYS)


@pytest.mark.parametrize("side", [90, 160, 420])
@pytest.mark.parametrize("name", NAMES)
def test_no_mark_is_seen_in_an_unmarked_picture(name: str, side: int) -> None:
    assert min(chances(name, side)) > THRESHOLD


@pytest.mark.parametrize("name", NAMES)
def test_no_mark_is_seen_under_a_key_that_did_not_make_it(name: str) -> None:
    somebodys = embed(unmarked(name, 420), PAYLOAD, OTHER_KEY)
    assert not any(read(somebodys, key).found for key in KEYS)


@pytest.mark.parametrize("level", [0.5, 0.1, 0.01])
def test_chance_gives_evidence_no_more_often_than_stated(level: float) -> None:
    every = np.array([chance for name in NAMES for side in (90, 160, 420) for chance in chances(name, side)])
    most = level * len(every)
    assert np.sum(every <= level) <= most + 4 * most**0.5
