"""Encoders: files that say nothing about where, when and with what a picture was taken, and are small."""

import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from pipeline.imaging.encode import Avif, Encoder, LosslessWebP, MozJpeg, PlainJpeg, WebP, decoded
from pipeline.imaging.encode_png import ALIKE, plain_png, png
from pipeline.imaging.quality_ssim import ssim
from pipeline.imaging.renditions import ENCODERS, Making, render
from pipeline.imaging.renditions_plan import plan
from pipeline.imaging.renditions_source import original

PHOTOS = Path(__file__).parents[1] / "data"
EXIFTOOL = shutil.which("exiftool")
TELLING = (
    "EXIF",
    "XMP",
    "IPTC",
    "GPS",
    "ICC_Profile",
    "MakerNotes",
    "Photoshop",
    "MPF",
    "JFXX",
    "APP",
    "Canon",
)
"""Families of exiftool that say more about a picture than how to decode it."""
BUDGET = 256 << 20

pillow_heif.register_heif_opener()


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    with Image.open(PHOTOS / "pigallery2--sydney_opera_house.jpg") as image:
        return image.convert("RGB")


def on_glass(photo: Image.Image) -> Image.Image:
    """The photo in a circle that fades out."""
    clear = photo.convert("RGBA")
    mask = Image.new("L", photo.size)
    ImageDraw.Draw(mask).ellipse((20, 10, photo.width - 20, photo.height - 10), fill=255)
    clear.putalpha(mask.filter(ImageFilter.GaussianBlur(4)))
    return clear


EACH = [encoder for encoders in ENCODERS.values() for encoder in encoders] + [PlainJpeg((1, 92, 100))]


class TestEncoders:
    @pytest.mark.parametrize("encoder", EACH, ids=lambda encoder: encoder.name)
    @pytest.mark.parametrize("size", [(1, 1), (17, 33), (300, 200)])
    def test_a_file_shows_the_picture(
        self, encoder: Encoder, size: tuple[int, int], photo: Image.Image
    ) -> None:
        small = photo.resize(size)
        shown = decoded(encoder.encode(small, encoder.qualities[1]))
        assert shown.shape == (size[1], size[0], 3)
        assert np.abs(shown.astype(int) - np.asarray(small)).mean() < 8

    @pytest.mark.parametrize(
        "encoder", [e for e in EACH if not isinstance(e, LosslessWebP)], ids=lambda e: e.name
    )
    def test_more_quality_takes_more_bytes(self, encoder: Encoder, photo: Image.Image) -> None:
        low, usual, high = encoder.qualities
        sizes = [len(encoder.encode(photo, quality)) for quality in (low, usual, high)]
        assert sizes == sorted(sizes)
        assert sizes[2] > 1.5 * sizes[0]

    @pytest.mark.parametrize("encoder", [WebP((1, 84, 98)), LosslessWebP(), Avif((1, 70, 90), "4:2:0")])
    def test_transparency_stays(self, encoder: Encoder, photo: Image.Image) -> None:
        clear = on_glass(photo)
        shown = decoded(encoder.encode(clear, 90))
        assert np.abs(shown[..., 3].astype(int) - np.asarray(clear)[..., 3]).max() <= 8

    def test_lossless_is_lossless(self, photo: Image.Image) -> None:
        assert np.array_equal(decoded(LosslessWebP().encode(photo, 100)), np.asarray(photo))

    def test_jpegs_are_progressive_and_smaller_than_pillow_s(self, photo: Image.Image) -> None:
        ours = MozJpeg((1, 80, 98), "4:2:0").encode(photo, 80)
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=80, progressive=True, optimize=True)
        with Image.open(io.BytesIO(ours)) as image:
            assert image.info["progressive"]
        assert len(ours) < 0.97 * out.tell()

    @pytest.mark.parametrize(("colours", "factor"), [("4:2:0", (2, 2)), ("4:4:4", (1, 1))])
    def test_colours_are_halved_only_where_asked(
        self, colours: str, factor: tuple[int, int], photo: Image.Image
    ) -> None:
        data = MozJpeg((1, 80, 98), colours).encode(photo, 95)  # type: ignore[arg-type]
        with Image.open(io.BytesIO(data)) as image:
            assert isinstance(image, Image.Image)
            assert image.layer[0][1:3] == factor  # type: ignore[attr-defined]


