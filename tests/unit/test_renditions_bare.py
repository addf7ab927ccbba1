"""No finished file says anything but how the picture looks, in the right colours and the right way up."""

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from pipeline.imaging.decode import upright
from pipeline.imaging.encode import decoded
from pipeline.imaging.quality_ssim import ssim
from pipeline.model import Rendition
from tests.unit.workshop import PHOTOS, Workshop, encoded, photo

pillow_heif.register_heif_opener()

EXIFTOOL = shutil.which("exiftool")
SECRET = "Ada lives at 5 Hill Street"
HARMLESS = {
    "SourceFile",
    "ExifTool",
    "System",
    "File",
    "Composite",
    "JFIF",
    "PNG",
    "RIFF",
    "QuickTime",
    "Meta",
}
"""Groups of tags that say how a file is built: size, bit depth, compression."""
TALKATIVE = (
    "gps",
    "thumb",
    "preview",
    "comment",
    "make",
    "model",
    "serial",
    "creator",
    "copyright",
)
COLOURS = [(220, 20, 30), (20, 30, 220), (20, 160, 30), (240, 240, 240)]


@pytest.fixture(autouse=True)
def _exiftool() -> None:
    if EXIFTOOL is None:
        assert os.environ.get("CI") != "true", "exiftool is missing; CI installs libimage-exiftool-perl"
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")


def talkative(folder: Path, format: str) -> bytes:
    """A picture that says all that a file can say; exiftool wrote it."""
    path = folder / f"talkative.{format.lower()}"
    path.write_bytes(encoded(photo("exif-orientation-examples--Landscape_6.jpg", 400), format))
    thumbnail = folder / "thumbnail.jpg"
    thumbnail.write_bytes(encoded(Image.new("RGB", (160, 120), "red")))
    groups = ["EXIF:Artist", "EXIF:ImageDescription", "EXIF:Make", "XMP:Creator", "XMP:Description"]
    groups += ["IPTC:By-line", "IPTC:Caption-Abstract", "Comment", "EXIF:UserComment"]
    orders = [f"-{group}={SECRET}" for group in groups]
    place = ["-GPSLatitude=42.66", "-GPSLatitudeRef=N", "-GPSLongitude=23.39", "-GPSLongitudeRef=E"]
    profile = folder / "profile.icc"
    profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    more = [f"-ThumbnailImage<={thumbnail}", f"-ICC_Profile<={profile}"]
    command = ["exiftool", "-q", "-m", "-overwrite_original", *orders, *place, *more, str(path)]
    subprocess.run(command, check=False, capture_output=True)
    data = path.read_bytes()
    assert SECRET.encode() in data
    return data


ORIGINALS: dict[str, Callable[[Path], bytes]] = {
    "phone": lambda _: (PHOTOS / "pigallery2--before_epoch.jpg").read_bytes(),
    "IPTC": lambda _: encoded_with(PHOTOS / "exifr--iptc-mess.jpg"),
    "XMP": lambda _: (PHOTOS / "mapillary_tools--adobe_coords.jpg").read_bytes(),
    "PNG": lambda _: (PHOTOS / "exifr--png_with_exif_and_gps.png").read_bytes(),
    "HEIC": lambda _: (PHOTOS / "pigallery2--IMG_7943.HEIC").read_bytes(),
    "AVIF": lambda _: (PHOTOS / "nom-exif--exif.avif").read_bytes(),
    "TIFF": lambda _: (PHOTOS / "exif-rs--yaminabe.tif").read_bytes(),
    "written JPEG": lambda folder: talkative(folder, "JPEG"),
    "written PNG": lambda folder: talkative(folder, "PNG"),
    "written WEBP": lambda folder: talkative(folder, "WEBP"),
    "written TIFF": lambda folder: talkative(folder, "TIFF"),
}


def encoded_with(path: Path) -> bytes:
    """A photo scaled down, with every block of metadata that it had."""
    with Image.open(path) as image:
        kept = {name: image.info[name] for name in ("exif", "xmp", "icc_profile") if name in image.info}
        return encoded(image.convert("RGB").resize((500, 333)), **kept)


