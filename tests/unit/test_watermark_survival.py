"""All 64 bits come back after what happens to pictures; docs/watermark.md has the figures."""

import io

import numpy as np
import pytest
from PIL import Image

from bench.watermark import ATTACKS, KEY, PAYLOAD, Attack, cropped, fitted, halved, photos
from pipeline.imaging.watermark import Mark, Strength, embed, read

NAMES = ("IMG_20180725_163423", "Landscape_6", "obama_and_biden", "two_people")


@pytest.fixture(scope="module", params=NAMES)
def marked(request: pytest.FixtureRequest) -> Image.Image:
    return embed(photos(1024)[request.param], PAYLOAD, KEY)


@pytest.mark.parametrize("attack", list(ATTACKS.values()), ids=list(ATTACKS))
def test_the_bits_come_back(marked: Image.Image, attack: Attack) -> None:
    assert read(attack(marked), KEY).payload == PAYLOAD


@pytest.mark.parametrize(("left", "top"), [(0, 0), (0.1, 0), (0, 0.1), (0.03, 0.07)])
def test_a_tenth_may_be_cut_off_on_any_side(marked: Image.Image, left: float, top: float) -> None:
    width, height = marked.size
    across, down = round(left * width), round(top * height)
    part = marked.crop((across, down, across + round(0.9 * width), down + round(0.9 * height)))
    mark = read(part, KEY)
    assert (mark.payload, mark.layer) == (PAYLOAD, "local")


def test_a_quarter_of_the_picture_is_enough(marked: Image.Image) -> None:
    assert read(cropped(marked, 0.5), KEY).found


def test_scaling_is_the_global_layers_work(marked: Image.Image) -> None:
    assert read(halved(marked), KEY).layer == "global"


def test_another_shape_is_no_trouble(marked: Image.Image) -> None:
    assert read(marked.resize((700, 700)), KEY).payload == PAYLOAD


def test_enlarging_is_no_trouble(marked: Image.Image) -> None:
    assert read(marked.resize((marked.width * 3 // 2, marked.height * 3 // 2)), KEY).payload == PAYLOAD


def test_grey_is_enough(marked: Image.Image) -> None:
    assert read(marked.convert("L"), KEY).payload == PAYLOAD


def test_noise_does_not_cover_it(marked: Image.Image) -> None:
    noise = np.random.default_rng(2).normal(0, 5, (marked.height, marked.width, 3))
    noisy = np.clip(np.asarray(marked) + noise, 0, 255).astype(np.uint8)
    assert read(Image.fromarray(noisy), KEY).payload == PAYLOAD


@pytest.mark.parametrize("turn", [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90])
def test_mirrored_and_turned_pictures_are_not_recognised(marked: Image.Image, turn: Image.Transpose) -> None:
    """A limit, stated in the docs: who lifts it changes this test."""
    assert not read(marked.transpose(turn), KEY).found


def through(picture: Image.Image, format: str, **options: int) -> Mark:
    file = io.BytesIO()
    picture.save(file, format, **options)
    with Image.open(file) as image:
        return read(image.convert("RGB"), KEY)


@pytest.mark.parametrize("name", NAMES)
def test_the_narrow_rendition_carries_its_payload_through_jpeg_85(name: str) -> None:
    picture = photos(1024)[name]
    small = picture.resize((150, round(150 * picture.height / picture.width)))
    assert through(embed(small, PAYLOAD, KEY, Strength.STRONG), "JPEG", quality=85).payload == PAYLOAD


@pytest.mark.parametrize("name", NAMES)
def test_an_app_icon_shows_its_mark_after_jpeg_75(name: str) -> None:
    icon = Image.new("RGB", (108, 108), "white")
    icon.paste(fitted(photos(1024)[name], 108), (0, 18))
    assert through(embed(icon, PAYLOAD, KEY), "JPEG", quality=75).found
