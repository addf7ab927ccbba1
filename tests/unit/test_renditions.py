"""Renditions of real and drawn originals: right pixels, right colours, the right way up, marked once."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageOps

from pipeline.errors import Rejected
from pipeline.imaging import resize
from pipeline.imaging.decode_colour import in_srgb
from pipeline.imaging.encode import PlainJpeg, decoded
from pipeline.imaging.quality import Original as Judge
from pipeline.imaging.quality_ssim import ssim
from pipeline.imaging.renditions import ENCODERS, Making, Rendered, render
from pipeline.imaging.renditions_canvas import on_canvas
from pipeline.imaging.renditions_plan import Spec, plan
from pipeline.imaging.renditions_source import Original, original
from pipeline.imaging.resize import Sizes

PHOTOS = Path(__file__).parents[1] / "data"
PHONE = PHOTOS / "exifr--IMG_20180725_163423.jpg"
SHARP = PHOTOS / "exifr--iptc-mess.jpg"
PAPER = PHOTOS / "sharp--alpha-paper.png"
BUDGET = 256 << 20
RED, BLUE, GREEN, PALE = (220, 20, 30), (20, 30, 220), (20, 160, 30), (240, 240, 240)
QUICK = Making(encoders=dict.fromkeys(ENCODERS, (PlainJpeg((90, 90, 90)),)))

pillow_heif.register_heif_opener()


def quarters(size: tuple[int, int] = (640, 320)) -> Image.Image:
    """A different colour in every corner."""
    width, height = size
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (width // 2, 0, width, height // 2))
    picture.paste(GREEN, (0, height // 2, width // 2, height))
    picture.paste(PALE, (width // 2, height // 2, width, height))
    return picture


def stream_of(picture: Image.Image, format: str, **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream


def opened(path: Path) -> Original:
    with path.open("rb") as stream:
        return original(stream, BUDGET)


def specs_of(picture: Original) -> tuple[Spec, ...]:
    return plan(*picture.size, picture.has_alpha, picture.animated)


def pixels_of(picture: Original, name: str, format: str = "JPEG") -> NDArray[np.uint8]:
    """A rendition's pixels before compression."""
    spec = next(spec for spec in specs_of(picture) if (spec.name, spec.format) == (name, format))
    return np.asarray(on_canvas(Sizes(picture).at(spec.scaled), spec))