def written(shop: Workshop, files: tuple[Rendition, ...], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = [folder / each.key.rpartition("/")[2] for each in files]
    for each, path in zip(files, paths, strict=True):
        path.write_bytes(shop.content(each))
    return paths


@pytest.mark.parametrize("name", ORIGINALS)
def test_exiftool_finds_no_metadata_in_any_file(name: str, tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    files = shop.everything(ORIGINALS[name](tmp_path))
    written(shop, files, tmp_path / "out")
    told = subprocess.run(
        ["exiftool", "-json", "-a", "-u", "-G1", "-ee", str(tmp_path / "out")], capture_output=True, text=True
    )
    rows = json.loads(told.stdout)
    assert len(rows) == len(files)
    for row in rows:
        groups = {tag.partition(":")[0] for tag in row}
        assert {g for g in groups if g.rstrip("0123456789-") not in HARMLESS} == set(), row
        tags = [tag.partition(":")[2].lower() for tag in row]
        assert [tag for tag in tags if any(word in tag for word in TALKATIVE)] == []
    assert SECRET not in told.stdout


def test_no_byte_of_what_the_original_said_is_left(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    for each in shop.everything(talkative(tmp_path, "JPEG")):
        data = shop.content(each)
        assert not any(
            word in data for word in (SECRET.encode(), b"Exif", b"http://ns.adobe", b"Photoshop", b"ICC_")
        )


def quarters() -> Image.Image:
    picture = Image.new("RGB", (480, 320), COLOURS[0])
    picture.paste(COLOURS[1], (240, 0, 480, 160))
    picture.paste(COLOURS[2], (0, 160, 240, 320))
    picture.paste(COLOURS[3], (240, 160, 480, 320))
    return picture


def corners(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return np.array([pixels[y - 4 : y + 4, x - 4 : x + 4, :3].mean(axis=(0, 1)) for y, x in places])


def p3() -> bytes:
    """The quarters, written in Display P3."""
    with Image.open(PHOTOS / "pigallery2--IMG_7943.HEIC") as image:
        profile = image.info["icc_profile"]
    srgb = ImageCms.createProfile("sRGB")
    wide = ImageCms.profileToProfile(quarters(), srgb, io.BytesIO(profile))
    assert wide is not None
    return encoded(wide, quality=97, subsampling=0, icc_profile=profile)


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(quarters().rotate(90, expand=True), quality=95, exif=exif.tobytes())


def animated() -> bytes:
    return encoded(quarters(), "GIF", save_all=True, append_images=[Image.new("RGB", (480, 320), "navy")])


WAYS: dict[str, Callable[[], bytes]] = {
    "Display P3": p3,
    "CMYK": lambda: encoded(quarters().convert("CMYK"), quality=97, subsampling=0),
    "turned": turned,
    "animated": animated,
    "HEIC": lambda: encoded(quarters(), "HEIF", quality=95),
    "TIFF": lambda: encoded(quarters(), "TIFF"),
}


@pytest.mark.parametrize("way", WAYS)
def test_finished_files_have_the_colours_of_the_original_where_they_belong(way: str, tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    files = shop.everything(WAYS[way]())
    for each in files:
        if each.name in ("s320", "s480", "art2560", "app512"):
            pixels = decoded(shop.content(each))
            middle = pixels[(512 - 341) // 2 : (512 + 341) // 2] if each.name == "app512" else pixels
            assert np.abs(corners(middle) - np.array(COLOURS)).max() <= 14, each
    assert all(("First frame" in each.note) == (way == "animated") for each in files)


def test_transparency_is_kept_or_stands_on_white(tmp_path: Path) -> None:
    shop, clear = Workshop(tmp_path), quarters().convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 240, 320))
    for each in shop.everything(encoded(clear, "PNG")):
        pixels = decoded(shop.content(each))
        left = pixels[each.height // 2, each.width // 4]
        assert left[:3].min() >= 240 if each.format == "JPEG" else left[3] <= 3, each


def test_files_look_like_the_original(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    data = (PHOTOS / "face_recognition--two_people.jpg").read_bytes()
    for each in shop.everything(data):
        if each.name in ("s1126", "s640"):
            exact = upright(io.BytesIO(data), 4000, 1 << 30).resize((each.width, each.height), 1)
            assert ssim(decoded(shop.content(each)), np.asarray(exact)) >= 0.95, each
