"""The picture goes into the nudity model exactly as its authors prepared it."""

from io import BytesIO

import numpy as np
from PIL import Image

from pipeline.imaging.nsfw import MEANS, prepared


def test_a_plain_picture_becomes_its_colour_blue_first_minus_the_means() -> None:
    values = prepared(Image.new("RGB", (800, 600), (200, 100, 50)))
    assert (values.shape, str(values.dtype)) == ((1, 224, 224, 3), "float32")
    assert values.flags["C_CONTIGUOUS"]
    assert np.abs(values - (np.array([50, 100, 200]) - MEANS)).max() <= 2


def test_the_whole_picture_is_squeezed_and_the_middle_seen() -> None:
    picture = Image.new("RGB", (2560, 512), "black")
    picture.paste("white", (100, 20, 2460, 492))
    assert prepared(picture).min() > 255 - MEANS.max() - 40
    picture.paste("black", (1270, 0, 1290, 512))
    assert prepared(picture)[0, 112, 112].max() < 60


def test_the_jpeg_round_trip_is_part_of_it() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    file = BytesIO()
    picture.save(file, format="JPEG")
    with Image.open(file) as again:
        expected = np.asarray(again, dtype=np.float32)[16:240, 16:240, ::-1] - MEANS
    assert np.array_equal(prepared(picture)[0], expected)
    assert not np.array_equal(prepared(picture)[0], noise[16:240, 16:240, ::-1] - MEANS)
