"""What is noted about an uploaded file, on real photographs and on rubbish."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sandbox.pictures import file_type, size, thumb
from sandbox.strip import stripped
from tests.sandbox.samples import picture

DATA = Path(__file__).parent.parent / "data"
PHOTOS = {
    "exif-py--DSCN0010.jpg": (640, 480),
    "hugo--sunrise.webp": None,
    "nom-exif--exif.avif": None,
    "pigallery2--IMG_7943.HEIC": None,
    "exifr--png_with_exif_and_gps.png": None,
}


@pytest.mark.parametrize(("name", "expected"), PHOTOS.items())
def test_a_real_photograph_is_measured_and_made_small(name: str, expected: tuple[int, int] | None) -> None:
    data = (DATA / name).read_bytes()
    width, height = size(data)
    assert expected is None or (width, height) == expected
    assert min(width, height) > 0
    with Image.open(io.BytesIO(thumb(data, 100))) as small:
        assert (small.format, max(small.size)) == ("JPEG", min(100, max(width, height)))


@pytest.mark.parametrize("name", PHOTOS)
def test_a_real_photograph_survives_its_stripping(name: str) -> None:
    data = (DATA / name).read_bytes()
    after = stripped(data)
    assert len(after) <= len(data)
    assert size(after) == size(data)
    assert thumb(after, 64) == thumb(data, 64)


def test_a_turned_photograph_has_an_upright_thumbnail() -> None:
    with Image.open(io.BytesIO(thumb(picture(size=(64, 32), orientation=6), 100))) as small:
        assert small.size == (32, 64)


def test_the_type_by_name_and_by_bytes() -> None:
    assert file_type("a.HEIC", b"") == ("image/heic", "heic")
    assert file_type("a.tif", b"") == ("image/tiff", "tiff")
    assert file_type("a", b"GIF89a") == ("image/gif", "gif")
    assert file_type("a.unknown", b"%PDF-1.7") == ("application/pdf", "pdf")
    assert file_type("", b"") == ("application/octet-stream", "binary")


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"\0\0\0\x18ftypheic", b"II*\0"]),
)
def test_rubbish_has_no_size_and_no_thumbnail(data: bytes, head: bytes) -> None:
    width, height = size(head + data)
    assert width >= 0
    assert height >= 0
    assert isinstance(thumb(head + data, 50), bytes)


def test_an_oversized_picture_is_no_accident() -> None:
    header = picture("BMP")
    huge = header[:18] + (60_000).to_bytes(4, "little") + (60_000).to_bytes(4, "little") + header[26:]
    assert size(huge) == (0, 0)
    assert thumb(huge, 50) == b""
