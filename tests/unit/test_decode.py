"""Every format and pixel mode arrives upright, in sRGB, no larger than needed."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from pipeline.adapters.pictures import BUDGET
from pipeline.errors import Rejected
from pipeline.imaging.decode import upright

PHOTOS = Path(__file__).parents[1] / "data"
PHONE = PHOTOS / "exifr--IMG_20180725_163423.jpg"
RED, BLUE = (220, 20, 30), (20, 30, 220)


def halves(size: tuple[int, int] = (90, 60)) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (0, size[1] // 2, *size))
    return picture


def quarters() -> Image.Image:
    """A different colour in every corner."""
    picture = Image.new("RGB", (128, 64), RED)
    picture.paste(BLUE, (64, 0, 128, 32))
    picture.paste((20, 160, 30), (0, 32, 64, 64))
    picture.paste((240, 240, 240), (64, 32, 128, 64))
    return picture


def file_of(picture: Image.Image, format: str, **options: object) -> BytesIO:
    stream = BytesIO()
    picture.save(stream, format=format, **options)
    return stream


def seen(stream: BytesIO, side: int = 640) -> Image.Image:
    return upright(stream, side, BUDGET)


def close_to(pixel: object, colour: tuple[int, ...], by: int = 24) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "TIFF", "BMP"])
def test_every_format_is_decoded_to_rgb(format: str) -> None:
    picture = seen(file_of(halves(), format))
    assert (picture.mode, picture.size) == ("RGB", (90, 60))
    assert close_to(picture.getpixel((45, 10)), RED)
    assert close_to(picture.getpixel((45, 50)), BLUE)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_as_its_exif_says(format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = seen(file_of(quarters(), format, exif=exif))
    stored = quarters()
    stored.getexif()[0x0112] = orientation
    expected = ImageOps.exif_transpose(stored)
    assert picture.size == expected.size
    across, down = picture.width // 4, picture.height // 4
    for spot in ((across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)):
        colour = expected.getpixel(spot)
        assert isinstance(colour, tuple)
        assert close_to(picture.getpixel(spot), colour)


def test_a_heic_that_its_container_turned_is_not_turned_again() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = seen(file_of(halves(), "HEIF", exif=exif.tobytes()))
    assert picture.size == (60, 90)
    assert close_to(picture.getpixel((5, 45)), BLUE)


def test_a_photo_that_lies_on_its_side_stands_up() -> None:
    with (PHOTOS / "exif-orientation-examples--Landscape_6.jpg").open("rb") as stream:
        assert upright(stream, 640, BUDGET).size == (900, 600)


def test_the_long_side_is_at_least_what_was_asked_and_less_than_twice_that() -> None:
    with PHONE.open("rb") as stream:
        for side in (200, 506, 640, 1280, 2024, 3000):
            assert side <= max(upright(stream, side, BUDGET).size) < 2 * side


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_formats_that_cannot_shrink_while_decoding_are_shrunk_after(format: str) -> None:
    picture = seen(file_of(halves((1300, 700)), format), side=300)
    assert picture.size == (325, 175)
    assert close_to(picture.getpixel((100, 10)), RED)


def test_a_small_picture_is_never_enlarged() -> None:
    assert seen(file_of(halves((20, 10)), "PNG")).size == (20, 10)


def test_a_picture_one_pixel_high_keeps_its_one_pixel() -> None:
    assert seen(file_of(Image.new("RGB", (5000, 1), RED), "PNG")).size == (715, 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_becomes_white(mode: str) -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    clear.paste((*RED, 255), (0, 0, 40, 20))
    picture = clear.convert("LA").convert("RGBA") if mode in ("LA", "PA") else clear
    options = {"format": "PNG"} if mode != "P" else {"format": "GIF"}
    stream = BytesIO()
    (picture.convert("LA") if mode == "LA" else picture).save(stream, **options)
    below = seen(stream).getpixel((20, 30))
    assert below == (255, 255, 255)


def test_a_colour_that_is_declared_transparent_becomes_white() -> None:
    picture = Image.new("RGB", (8, 8), BLUE)
    assert seen(file_of(picture, "PNG", transparency=BLUE)).getpixel((3, 3)) == (255, 255, 255)


def test_edges_to_transparency_are_not_darkened_by_what_lies_hidden_there() -> None:
    picture = Image.new("RGBA", (1200, 1200), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 599, 1200))
    assert seen(file_of(picture, "PNG"), side=300).getextrema() == ((255, 255),) * 3


def test_sixteen_bits_keep_their_brightness() -> None:
    values = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    for format in ("PNG", "TIFF"):
        picture = np.asarray(seen(file_of(Image.fromarray(values), format)))
        assert np.abs(picture[:, :, 0] - values / 257.0).max() <= 1.5


def test_whole_numbers_and_floats_keep_their_brightness() -> None:
    steps = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    for values in (steps, steps * 255, steps * 65535, (steps * 65535).astype(np.int32), steps * 9 - 5):
        picture = np.asarray(seen(file_of(Image.fromarray(values), "TIFF")))
        assert np.abs(picture[:, :, 1] - steps * 255).max() <= 2


def test_floats_that_are_no_numbers_do_no_harm() -> None:
    values = np.full((8, 8), np.nan, dtype=np.float32)
    assert seen(file_of(Image.fromarray(values), "TIFF")).size == (8, 8)


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "YCbCr", "LAB"])
def test_rarer_modes_are_converted(mode: str) -> None:
    grey = Image.new("RGB", (30, 30), (255, 255, 255))
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        made = ImageCms.profileToProfile(grey, srgb, lab, outputMode="LAB")
    else:
        made = grey.convert(mode)
    assert made is not None
    pixel = seen(file_of(made, "TIFF")).getpixel((15, 15))
    assert close_to(pixel, (255, 255, 255), by=3)


def test_a_cmyk_jpeg_shows_its_colours() -> None:
    assert close_to(seen(file_of(halves().convert("CMYK"), "JPEG")).getpixel((45, 10)), RED, by=40)


def test_display_p3_becomes_srgb() -> None:
    with (PHOTOS / "exifr--iptc-mess.jpg").open("rb") as stream:
        picture = np.asarray(upright(stream, 640, BUDGET), dtype=float)
        with Image.open(stream) as raw:
            raw.draft(None, (picture.shape[1], picture.shape[0]))
            profile = ImageCms.ImageCmsProfile(BytesIO(raw.info["icc_profile"]))
            srgb = ImageCms.createProfile("sRGB")
            expected = ImageCms.profileToProfile(raw, profile, srgb)
            untouched = np.asarray(raw.convert("RGB"), dtype=float)
    assert expected is not None
    assert np.abs(picture - np.asarray(expected)).max() == 0
    assert np.abs(picture - untouched).mean() > 1


def test_a_broken_or_foreign_colour_profile_is_left_out() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (b"not a profile", srgb[:90]):
        picture = seen(file_of(halves(), "PNG", icc_profile=profile))
        assert picture.getpixel((45, 10)) == RED
    grey = Image.new("CMYK", (8, 8), (0, 0, 0, 0))
    assert seen(file_of(grey, "JPEG", icc_profile=srgb)).getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("format", ["GIF", "TIFF", "WEBP", "MPO", "PNG"])
def test_of_several_frames_the_first_is_seen(format: str) -> None:
    first, second = Image.new("RGB", (40, 40), RED), Image.new("RGB", (40, 40), BLUE)
    stream = file_of(first, format, save_all=True, append_images=[second])
    assert close_to(seen(stream).getpixel((20, 20)), RED)


def test_the_caller_s_stream_stays_open() -> None:
    stream = file_of(halves(), "JPEG")
    seen(stream)
    assert not stream.closed


def test_what_is_no_picture_is_rejected_with_a_sentence() -> None:
    for data in (b"", b"\xff", b"hello", b"%PDF-1.7", b"\xff\xd8\xff", b"\xff\xd8" * 9):
        with pytest.raises(Rejected, match="cannot be read as a picture"):
            seen(BytesIO(data))