class TestPng:
    def test_a_palette_is_taken_where_it_looks_the_same(self) -> None:
        with Image.open(PHOTOS / "sharp--alpha-paper.png") as image:
            paper = image.convert("RGBA").resize((512, 384))
        data, encoder = png(paper)
        assert encoder.startswith("256 colours")
        assert len(data) <= 0.4 * len(plain_png(paper))
        seen = [np.asarray(each.convert("RGBa")) for each in (paper, Image.fromarray(decoded(data)))]
        assert ssim(seen[0], seen[1]) >= ALIKE

    def test_what_no_palette_can_show_stays_as_it_is(self) -> None:
        ramp = np.zeros((256, 256, 4), np.uint8)
        ramp[..., 0], ramp[..., 1] = np.arange(256)[None], np.arange(256)[:, None]
        ramp[..., 2], ramp[..., 3] = ramp[::-1, :, 1], 255 - ramp[..., 0] // 2
        noisy = ramp ^ np.random.default_rng(2).integers(0, 16, ramp.shape, np.uint8)
        data, encoder = png(Image.fromarray(noisy))
        assert encoder.startswith("lossless")
        assert np.array_equal(decoded(data), noisy)

    def test_opaque_pictures_can_be_png_too(self, photo: Image.Image) -> None:
        data, _ = png(photo)
        assert decoded(data).shape == (200, 300, 3)


def telling(files: Iterable[bytes], folder: Path) -> list[str]:
    """What exiftool finds in any of the files besides what decoding needs."""
    if EXIFTOOL is None:
        assert os.environ.get("CI") != "true", "exiftool is missing; CI installs libimage-exiftool-perl"
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    for number, data in enumerate(files):
        (folder / str(number)).write_bytes(data)
    command = [EXIFTOOL, "-j", "-G0:1", "-a", "-U", *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tags = [f"{file['SourceFile']} {tag}" for file in json.loads(done.stdout) for tag in file]
    return [tag for tag in tags if any(family in tag for family in TELLING)]


class TestMetadata:
    def test_exiftool_sees_what_the_original_tells(self, tmp_path: Path) -> None:
        found = telling([(PHOTOS / "exif-py--DSCN0010.jpg").read_bytes()], tmp_path)
        assert any("GPS" in tag for tag in found)

    @pytest.mark.parametrize(
        "name",
        [
            "exif-py--DSCN0010.jpg",
            "exifr--issue-exifr-36.jpg",
            "mapillary_tools--adobe_coords.jpg",
            "pigallery2--IMG_7943.HEIC",
            "nom-exif--exif.avif",
            "hugo--sunrise.webp",
            "pigallery2--big_ben.jpg",
        ],
    )
    def test_no_rendition_tells_anything(self, name: str, tmp_path: Path) -> None:
        with (PHOTOS / name).open("rb") as stream:
            picture = original(stream, BUDGET)
        specs = [spec for spec in plan(*picture.size, picture.has_alpha) if spec.width <= 320]
        made = [each.data for each in render(picture, specs, Making(target=60))]
        assert len(made) > 5
        assert telling(made, tmp_path) == []

    def test_no_png_tells_anything(self, tmp_path: Path, photo: Image.Image) -> None:
        exif, text, out = Image.Exif(), PngInfo(), io.BytesIO()
        exif[0x010F] = "Maker"
        text.add_text("Comment", "at home")
        on_glass(photo).save(out, "PNG", exif=exif, pnginfo=text, icc_profile=profile(), dpi=(300, 300))
        assert telling([out.getvalue()], tmp_path)
        picture = original(out, BUDGET)
        icons = [spec for spec in plan(*picture.size, has_alpha=True) if spec.format == "PNG"]
        made = [each.data for each in render(picture, icons)]
        assert len(made) == 2
        assert telling(made, tmp_path) == []
        assert b"at home" not in b"".join(made)

    @pytest.mark.parametrize("encoder", EACH, ids=lambda encoder: encoder.name)
    def test_what_pillow_knows_of_a_picture_is_not_written(
        self, encoder: Encoder, photo: Image.Image, tmp_path: Path
    ) -> None:
        knowing = photo.copy()
        knowing.info = {
            "exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0",
            "icc_profile": profile(),
            "comment": b"home",
        }
        data = encoder.encode(knowing, encoder.qualities[1])
        assert telling([data], tmp_path) == []
        assert b"home" not in data


def profile() -> bytes:
    with Image.open(PHOTOS / "pigallery2--IMG_7943.HEIC") as image:
        found: bytes = image.info["icc_profile"]
    return found
