"""read_watermark sees the mark on what Loupe published when somebody posts that again, in whatever form."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from pipeline.imaging.watermark import embed
from pipeline.model import Rendition
from tests.unit.workshop import PAYLOAD, PHOTOS, Key, Workshop, encoded, photo

pillow_heif.register_heif_opener()

SAYS = f"{PAYLOAD:016x}"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, tuple[Rendition, ...]]:
    """A 12 MP photo and all its files."""
    shop = Workshop(tmp_path_factory.mktemp("published"))
    return shop, shop.everything((PHOTOS / "exifr--IMG_20180725_163423.jpg").read_bytes())


Published = tuple[Workshop, tuple[Rendition, ...]]


def pixels(published: Published, name: str, format: str = "JPEG") -> Image.Image:
    shop, files = published
    [found] = [each for each in files if (each.name, each.format) == (name, format)]
    with Image.open(io.BytesIO(shop.content(found))) as image:
        return image.convert("RGB")


def test_every_file_that_says_it_is_marked_is_recognised_when_it_is_posted(published: Published) -> None:
    shop, files = published
    assert len(files) == 18
    for each in files:
        seen = shop.seen(shop.content(each))
        expected = SAYS if each.width * each.height >= 12_000 else None
        assert (seen.found, seen.payload) == (each.marked, expected if each.marked else None), each


def test_only_the_smallest_two_may_be_without_it(published: Published) -> None:
    assert {each.name for each in published[1] if not each.marked} <= {"box50", "app108"}


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("name", ["s2560", "s1280", "s640"])
def test_a_tenth_may_be_cut_off(published: Published, name: str, format: str) -> None:
    whole = pixels(published, name, format)
    across, down = whole.width // 20, whole.height // 20
    piece = whole.crop((across, down, whole.width - across, whole.height - down))
    seen = published[0].seen(encoded(piece, quality=92))
    assert seen.found
    if name != "s640":
        assert seen.payload == SAYS


def test_a_piece_of_an_upright_one_is_recognised_too(tmp_path: Path) -> None:
    """It is taller than any rendition is wide, and a piece of one all the same."""
    shop = Workshop(tmp_path)
    tall = photo("exifr--IMG_20180725_163423.jpg", 2200).rotate(90, expand=True).resize((2000, 2667))
    marked = embed(tall, PAYLOAD, Key().key)
    assert shop.seen(encoded(marked.crop((80, 60, 1960, 2640)), quality=90)).payload == SAYS


@pytest.mark.parametrize(
    ("name", "format"),
    [("art2560", "JPEG"), *((name, f) for name in ("s2560", "s1280") for f in ("JPEG", "WEBP", "AVIF"))],
)
def test_what_slack_makes_of_it_is_recognised(published: Published, name: str, format: str) -> None:
    small = pixels(published, name, format)
    small.thumbnail((1024, 1024), Image.Resampling.BICUBIC)
    assert published[0].seen(encoded(small, quality=80)).payload == SAYS


def test_enlarged_beyond_any_rendition_it_is_recognised(published: Published) -> None:
    large = pixels(published, "s1280").resize((3000, 2250), Image.Resampling.BICUBIC)
    assert published[0].seen(encoded(large, quality=85)).payload == SAYS


def clear(picture: Image.Image) -> bytes:
    faded = picture.convert("RGBA")
    faded.putalpha(Image.new("L", picture.size, 230))
    return encoded(faded, "PNG")


def deep(picture: Image.Image) -> bytes:
    grey = np.asarray(picture.convert("L")).astype(np.uint16) * 257
    return encoded(Image.fromarray(grey), "PNG")


def animated(picture: Image.Image) -> bytes:
    other = Image.new("RGB", picture.size, "navy")
    return encoded(picture, "WEBP", save_all=True, append_images=[other], quality=90)


def turned(picture: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(picture.rotate(90, expand=True), exif=exif.tobytes(), quality=90)


FORMS: dict[str, Callable[[Image.Image], bytes]] = {
    "HEIC": lambda picture: encoded(picture, "HEIF", quality=80),
    "PNG with alpha": clear,
    "grey JPEG": lambda picture: encoded(picture.convert("L"), quality=85),
    "16 bit PNG": deep,
    "CMYK": lambda picture: encoded(picture.convert("CMYK"), quality=90),
    "animated WebP": animated,
    "GIF": lambda picture: encoded(picture.quantize(128), "GIF"),
    "TIFF": lambda picture: encoded(picture, "TIFF"),
    "turned by its EXIF": turned,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_it_is_recognised_in_every_form(published: Published, form: Callable[[Image.Image], bytes]) -> None:
    assert published[0].seen(form(pixels(published, "s1280"))).payload == SAYS


@pytest.mark.parametrize(
    "name",
    sorted(path.name for path in PHOTOS.iterdir() if path.suffix not in (".md", ".json")),
)
def test_no_photo_that_was_never_marked_is_said_to_be(tmp_path: Path, name: str) -> None:
    seen = Workshop(tmp_path).seen((PHOTOS / name).read_bytes())
    assert (seen.found, seen.payload, seen.earlier) == (False, None, None)
