"""What the header says and what is decoded are the same size: every format, every mode, every way up.

And metadata that was put in by a strange hand is read, refused or left out; it never breaks the reading.
"""

import io
from contextlib import suppress
from typing import Any

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import Rejected
from pipeline.imaging.decode import upright
from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import probe
from tests.unit import exif_blocks as blocks

pillow_heif.register_heif_opener()
BUDGET = 1 << 30
SIZE = (37, 22)
MODES: dict[str, list[str]] = {
    "JPEG": ["L", "RGB", "CMYK"],
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "GIF": ["1", "L", "P", "RGB", "RGBA"],
    "WEBP": ["L", "RGB", "RGBA"],
    "AVIF": ["L", "RGB", "RGBA"],
    "HEIF": ["L", "RGB", "RGBA"],
    "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"],
    "BMP": ["1", "L", "P", "RGB", "RGBA"],
}
FLAVOURS: dict[str, tuple[str, str, dict[str, Any]]] = {
    f"{format} {mode}": (format, mode, {}) for format, modes in MODES.items() for mode in modes
} | {
    "progressive JPEG": ("JPEG", "RGB", {"progressive": True}),
    "JPEG 4:4:4": ("JPEG", "RGB", {"subsampling": 0}),
    "interlaced GIF": ("GIF", "P", {"interlace": 1}),
    "lossless WebP": ("WEBP", "RGB", {"lossless": True}),
    "lossless WebP with alpha": ("WEBP", "RGBA", {"lossless": True}),
    "AVIF 4:4:4": ("AVIF", "RGB", {"subsampling": "4:4:4"}),
    "LZW TIFF": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "deflated TIFF": ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
    "JPEG in TIFF": ("TIFF", "RGB", {"compression": "jpeg"}),
    "fax TIFF": ("TIFF", "1", {"compression": "group4"}),
    "packbits TIFF": ("TIFF", "L", {"compression": "packbits"}),
    "big TIFF": ("TIFF", "RGB", {"big_tiff": True}),
}
TURNED = ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"]


def file(format: str, mode: str, size: tuple[int, int] = SIZE, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, format, **options)
    return stream.getvalue()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_size_that_is_stated_is_the_size_that_is_decoded(flavour: str) -> None:
    format, mode, options = FLAVOURS[flavour]
    data = file(format, mode, **options)
    found = probe(io.BytesIO(data))
    assert (found.format, found.width, found.height, found.frames) == (format, *SIZE, 1)
    assert upright(io.BytesIO(data), 100, BUDGET).size == SIZE


@pytest.mark.parametrize("format", [format for format in MODES if format not in ("AVIF", "HEIF")])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 8), (8, 7), (255, 257)])
def test_odd_sizes_are_stated_and_decoded_alike(format: str, size: tuple[int, int]) -> None:
    data = file(format, "RGB", size)
    found = probe(io.BytesIO(data))
    assert (found.width, found.height) == upright(io.BytesIO(data), 1000, BUDGET).size == size


@pytest.mark.parametrize("format", TURNED)
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_picture_is_stated_as_it_is_shown(format: str, turn: int) -> None:
    tags: Any = Image.Exif()
    tags[0x112] = turn
    data = file(format, "RGB", exif=tags.tobytes() if format == "HEIF" else tags)
    found = probe(io.BytesIO(data))
    shown = upright(io.BytesIO(data), 100, BUDGET).size
    assert (found.width, found.height) == shown
    assert shown == (SIZE if turn < 5 else SIZE[::-1])


@pytest.mark.parametrize("format", MODES)
@examples(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_damage_breaks_the_reading(format: str, data: st.DataObject) -> None:
    """A byte changed, bytes put in, the rest cut off: every answer is a value or a sentence."""
    whole = WHOLE[format]
    at = data.draw(st.integers(0, min(len(whole) - 1, 600)))
    damaged = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 6)) :]
    with suppress(Rejected):
        found = stated(io.BytesIO(damaged))
        assert found.location is None or abs(found.location.latitude) <= 90
        assert found.orientation in (None, *range(1, 9))
    with suppress(Rejected):
        assert probe(io.BytesIO(damaged)).width > 0
    with suppress(Rejected):
        assert min(upright(io.BytesIO(damaged), 64, 1 << 26).size) >= 1


