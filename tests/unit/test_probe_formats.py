"""Every format that Loupe looks at is told from its bytes, with its upright size and its frames."""

import io
import json
import struct
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageOps

from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import Probed, probe, survey
from tests.unit import exif_blocks as blocks

DATA = Path(__file__).parents[1] / "data"
TRUTH = json.loads((DATA / "truth.json").read_text())
FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP"]


def frames_of(format: str, count: int, **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    first, *more = [Image.new("RGB", (24, 16), (40 * i, 10, 200)) for i in range(count)]
    first.save(stream, format=format, save_all=True, append_images=more, **options)
    return stream


@pytest.mark.parametrize("format", FORMATS)
def test_a_format_is_told_with_its_size(format: str) -> None:
    assert probe(io.BytesIO(blocks.picture(format, (37, 21)))) == Probed(format, 37, 21, 1)


@pytest.mark.parametrize("size", [(64, 40), (37, 21)])
def test_heif_is_told_with_the_size_that_is_shown(size: tuple[int, int]) -> None:
    stream = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", size)).save(stream)
    assert probe(stream) == Probed("HEIF", *size, 1)


@pytest.mark.parametrize("name", TRUTH)
def test_the_stored_size_of_a_photo_is_the_one_exiftool_reads(name: str) -> None:
    with (DATA / name).open("rb") as stream:
        found = survey(stream)
    assert (found.width, found.height) == (TRUTH[name]["w"], TRUTH[name]["h"])


@pytest.mark.parametrize("name", TRUTH)
def test_the_upright_size_of_a_photo_is_the_one_pillow_decodes(name: str) -> None:
    pillow_heif.register_heif_opener()
    with (DATA / name).open("rb") as stream:
        found = probe(stream)
    with Image.open(DATA / name) as picture:
        assert (found.width, found.height) == ImageOps.exif_transpose(picture).size


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", "<>")
def test_exif_turns_a_jpeg(orientation: int, order: str) -> None:
    exif = blocks.block({0x112: blocks.short(orientation, order)}, order=order)
    found = probe(blocks.jpeg(exif, size=(32, 20)))
    assert (found.width, found.height) == ((20, 32) if orientation > 4 else (32, 20))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_turns_nothing(orientation: int) -> None:
    exif = blocks.block({0x112: blocks.short(orientation)})
    assert probe(blocks.jpeg(exif, size=(32, 20))).width == 32
    assert stated(blocks.jpeg(exif)).orientation is None


def test_xmp_turns_a_picture_whose_exif_is_silent() -> None:
    found = probe(blocks.jpeg(xmp=blocks.packet("tiff:Orientation='6'"), size=(32, 20)))
    assert (found.width, found.height) == (20, 32)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heif_is_turned_by_its_container_and_not_again_by_exif(orientation: int) -> None:
    stream = io.BytesIO()
    exif = blocks.block({0x112: blocks.short(orientation)})
    pillow_heif.from_pillow(Image.new("RGB", (64, 40))).save(stream, exif=exif)
    decoded = pillow_heif.open_heif(stream).size
    found = probe(stream)
    assert (found.width, found.height) == decoded


def test_exif_of_an_avif_turns_nothing_by_itself() -> None:
    exif = blocks.block({0x112: blocks.short(6)})
    stream = io.BytesIO(blocks.picture("AVIF", (64, 40), exif=exif))
    with Image.open(stream) as picture:
        upright = ImageOps.exif_transpose(picture).size
    found = probe(stream)
    assert (found.width, found.height) == upright


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("count", [2, 7])
def test_frames_of_an_animation_are_counted(format: str, count: int) -> None:
    found = probe(frames_of(format, count))
    assert (found.frames, found.animated) == (count, True)


def test_pages_of_a_tiff_are_counted_but_not_called_an_animation() -> None:
    found = probe(frames_of("TIFF", 5))
    assert (found.frames, found.animated) == (5, False)


def test_a_stereo_photo_is_an_mpo_with_two_views() -> None:
    assert probe(as_stereo(frames_of("MPO", 2))) == Probed("MPO", 24, 16, 2)


def as_stereo(mpo: io.BytesIO) -> io.BytesIO:
    """Pillow writes both views as of an undefined kind; cameras say what they are."""
    data = bytearray(mpo.getvalue())
    table = data.index(struct.pack("<HH", 0xB002, 7))
    entries = data.index(b"MPF\0") + 4 + struct.unpack_from("<I", data, table + 8)[0]
    for entry in (entries, entries + 16):
        struct.pack_into("<I", data, entry, 0x020002)
    return io.BytesIO(bytes(data))


def test_a_gain_map_does_not_make_a_phone_photo_an_mpo() -> None:
    assert probe(frames_of("MPO", 2)).format == "JPEG"


def test_a_gif_whose_first_picture_outgrows_the_screen_is_as_large_as_that_picture() -> None:
    data = bytearray(blocks.picture("GIF", (20, 10)))
    struct.pack_into("<HH", data, 6, 4, 4)
    assert probe(io.BytesIO(bytes(data))) == Probed("GIF", 20, 10, 1)


def test_a_bmp_stored_top_down_has_its_height() -> None:
    data = bytearray(blocks.picture("BMP", (20, 10)))
    struct.pack_into("<i", data, 22, -10)
    assert probe(io.BytesIO(bytes(data))).height == 10


def test_garbage_between_segments_is_passed_over() -> None:
    data = blocks.picture("JPEG", (32, 20))
    behind_first = data.index(b"\xff\xdb")
    damaged = data[:behind_first] + b"\0junk\0" * 9 + data[behind_first:]
    assert probe(io.BytesIO(damaged)) == Probed("JPEG", 32, 20, 1)


def test_a_jpeg_that_still_shows_its_top_is_accepted() -> None:
    data = (DATA / "face_recognition--two_people.jpg").read_bytes()
    assert probe(io.BytesIO(data[: len(data) // 3])).format == "JPEG"


def test_probing_a_large_photo_reads_a_small_part_of_it() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting((DATA / "exifr--IMG_20180725_163423.jpg").read_bytes())
    probe(stream)
    assert stream.taken < 200_000
