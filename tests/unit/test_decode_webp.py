"""A large WebP is scaled while it is read: the same picture as ever, in a fraction of the memory."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from pipeline.errors import Rejected
from pipeline.imaging import decode
from pipeline.imaging.decode import upright
from pipeline.imaging.decode_webp import STILL

PHOTO = Path(__file__).parents[1] / "data" / "exifr--IMG_20180725_163423.jpg"
SIZE, SIDE = (1332, 996), 320
LARGE = 1 << 30
FORMS: dict[str, dict[str, Any]] = {
    "lossy": {"quality": 90, "method": 0},
    "lossless": {"lossless": True, "method": 0},
}


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    with Image.open(PHOTO) as image:
        return image.convert("RGB").resize(SIZE)


def webp(image: Image.Image, **options: Any) -> BytesIO:
    stream = BytesIO()
    image.save(stream, "WEBP", **({"method": 0} | options))
    return BytesIO(stream.getvalue())


def by_pillow(monkeypatch: pytest.MonkeyPatch, stream: BytesIO, side: int = SIDE) -> Image.Image:
    """As it was decoded before: whole, then reduced."""
    with monkeypatch.context() as patch:
        patch.setattr(decode, "reduced", lambda *given: None)
        return upright(stream, side, LARGE)


def far(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, in levels of 255."""
    assert one.size == other.size
    assert one.mode == other.mode == "RGB"
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("form", FORMS)
def test_the_scaled_picture_is_the_one_that_pillow_decodes(
    form: str, scene: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = webp(scene, **FORMS[form])
    assert far(upright(stream, SIDE, LARGE), by_pillow(monkeypatch, stream)) < 1.5


@pytest.mark.parametrize("form", FORMS)
def test_transparency_becomes_white_at_every_scale(form: str, scene: Image.Image) -> None:
    clear = scene.copy()
    clear.putalpha(Image.new("L", SIZE, 0))
    seen = upright(webp(clear, **FORMS[form]), SIDE, LARGE)
    assert seen.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("form", FORMS)
def test_half_transparent_colours_are_mixed_with_white(
    form: str, scene: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft = scene.copy()
    soft.putalpha(Image.linear_gradient("L").resize(SIZE))
    stream = webp(soft, **FORMS[form])
    assert far(upright(stream, SIDE, LARGE), by_pillow(monkeypatch, stream)) < 2


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_scaled_webp_stands_upright(turn: int, scene: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = Image.Exif()
    tags[0x0112] = turn
    stream = webp(scene, exif=tags.tobytes())
    seen = upright(stream, SIDE, LARGE)
    assert (seen.width > seen.height) is (turn < 5)
    assert far(seen, by_pillow(monkeypatch, stream)) < 1.5


def test_the_colour_profile_holds_for_the_scaled_picture(
    scene: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    foreign = webp(scene, icc_profile=profile)
    assert far(upright(foreign, SIDE, LARGE), by_pillow(monkeypatch, foreign)) < 1.5


def test_an_animation_is_still_decoded_frame_by_frame(scene: Image.Image) -> None:
    stream = webp(scene, save_all=True, append_images=[Image.new("RGB", SIZE, "red")], duration=100)
    seen = np.asarray(upright(stream, SIDE, LARGE), dtype=int)
    assert not (seen[..., 0] - seen[..., 1] > 200).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_off_webp_shows_what_arrived(form: str, share: float, scene: Image.Image) -> None:
    data = webp(scene, **FORMS[form]).getvalue()
    seen = upright(BytesIO(data[: int(len(data) * share)]), SIDE, LARGE)
    top = seen.crop((0, 0, seen.width, int(seen.height * share * 0.5)))
    assert max(ImageStat.Stat(top).stddev) > 20


@pytest.mark.parametrize("form", FORMS)
def test_noise_in_place_of_the_pixels_is_refused_or_shown_but_never_an_accident(
    form: str, scene: Image.Image
) -> None:
    data = bytearray(webp(scene, **FORMS[form]).getvalue())
    data[40:] = np.random.default_rng(7).integers(0, 256, len(data) - 40, dtype=np.uint8).tobytes()
    with suppress(Rejected):
        assert max(upright(BytesIO(bytes(data)), SIDE, LARGE).size) >= SIDE


@pytest.mark.parametrize("size", [(641, 3), (3, 1281), (1280, 640), (1283, 7), (700, 700)])
@pytest.mark.parametrize("side", [64, 100, 320, 640])
def test_the_long_side_is_what_was_asked_for_and_less_than_twice_that(
    size: tuple[int, int], side: int
) -> None:
    seen = upright(webp(Image.new("RGB", size, "teal"), lossless=True), side, LARGE)
    assert min(side, max(size)) <= max(seen.size) < 2 * side
    assert min(seen.size) >= 1


def test_what_it_takes_is_within_the_budget_or_refused(scene: Image.Image) -> None:
    needed = SIZE[0] * SIZE[1] * STILL
    stream = webp(scene)
    assert upright(stream, SIDE, needed).size
    with pytest.raises(Rejected, match="MB of memory"):
        upright(stream, SIDE, needed - 1)