def corners(pixels: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters."""
    height, width = pixels.shape[:2]
    return [
        tuple(int(level) for level in pixels[y, x])
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]


def close(one: list[tuple[int, ...]], other: list[tuple[int, ...]], by: int = 12) -> bool:
    return bool(np.abs(np.array(one) - np.array(other)).max() <= by)


def in_floats(picture: Image.Image, size: tuple[int, int]) -> NDArray[np.float32]:
    """``picture`` scaled by a Lanczos filter without any rounding."""
    bands = [band.convert("F").resize(size, Image.Resampling.LANCZOS) for band in picture.split()]
    exact: NDArray[np.float32] = np.clip(np.dstack([np.asarray(band) for band in bands]), 0, 255)
    return exact


def decibels(one: NDArray[np.uint8], exact: NDArray[np.float32]) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(np.float64) - exact) ** 2)))


class TestScaling:
    def test_every_size_is_like_a_lanczos_filter_in_floats(self) -> None:
        photo = opened(SHARP)
        with Image.open(SHARP) as image:
            exact = in_srgb(image.convert("RGB"), image.info.get("icc_profile"))
        sizes = Sizes(photo)
        for scaled in dict.fromkeys(spec.scaled for spec in specs_of(photo)):
            ours = sizes.at(scaled)
            if scaled[0] in (2560, 1280, 512, 150, 50):
                reference = in_floats(exact, scaled)
                assert decibels(ours, reference) >= 40, scaled
                assert ssim(ours, reference) >= 0.99, scaled

    def test_a_large_photo_is_decoded_once_for_all_sizes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo, asked = opened(PHONE), []

        class Counted:
            size = photo.size

            def at(self, size: tuple[int, int]) -> resize.Pixels:
                asked.append(size)
                return np.zeros((size[1], size[0], 3), np.uint8)

        sizes = Sizes(Counted())
        for spec in specs_of(photo):
            sizes.at(spec.scaled)
        assert asked == [(2560, 1920)]

    def test_no_size_is_made_from_one_less_than_twice_as_large(self) -> None:
        class Counted:
            size = (4000, 3000)
            asked: list[tuple[int, int]] = []  # noqa: RUF012

            def at(self, size: tuple[int, int]) -> resize.Pixels:
                self.asked.append(size)
                return np.zeros((size[1], size[0], 3), np.uint8)

        source = Counted()
        sizes = Sizes(source)
        for size in ((2000, 1500), (1001, 751), (1000, 750), (501, 376), (500, 375)):
            assert sizes.at(size).shape == (size[1], size[0], 3)
        assert source.asked == [(2000, 1500), (1001, 751)]

    @pytest.mark.parametrize("size", [(1, 1), (1, 3000), (5000, 2), (7, 9)])
    def test_extreme_proportions_keep_their_exact_sizes(self, size: tuple[int, int]) -> None:
        picture = original(stream_of(Image.new("RGB", size, "teal"), "PNG"), BUDGET)
        for each in render(picture, specs_of(picture), QUICK):
            assert decoded(each.data).shape[:2] == (each.height, each.width)


class TestUpright:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_the_picture_is_turned_as_its_exif_says(self, format: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = quarters()
        stored.getexif()[0x0112] = orientation
        expected = ImageOps.exif_transpose(stored)
        picture = original(stream_of(quarters(), format, exif=exif), BUDGET)
        assert picture.size == expected.size
        assert close(corners(pixels_of(picture, "s320")), corners(np.asarray(expected)), by=24)

    def test_a_heic_that_its_container_turned_is_not_turned_again(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = original(stream_of(quarters(), "HEIF", exif=exif.tobytes()), BUDGET)
        assert picture.size == (320, 640)
        assert close(corners(pixels_of(picture, "s320")), [GREEN, RED, PALE, BLUE], by=24)


def display_p3() -> bytes:
    return (PHOTOS / "pigallery2--IMG_7943.HEIC").read_bytes()


class TestColours:
    def test_display_p3_becomes_srgb(self) -> None:
        with Image.open(io.BytesIO(display_p3())) as image:
            profile = image.info["icc_profile"]
        assert "P3" in ImageCms.getProfileDescription(io.BytesIO(profile))
        reds = Image.new("RGB", (640, 320), (200, 60, 40))
        exact = ImageCms.profileToProfile(reds, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
        assert exact is not None
        expected = exact.getpixel((0, 0))
        assert isinstance(expected, tuple)
        assert expected[0] - 200 >= 10, "converting makes a difference"
        for format in ("JPEG", "PNG", "WEBP"):
            stream = stream_of(reds, format, icc_profile=profile, quality=100)
            shown = pixels_of(original(stream, BUDGET), "s320")
            assert close([tuple(shown[20, 20])], [expected], by=5)

    def test_display_p3_with_transparency_becomes_srgb_and_stays_clear(self) -> None:
        with Image.open(io.BytesIO(display_p3())) as image:
            profile = image.info["icc_profile"]
        clear = Image.new("RGBA", (640, 320), (200, 60, 40, 255))
        clear.paste((0, 0, 0, 0), (320, 0, 640, 320))
        shown = pixels_of(original(stream_of(clear, "PNG", icc_profile=profile), BUDGET), "s320", "WEBP")
        assert int(shown[20, 20, 0]) - 200 >= 10
        assert shown[20, 20, 3] == 255
        assert shown[20, 300, 3] == 0

    def test_cmyk_becomes_srgb(self) -> None:
        stream = stream_of(quarters().convert("CMYK"), "JPEG", quality=95)
        assert close(corners(pixels_of(original(stream, BUDGET), "s320")), [RED, BLUE, GREEN, PALE], by=16)

    @pytest.mark.parametrize("mode", ["L", "1", "P", "I;16", "LA"])
    def test_every_mode_can_be_shown(self, mode: str) -> None:
        grey = Image.linear_gradient("L").resize((512, 512))
        picture = (
            Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
            if mode == "I;16"
            else grey.convert(mode)
        )
        shown = pixels_of(original(stream_of(picture, "PNG"), BUDGET), "s320")
        assert shown.shape == (320, 320, 3)
        assert shown[10].mean() < 40
        assert shown[310].mean() > 215

    def test_a_grey_jpeg_with_a_profile_of_other_colours_is_shown_as_it_is(self) -> None:
        with Image.open(io.BytesIO(display_p3())) as image:
            profile = image.info["icc_profile"]
        stream = stream_of(Image.new("L", (640, 320), 90), "JPEG", icc_profile=profile)
        assert close([tuple(pixels_of(original(stream, BUDGET), "s320")[5, 5])], [(90, 90, 90)], by=2)


def vignette() -> Image.Image:
    """A photo that fades to nothing; what is hidden is bright green."""
    with Image.open(PHOTOS / "pigallery2--sydney_opera_house.jpg") as image:
        photo = image.convert("RGB").resize((900, 600))
    mask = Image.new("L", photo.size)
    ImageDraw.Draw(mask).ellipse((200, 100, 700, 500), fill=255)
    clear = Image.composite(photo, Image.new("RGB", photo.size, "lime"), mask).convert("RGBA")
    clear.putalpha(mask.filter(ImageFilter.GaussianBlur(6)))
    return clear


class TestTransparency:
    def test_it_is_kept_where_the_format_can_and_white_where_not(self) -> None:
        picture = opened(PAPER)
        assert picture.has_alpha
        for each in render(picture, [spec for spec in specs_of(picture) if spec.width <= 512]):
            pixels = decoded(each.data)
            if each.format == "JPEG":
                assert pixels[0, 0].min() >= 240
            else:
                assert pixels[0, 0, 3] <= 4, each.spec.name

    def test_hidden_colours_do_not_bleed_into_seen_ones(self) -> None:
        picture = original(stream_of(vignette(), "PNG"), BUDGET)
        shown = pixels_of(picture, "s320", "WEBP").astype(int)
        exact = np.asarray(vignette().resize(picture_size(picture), Image.Resampling.LANCZOS)).astype(int)
        seen = shown[..., 3:] * shown[..., :3] // 255
        assert np.abs(seen - exact[..., 3:] * exact[..., :3] // 255).max() <= 6

    def test_alpha_that_hides_nothing_is_none(self) -> None:
        picture = original(stream_of(quarters().convert("RGBA"), "PNG"), BUDGET)
        assert not picture.has_alpha
        assert pixels_of(picture, "s320", "WEBP").shape[2] == 3

    def test_icons_are_padded_clear_or_white(self) -> None:
        clear = pixels_of(original(stream_of(vignette(), "PNG"), BUDGET), "app108", "PNG")
        solid = pixels_of(original(stream_of(quarters(), "PNG"), BUDGET), "app108")
        assert clear.shape == (108, 108, 4)
        assert clear[0, 54].tolist() == [255, 255, 255, 0]
        assert solid[0, 54].tolist() == [255, 255, 255]
        assert close([tuple(solid[40, 20])], [RED])


def picture_size(picture: Original) -> tuple[int, int]:
    return next(spec.scaled for spec in specs_of(picture) if spec.name == "s320")


class TestService:
    def test_a_service_is_asked_first_and_ours_do_what_it_will_not(self) -> None:
        photo = original(stream_of(quarters((400, 300)), "PNG"), BUDGET)

        theirs = stream_of(quarters((400, 300)), "WEBP").getvalue()

        def service(lossless: Callable[[], bytes], format: str) -> bytes | None:
            if format != "WEBP":
                return None
            assert decoded(lossless()).shape[2] == 3
            return theirs

        made = {
            each.format: each for each in render(photo, specs_of(photo), replace(QUICK, compressor=service))
        }
        assert (made["WEBP"].data, made["WEBP"].encoder) == (theirs, "TinyPNG")
        assert made["JPEG"].data.startswith(b"\xff\xd8")


@pytest.fixture(scope="module")
def large() -> Original:
    """A photo of 900 x 675, larger than what it is judged by."""
    with Image.open(PHONE) as image:
        image.draft("RGB", (1012, 759))
        photo = image.convert("RGB").resize((900, 675), Image.Resampling.LANCZOS)
    return original(stream_of(photo, "PNG"), BUDGET)


@pytest.fixture(scope="module")
def published(large: Original) -> dict[tuple[str, str], Rendered]:
    """Everything that it is published as."""
    return {(each.spec.name, each.format): each for each in render(large, specs_of(large))}


class TestPublished:
    def test_no_picture_is_below_75(
        self, large: Original, published: dict[tuple[str, str], Rendered]
    ) -> None:
        sizes = Sizes(large)
        for each in published.values():
            before = np.asarray(on_canvas(sizes.at(each.spec.scaled), each.spec))
            assert Judge(before[None]).score(decoded(each.data)[None]) >= 75, (each.spec.name, each.format)

    def test_avif_is_smaller_than_jpeg_and_jpeg_than_before(
        self, published: dict[tuple[str, str], Rendered]
    ) -> None:
        for name in ("s900", "s640", "s320"):
            jpeg, avif = published[name, "JPEG"], published[name, "AVIF"]
            assert len(avif.data) < 0.97 * len(jpeg.data)
            assert len(jpeg.data) < 0.8 * jpeg.bytes_uncompressed

    def test_each_says_how_it_was_made(self, published: dict[tuple[str, str], Rendered]) -> None:
        for each in published.values():
            assert each.encoder
            assert each.scaling.startswith("Lanczos")
            assert each.quality is not None
            assert each.score is not None
            assert abs(each.score - 77) < 8
            assert decoded(each.data).shape[:2] == (each.height, each.width)


class TestTrouble:
    def test_a_jpeg_that_stops_early_is_shown_as_far_as_it_goes(self) -> None:
        cut = io.BytesIO(PHONE.read_bytes()[:2_000_000])
        shown = pixels_of(original(cut, BUDGET), "app512")
        assert shown[100].std() > 10

    def test_a_jpeg_with_scrambled_data_is_shown_around_it(self) -> None:
        data = bytearray(PHONE.read_bytes())
        data[1_500_000:1_500_400] = bytes(400)
        shown = pixels_of(original(io.BytesIO(bytes(data)), BUDGET), "app512")
        assert shown[100].std() > 10

    def test_what_is_no_picture_is_refused(self) -> None:
        with pytest.raises(Rejected):
            original(io.BytesIO(b"GIF89a"), BUDGET)
        with pytest.raises(Rejected):
            original(io.BytesIO(b"hello"), BUDGET)

    def test_a_jpeg_without_pixels_is_refused(self) -> None:
        data = stream_of(quarters(), "JPEG").getvalue()
        with pytest.raises(Rejected):
            original(io.BytesIO(data[: data.index(b"\xff\xda")]), BUDGET).at((100, 50))

    def test_a_picture_over_the_budget_is_refused_with_a_way_out(self) -> None:
        with pytest.raises(Rejected, match="Post it smaller"):
            original(stream_of(Image.new("RGB", (3000, 3000)), "PNG"), 10 << 20)

    def test_a_large_plain_jpeg_needs_little(self) -> None:
        stream = stream_of(Image.new("L", (9000, 6000), 90), "JPEG", quality=20)
        assert original(stream, 2 << 20).size == (9000, 6000)

    def test_a_progressive_one_is_counted_with_its_coefficients(self) -> None:
        stream = stream_of(Image.new("RGB", (3000, 2000), "olive"), "JPEG", progressive=True)
        with pytest.raises(Rejected, match="Post it smaller"):
            original(stream, 8 << 20)

    def test_only_the_first_frame_of_an_animation_is_taken(self) -> None:
        frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
        stream = stream_of(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
        picture = original(stream, BUDGET)
        assert picture.animated
        assert close([tuple(pixels_of(picture, "s400")[9, 9])], [(255, 0, 0)])
