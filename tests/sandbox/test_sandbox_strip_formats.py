"""What an upload loses, format by format, as exiftool sees it; and what it keeps."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from sandbox.pictures import size
from sandbox.strip import stripped
from tests.sandbox.samples import exif, pixels

DATA = Path(__file__).parent.parent / "data"
PHOTOS = sorted(p for p in DATA.iterdir() if p.suffix.lower() in (".jpg", ".png", ".webp", ".avif", ".heic"))
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="43,28.03N"
 exif:GPSLongitude="11,53.1E"/></rdf:RDF></x:xmpmeta>"""
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "HEIF")
ASKED = ("-GPS:all", "-Make", "-Model", "-DateTimeOriginal", "-XMP:all", "-IPTC:all", "-MakerNotes:all")


@pytest.fixture(scope="module", autouse=True)
def _heif() -> None:
    pillow_heif.register_heif_opener()


@pytest.fixture(scope="module")
def exiftool() -> str:
    """exiftool, or a skip on a person's machine."""
    found = shutil.which("exiftool")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("exiftool is missing: apt-get install libimage-exiftool-perl")
    if found is None:
        pytest.skip("exiftool is missing: apt-get install libimage-exiftool-perl")
    return found


def scene(width: int = 96, height: int = 64) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste("orange", (0, 0, width // 2, height // 2))
    return image


def upload(format: str, orientation: int = 1) -> bytes:
    """A picture with place, camera and, where the format has it, XMP."""
    tags: Any = exif(orientation)
    extra: dict[str, Any] = {"exif": tags.tobytes() if format == "HEIF" else tags}
    if format in ("JPEG", "WEBP", "AVIF", "HEIF", "MPO"):
        extra["xmp"] = XMP
    if format == "MPO":
        extra |= {"save_all": True, "append_images": [scene(), scene()]}
    out = io.BytesIO()
    scene().save(out, format, **extra)
    return out.getvalue()


def told(exiftool: str, *files: Path) -> list[dict[str, Any]]:
    """What exiftool finds of place, camera, time and packets, embedded pictures included."""
    asked: list[str | Path] = [exiftool, "-j", "-a", "-G1", "-ee", *ASKED, *files]
    found = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=100).stdout
    kept: list[dict[str, Any]] = json.loads(found)
    return [{k: v for k, v in one.items() if k not in ("SourceFile", "XMP-x:XMPToolkit")} for one in kept]


def test_exiftool_finds_nothing_in_any_format(exiftool: str, tmp_path: Path) -> None:
    before, after = list[Path](), list[Path]()
    for format in FORMATS:
        data = upload(format)
        for folder, content in ((before, data), (after, stripped(data))):
            folder.append(tmp_path / f"{format}.{len(before)}.{len(after)}")
            folder[-1].write_bytes(content)
    assert all("GPS:GPSLatitude" in one for one in told(exiftool, *before))
    assert told(exiftool, *after) == [{}] * len(FORMATS)


def test_exiftool_finds_no_place_in_any_real_photograph(exiftool: str, tmp_path: Path) -> None:
    for path in PHOTOS:
        (tmp_path / path.name).write_bytes(stripped(path.read_bytes()))
    found = told(exiftool, *(tmp_path / path.name for path in PHOTOS))
    assert [one for one in found if any("GPS" in key for key in one)] == []


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_a_real_photograph_keeps_its_size(path: Path) -> None:
    data = path.read_bytes()
    assert size(stripped(data)) == size(data)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_picture_is_the_same_afterwards(format: str, orientation: int) -> None:
    data = upload(format, orientation)
    assert pixels(stripped(data)) == pixels(data)


@pytest.mark.parametrize("format", FORMATS)
def test_stripping_again_finds_nothing_more(format: str) -> None:
    once = stripped(upload(format, 6))
    assert stripped(once) == once


def frames(data: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            yield image.convert("RGB")


def test_every_picture_of_a_multi_picture_file_can_still_be_found() -> None:
    before, after = upload("MPO"), stripped(upload("MPO"))
    pairs = list(zip(frames(before), frames(after), strict=True))
    assert len(pairs) == 3
    assert all(ImageChops.difference(one, other).getbbox() is None for one, other in pairs)


def test_no_picture_of_a_multi_picture_file_keeps_a_word() -> None:
    data = upload("MPO")
    further = data.index(b"\xff\xd9\xff\xd8\xff")
    spoilt = data[: further + 4] + b"\xff\xe1\0\x10Exif\0\0secretly" + data[further + 4 :]
    assert b"secretly" in spoilt
    assert b"secretly" not in stripped(spoilt)
    assert b"Sample" not in stripped(spoilt)


@pytest.mark.parametrize("order", [b"II*\0", b"MM\0*"])
@pytest.mark.parametrize("way", [b"\0\0\0\x06Exif\0\0", b"\0\0\0\0"])
def test_an_exif_item_is_emptied_whichever_way_leads_to_it(order: bytes, way: bytes) -> None:
    letter = "<" if order.startswith(b"II") else ">"
    block = order + struct.pack(letter + "IH", 8, 1) + struct.pack(letter + "HHI4s", 0x10F, 2, 4, b"Cam\0")
    file = b"\0\0\0\x18ftypheic" + bytes(12) + way + block + b"\0\0\0\0the rest"
    after = stripped(file)
    assert len(after) == len(file)
    at = after.index(order)
    assert after[at + 8 : at + 10] == b"\0\0"


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
def test_no_damage_makes_it_fail_or_grow(format: str, data: st.DataObject) -> None:
    whole = WHOLE[format]
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.integers(at, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at:cut]
    assert len(stripped(damaged)) <= len(damaged) + 40


WHOLE = {format: upload(format) for format in FORMATS if format != "HEIF"}
pillow_heif.register_heif_opener()
WHOLE["HEIF"] = upload("HEIF")
