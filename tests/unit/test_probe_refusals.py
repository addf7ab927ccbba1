"""What is no picture is refused with a sentence that says what it is."""

import io
import struct

import pytest

from pipeline.errors import Rejected
from pipeline.imaging.probe import Probed, probe, refuse_beyond
from tests.unit import exif_blocks as blocks


def ftyp(brand: bytes) -> bytes:
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\0\0" + b"\0" * 64


OTHERS = [
    (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "SVG"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<svg></svg>", "SVG"),
    (b"<?xml version='1.0'?><note/>", "XML"),
    (ftyp(b"isom"), "film (MP4)"),
    (ftyp(b"mp42"), "film (MP4)"),
    (ftyp(b"qt  "), "film (QuickTime)"),
    (ftyp(b"M4A "), "sound"),
    (ftyp(b"crx "), "raw file (Canon CR3)"),
    (b"\n\n<!DOCTYPE html><html><title>Sign in</title>", "login page"),
    (b"<HTML><body>", "web page"),
    (b'{"ok": false, "error": "invalid_auth"}', "JSON"),
    (b"PK\3\4" + b"\0" * 40, "ZIP"),
    (b"just some words\n", "text"),
    (b"\xff\xfeh\0i\0", "text"),
    (b"8BPS\0\1", "Photoshop"),
    (b"\0\0\1\0\1\0\x10\x10", "icon"),
    (b"\xff\x0a\xfa\x1f", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 40, "CR2"),
    (b"IIU\0\x18\0\0\0", "RW2"),
    (b"IIRO\x08\0\0\0", "ORF"),
    (b"FUJIFILMCCD-RAW 0201", "RAF"),
    (b"RIFF\0\0\0\0AVI LIST", "film (AVI)"),
    (b"RIFF\0\0\0\0WAVEfmt ", "sound"),
    (b"\x1aE\xdf\xa3\1\0\0\0", "WebM"),
    (b"\1\2\3\4\5\6\7\x08\x0e\x0f", "unknown kind"),
]


def words(data: bytes) -> str:
    with pytest.raises(Rejected) as refused:
        probe(io.BytesIO(data))
    return refused.value.words


@pytest.mark.parametrize(("data", "said"), OTHERS, ids=[said for _, said in OTHERS])
def test_the_sentence_says_what_the_file_is(data: bytes, said: str) -> None:
    sentence = words(data)
    assert said in sentence
    assert "JPEG, PNG" in sentence


def test_an_empty_file_is_called_empty() -> None:
    assert "empty (0 bytes)" in words(b"")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({0xC612: (1, 4, b"\1\4\0\0")}, "DNG"),
        ({0x103: blocks.short(34713)}, "NEF"),
        ({0x103: blocks.short(32767)}, "ARW"),
        ({0x106: blocks.short(32803)}, "sensor"),
    ],
)
def test_camera_raw_that_is_built_like_a_tiff_says_so(fields: dict[int, blocks.Field], said: str) -> None:
    sentence = words(blocks.block({0x100: blocks.short(8), 0x101: blocks.short(8), **fields}))
    assert said in sentence
    assert "camera raw" in sentence
    assert "TIFF" in sentence


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP"])
def test_a_file_that_ends_before_its_pixels_is_not_readable(format: str) -> None:
    whole = blocks.picture(format, (300, 200), **({"compression": "raw"} if format == "TIFF" else {}))
    assert "damaged" in words(whole[:16])


def test_a_jpeg_that_ends_before_its_size_is_damaged() -> None:
    data = blocks.picture("JPEG")
    assert "damaged" in words(data[: data.index(b"\xff\xc0")])


def test_a_jpeg_with_a_size_but_no_pixels_still_tells_its_metadata() -> None:
    data = blocks.picture("JPEG")
    scan = data.index(b"\xff\xda")
    assert probe(io.BytesIO(data[: scan + 14])).format == "JPEG"


def test_a_picture_without_extent_is_damaged() -> None:
    data = bytearray(blocks.picture("PNG"))
    struct.pack_into(">II", data, 16, 0, 20)
    assert "0 x 20" in words(bytes(data))


def test_a_twelve_bit_jpeg_is_refused_with_advice() -> None:
    data = bytearray(blocks.picture("JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    assert "12-bit" in words(bytes(data))


def test_a_png_packed_for_an_iphone_is_refused_with_advice() -> None:
    assert "iPhone" in words(blocks.png(blocks.chunk(b"CgBI", b"\0\0\0\0")).getvalue())


def within(found: Probed, pixels: int = 250_000_000, side: int = 40_000, frames: int = 500) -> None:
    refuse_beyond(found, pixels=pixels, side=side, frames=frames)


def test_a_real_photo_of_two_hundred_megapixels_passes() -> None:
    within(Probed("HEIF", 16_320, 12_240, 1))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Probed("PNG", 30_000, 30_000, 1), "900.0 megapixels (30,000 x 30,000); at most 250.0"),
        (Probed("PNG", 60_000, 10, 1), "60,000 x 10 pixels; the longer side may have 40,000"),
        (Probed("GIF", 10, 10, 501), "501 frames or pages; at most 500"),
    ],
)
def test_beyond_a_limit_the_sentence_names_the_amount_and_the_limit(found: Probed, said: str) -> None:
    with pytest.raises(Rejected) as refused:
        within(found)
    assert said in refused.value.words


def test_a_limit_itself_is_allowed() -> None:
    within(Probed("GIF", 100, 50, 5), pixels=5000, side=100, frames=5)


def test_a_bomb_is_measured_without_unpacking_it() -> None:
    data = bytearray(blocks.picture("PNG"))
    struct.pack_into(">II", data, 16, 2**31 - 1, 2**31 - 1)
    assert probe(io.BytesIO(bytes(data))).width == 2**31 - 1
