"""Memory is estimated before it is used; what would take too much is refused, or read from a smaller copy."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from pipeline.adapters import pictures
from pipeline.errors import Rejected
from pipeline.imaging.decode import opened, upright
from pipeline.imaging.decode_memory import bytes_needed

MB = 1 << 20
SIZE = (3000, 2000)
PHOTO = Path(__file__).parents[1] / "data" / "exifr--IMG_20180725_163423.jpg"

FORMATS: dict[str, tuple[str, str, dict[str, object]]] = {
    "baseline": ("RGB", "JPEG", {}),
    "progressive": ("RGB", "JPEG", {"progressive": True}),
    "progressive 4:4:4": ("RGB", "JPEG", {"progressive": True, "subsampling": 0}),
    "cmyk": ("CMYK", "JPEG", {}),
    "png": ("RGB", "PNG", {"compress_level": 1}),
    "png with alpha": ("RGBA", "PNG", {"compress_level": 1}),
    "palette": ("P", "PNG", {"compress_level": 1}),
    "gif": ("P", "GIF", {}),
    "bmp": ("RGB", "BMP", {}),
    "tiff": ("RGB", "TIFF", {}),
    "lzw": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "webp": ("RGB", "WEBP", {"method": 0}),
    "webp with alpha": ("RGBA", "WEBP", {"method": 0}),
    "avif": ("RGB", "AVIF", {"speed": 10}),
    "avif 4:4:4": ("RGB", "AVIF", {"speed": 10, "subsampling": "4:4:4"}),
}

MEASURE = """
import sys
from pipeline.adapters import pictures
from pipeline.imaging.decode import opened
from pipeline.imaging.decode_memory import bytes_needed

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

with open(sys.argv[1], "rb") as stream:
    before = peak()
    image = opened(stream)
    image.load()
    print(bytes_needed(image), peak() - before)
"""


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    with Image.open(PHOTO) as image:
        return image.convert("RGB").resize(SIZE)


@pytest.mark.parametrize("name", FORMATS)
def test_the_estimate_is_not_below_what_decoding_takes(name: str, scene: Image.Image, tmp_path: Path) -> None:
    mode, format, options = FORMATS[name]
    picture = scene.convert(mode)
    if mode == "RGBA":
        picture.putalpha(scene.convert("L"))
    file = tmp_path / "picture"
    picture.save(file, format=format, **options)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True
    )
    estimated, taken = (int(word) for word in run.stdout.split())
    assert taken - file.stat().st_size < estimated * 1.1 + 4 * MB
    assert estimated < taken * 1.7 + 4 * MB


def bomb(format: str, size: tuple[int, int] = (12000, 12000)) -> BytesIO:
    stream = BytesIO()
    Image.new("L", size).save(stream, format=format)
    return stream


def test_a_picture_over_the_budget_is_refused_with_its_size_and_a_way_out() -> None:
    with pytest.raises(Rejected, match=r"12000 x 12000 pixels; .*137 MB of memory.*100 MB.*Post it smaller"):
        upright(bomb("PNG"), 640, 100 * MB)


def test_the_same_picture_passes_when_the_budget_allows_it() -> None:
    assert upright(bomb("PNG"), 640, 150 * MB).size == (667, 667)


def test_pillow_s_guard_does_not_stop_a_jpeg_of_200_megapixels_and_little_memory_is_enough() -> None:
    stream = BytesIO()
    Image.new("L", (16000, 12500), 90).save(stream, format="JPEG", quality=20)
    assert upright(stream, 640, 8 * MB).size == (667, 521)


def test_a_progressive_jpeg_counts_its_coefficients() -> None:
    stream = BytesIO()
    Image.new("RGB", (4000, 3000), "olive").save(stream, format="JPEG", progressive=True)
    with opened(stream) as image:
        image.draft(None, (500, 375))
        assert bytes_needed(image, (4000, 3000)) == 500 * 375 * 4 + 4000 * 3000 * 3
    with pytest.raises(Rejected):
        upright(stream, 640, 30 * MB)


def test_a_baseline_jpeg_in_several_scans_counts_them_too() -> None:
    stream = BytesIO()
    Image.new("RGB", (64, 64), "olive").save(stream, format="JPEG")
    data = bytearray(stream.getvalue())
    scan = data.index(b"\xff\xda")
    assert data[scan + 4] == 3
    data[scan + 4] = 1
    with opened(BytesIO(bytes(data))) as image:
        assert bytes_needed(image) > bytes_needed(opened(stream))


def heic_with_thumbnail(side: int) -> BytesIO:
    stream = BytesIO()
    picture = Image.new("RGB", (1600, 1200), "teal")
    picture.paste("white", (0, 0, 800, 1200))
    picture.save(stream, format="HEIF", quality=50, thumbnails=[side])
    return stream


def test_a_heic_over_the_budget_is_seen_through_its_thumbnail_if_that_is_large_enough() -> None:
    assert pictures.BUDGET > 10 * MB
    assert upright(heic_with_thumbnail(800), 640, 10 * MB).size == (800, 600)
    with pytest.raises(Rejected):
        upright(heic_with_thumbnail(320), 640, 10 * MB)


def test_a_heic_within_the_budget_is_seen_itself() -> None:
    assert upright(heic_with_thumbnail(800), 1600, 100 * MB).size == (1600, 1200)


def pyramid(reduced: int) -> BytesIO:
    stream, tags = BytesIO(), ImageFileDirectory_v2()
    tags[254] = reduced
    small = Image.new("RGB", (900, 600), "teal")
    small.encoderinfo = {"tiffinfo": tags}
    large = Image.new("RGB", (3000, 2000), "red")
    large.save(stream, format="TIFF", save_all=True, append_images=[small])
    return stream


def test_a_tiff_over_the_budget_is_seen_through_its_reduced_page_and_no_other() -> None:
    assert upright(pyramid(reduced=1), 640, 8 * MB).size == (900, 600)
    with pytest.raises(Rejected):
        upright(pyramid(reduced=0), 640, 8 * MB)