def _whole(format: str) -> bytes:
    gps = blocks.position(blocks.degrees(42.65), blocks.degrees(23.39))
    exif = blocks.block({0x10F: blocks.text("Maker"), 0x112: blocks.short(6)}, {}, gps)
    options: dict[str, Any] = {} if format in ("GIF", "BMP", "TIFF") else {"exif": exif}
    if format in ("JPEG", "WEBP", "AVIF", "HEIF"):
        options["xmp"] = blocks.packet("exif:GPSLatitude='42,39N' exif:GPSLongitude='23,23E'")
    return file(format, "RGB", **options)


WHOLE = {format: _whole(format) for format in MODES}


@examples(deadline=None)
@given(
    st.floats(-90, 90).filter(lambda degrees: abs(degrees) > 1e-4),
    st.floats(-180, 180).filter(lambda degrees: abs(degrees) > 1e-4),
    st.sampled_from("<>"),
)
def test_every_position_on_earth_survives_exif(latitude: float, longitude: float, order: str) -> None:
    gps = blocks.position(
        blocks.degrees(abs(latitude), order),
        blocks.degrees(abs(longitude), order),
        "S" if latitude < 0 else "N",
        "W" if longitude < 0 else "E",
    )
    found = stated(blocks.jpeg(blocks.block(gps=gps, order=order))).location
    assert found is not None
    assert found.latitude == pytest.approx(latitude, abs=1e-6)
    assert found.longitude == pytest.approx(longitude, abs=1e-6)


@examples(deadline=None)
@given(
    st.floats(-90, 90).filter(lambda d: abs(d) > 1e-4), st.floats(-180, 180).filter(lambda d: abs(d) > 1e-4)
)
def test_every_position_on_earth_survives_xmp(latitude: float, longitude: float) -> None:
    def written(degrees: float, sides: str) -> str:
        whole, side = int(abs(degrees)), sides[degrees < 0]
        return f"{whole},{(abs(degrees) - whole) * 60:.9f}{side}"

    words = f"exif:GPSLatitude='{written(latitude, 'NS')}' exif:GPSLongitude='{written(longitude, 'EW')}'"
    found = stated(blocks.jpeg(xmp=blocks.packet(words))).location
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx((latitude, longitude), abs=1e-6)


@examples(deadline=None)
@given(
    st.datetimes(),
    st.sampled_from([":", "-", "/", "."]),
    st.sampled_from(["", "Z", "+02:00", "-0930", "+1400"]),
)
def test_every_moment_of_the_calendar_is_read(moment: Any, separator: str, offset: str) -> None:
    stamp = f"{moment.year:04}{separator}{moment:%m}{separator}{moment:%d %H:%M:%S}"
    exif = {0x9003: blocks.text(stamp)} | ({0x9011: blocks.text(offset)} if offset else {})
    found = stated(blocks.jpeg(blocks.block(exif=exif))).taken_at
    zone = {"": "", "Z": "+00:00", "-0930": "-09:30", "+1400": "+14:00"}.get(offset, offset)
    assert found == moment.replace(microsecond=0).isoformat() + zone


@examples(deadline=None)
@given(st.text(max_size=40))
def test_no_words_in_place_of_a_moment_break_the_reading(words: str) -> None:
    found = stated(blocks.jpeg(blocks.block(exif={0x9003: blocks.text(words.replace("\0", ""))}))).taken_at
    assert found is None or len(found) in (10, 19, 25)


@examples(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_in_place_of_a_packet_break_the_reading(noise: bytes) -> None:
    whole = blocks.packet("exif:GPSLatitude='42,39N' exif:GPSLongitude='23,23E'")
    for packet in (noise, whole[:150] + noise + whole[150:], whole[: len(noise) * 3]):
        found = stated(blocks.jpeg(xmp=packet)).location
        assert found is None or abs(found.latitude) <= 90


@examples(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b""]),
)
def test_no_bytes_in_place_of_exif_break_the_reading(noise: bytes, head: bytes) -> None:
    found = stated(blocks.jpeg(head + noise))
    assert found.orientation in (None, *range(1, 9))
