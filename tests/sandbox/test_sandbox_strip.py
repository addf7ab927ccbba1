"""What an upload loses: EXIF and GPS, never a pixel, never the way up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.strip import stripped
from tests.sandbox.samples import GPS, MAKE, ORIENTATION, picture, pixels, read_exif


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_and_gps_go_and_the_pixels_stay(format: str) -> None:
    before = picture(format)
    assert read_exif(before).get_ifd(GPS)
    after = stripped(before)
    assert not read_exif(after).get_ifd(GPS)
    assert MAKE not in read_exif(after)
    assert pixels(after) == pixels(before)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_readable_is_left_in_the_bytes(format: str) -> None:
    before = picture(format)
    assert b"secret" in before
    after = stripped(before)
    assert b"secret" not in after
    assert b"Sample" not in after


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_jpegs_way_up_stays(orientation: int) -> None:
    after = stripped(picture(orientation=orientation))
    assert dict(read_exif(after)) == {ORIENTATION: orientation}


def test_an_upright_jpeg_keeps_no_exif_at_all() -> None:
    assert b"Exif" not in stripped(picture())


def test_stripping_twice_changes_nothing_more() -> None:
    for format in ("JPEG", "PNG", "WEBP"):
        once = stripped(picture(format, orientation=6))
        assert stripped(once) == once


@pytest.mark.parametrize("data", [picture("TIFF"), picture("GIF"), picture("BMP"), b"hello", b""])
def test_other_formats_stay_as_they_are(data: bytes) -> None:
    assert stripped(data) == data


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]),
)
def test_no_bytes_make_it_fail(data: bytes, head: bytes) -> None:
    assert isinstance(stripped(head + data), bytes)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_damaged_jpeg_is_no_accident(at: int, value: int) -> None:
    data = bytearray(picture())
    data[at % len(data)] = value
    assert isinstance(stripped(bytes(data)), bytes)


@given(st.integers(0, 3000))
def test_a_cut_off_picture_is_no_accident(length: int) -> None:
    for format in ("JPEG", "PNG", "WEBP"):
        assert isinstance(stripped(picture(format)[:length]), bytes)
