"""Damaged files: as far as they go, else a sentence; never a crash, a stall or a flood of memory."""

import random
import resource
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from pipeline.adapters.pictures import BUDGET
from pipeline.errors import Rejected
from pipeline.imaging.decode import upright
from pipeline.imaging.decode_cut import filled_up
from pipeline.imaging.decode_damage import Ended

# Pytest replaces the filter that pipeline.imaging.decode sets for Pillow's remarks on damage.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

PHOTOS = Path(__file__).parents[1] / "data"
SECONDS, MEGABYTES = 2.0, 300
SMALL = [
    "exif-rs--yaminabe.tif",
    "goexif--has-lens-info.jpg",
    "pigallery2--IMG_7943.HEIC",
    "nom-exif--exif.avif",
    "exifr--png_with_exif_and_gps.png",
    "mapillary_tools--corrupt_exif.jpg",
]


def photo() -> Image.Image:
    with Image.open(PHOTOS / "exif-py--DSCN0010.jpg") as image:
        return image.convert("RGB").resize((320, 240))


def encoded(format: str, **options: object) -> bytes:
    stream = BytesIO()
    picture = photo().convert("P") if format == "GIF" else photo()
    picture.save(stream, format=format, **options)
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    made = {
        "baseline": encoded("JPEG", quality=85),
        "progressive": encoded("JPEG", quality=85, progressive=True),
        "png": encoded("PNG"),
        "gif": encoded("GIF", interlace=0),
        "webp": encoded("WEBP", method=0),
        "lossless webp": encoded("WEBP", lossless=True, method=0),
        "avif": encoded("AVIF", speed=10),
        "heic": encoded("HEIF", quality=60),
        "tiff": encoded("TIFF"),
        "lzw": encoded("TIFF", compression="tiff_lzw"),
        "tiff jpeg": encoded("TIFF", compression="jpeg"),
        "bmp": encoded("BMP"),
    }
    return made | {name: (PHOTOS / name).read_bytes() for name in SMALL}


SAMPLES = samples()


def survives(data: bytes) -> Image.Image | None:
    """Decode within the limits; None when it was rejected, with words."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    picture = words = None
    try:
        picture = upright(BytesIO(data), 640, BUDGET)
    except Rejected as rejected:
        words = rejected.words
    assert picture or (words and words.endswith("."))
    assert time.process_time() - start < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES
    if picture is not None:
        assert picture.mode == "RGB"
        picture.tobytes()
    return picture


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_may_be_cut_off_anywhere(name: str) -> None:
    data = SAMPLES[name]
    for part in range(64):
        survives(data[: len(data) * part // 64])


@pytest.mark.parametrize("name", SAMPLES)
def test_any_bits_of_a_file_may_be_flipped(name: str) -> None:
    chance = random.Random(name)
    for _ in range(60):
        data = bytearray(SAMPLES[name])
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(min(len(data), chance.choice((64, 1000, len(data)))))
            data[place] ^= 1 << chance.randrange(8)
        survives(bytes(data))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_any_stretch_of_a_file_may_be_lost_repeated_or_replaced(name: str, data: st.DataObject) -> None:
    whole = SAMPLES[name]
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start, min(len(whole), start + 400)))
    instead = data.draw(st.sampled_from([b"", whole[start:end] * 2, b"\x00" * 64, b"\xff" * 64]))
    survives(whole[:start] + instead + whole[end:])


@settings(max_examples=200, deadline=None)
@given(head=st.sampled_from([data[:16] for data in SAMPLES.values()]), rest=st.binary(max_size=300))
def test_noise_behind_a_true_beginning_is_survived(head: bytes, rest: bytes) -> None:
    survives(head + rest)


@pytest.mark.parametrize(
    "name",
    ["baseline", "progressive", "png", "gif", "tiff", "webp", "lossless webp", "avif", "heic"],
)
def test_half_a_file_shows_at_least_a_part_of_the_picture(name: str) -> None:
    half = survives(SAMPLES[name][: len(SAMPLES[name]) // 2])
    whole = survives(SAMPLES[name])
    assert half is not None
    assert whole is not None
    assert half.size == whole.size
    top = np.abs(np.asarray(half, dtype=float) - np.asarray(whole, dtype=float))[:40]
    assert top.mean() < (20 if name == "progressive" else 1)


@pytest.mark.parametrize("name", ["webp", "lossless webp", "avif", "heic"])
def test_a_file_that_states_its_length_is_filled_up_to_it_and_no_further(name: str) -> None:
    whole = SAMPLES[name]
    for lost in (1, 100, len(whole) // 2):
        filled = filled_up(BytesIO(whole[:-lost])).read()
        assert len(filled) == len(whole)
        assert filled.startswith(whole[:-lost])
    same = BytesIO(whole)
    assert filled_up(same) is same


def test_a_length_that_nobody_can_believe_is_left_alone() -> None:
    for head in (b"RIFF\xff\xff\xff\xffWEBP", b"\x7f\xff\xff\xffftypavif", b"\0\0\0\1ftypheic" + b"\xff" * 8):
        short = BytesIO(head)
        assert filled_up(short) is short


def test_a_file_that_went_missing_behind_its_header_is_rejected_and_not_seen_as_plain_grey() -> None:
    data = SAMPLES["heic"]
    with pytest.raises(Rejected, match="nothing of it can be read"):
        upright(BytesIO(data[: data.index(b"mdat") + 4]), 640, BUDGET)


def test_a_picture_of_which_nothing_is_left_is_rejected() -> None:
    header = SAMPLES["png"][:60]
    with pytest.raises(Rejected, match="nothing of it can be read"):
        upright(BytesIO(header), 640, BUDGET)


def test_pillow_s_switch_for_the_whole_process_is_left_alone() -> None:
    survives(SAMPLES["baseline"][:3000])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_stream_that_runs_out_says_so_once() -> None:
    stream = Ended(BytesIO(b"abc"))
    assert [stream.read(2), stream.read(2), stream.read(0), stream.read(2), stream.read()] == [
        b"ab",
        b"c",
        b"",
        Ended.END,
        b"",
    ]


def test_a_jpeg_cut_off_right_before_its_pixels_shows_nothing_and_says_so() -> None:
    data = encoded("JPEG")
    scan = data.index(b"\xff\xda")
    head = scan + 2 + int.from_bytes(data[scan + 2 : scan + 4], "big")
    with pytest.raises(Rejected, match="nothing of it can be read"):
        upright(BytesIO(data[:head]), 640, BUDGET)


def test_a_whole_jpeg_of_one_colour_is_a_picture() -> None:
    plain = BytesIO()
    Image.new("RGB", (64, 64), "grey").save(plain, "JPEG")
    assert upright(plain, 640, BUDGET).size == (64, 64)
