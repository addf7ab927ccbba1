"""Damaged files end in an answer or in a sentence: never in a crash, a stall or a flood of memory."""

import io
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import Rejected
from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import probe
from tests.unit import exif_blocks as blocks

DATA = Path(__file__).parents[1] / "data"
SMALL = [path for path in sorted(DATA.iterdir()) if path.suffix not in {".md", ".json"}]
SMALL = [path for path in SMALL if path.stat().st_size < 200_000]
SECONDS = 2.0


def heif() -> bytes:
    stream = io.BytesIO()
    exif = blocks.block(gps=blocks.position(blocks.degrees(1.0), blocks.degrees(2.0)))
    pillow_heif.from_pillow(Image.new("RGB", (64, 64))).save(stream, exif=exif)
    return stream.getvalue()


SAMPLES = [path.read_bytes() for path in SMALL]
SAMPLES += [blocks.picture(format) for format in ("GIF", "BMP", "TIFF", "WEBP", "AVIF", "PNG")]
SAMPLES += [heif(), blocks.jpeg(xmp=blocks.packet("tiff:Make='x'")).getvalue()]


def _words(look: Callable[[BinaryIO], object], data: bytes) -> str:
    try:
        look(io.BytesIO(data))
    except Rejected as refused:
        return refused.words
    return "Read."


def survives(data: bytes) -> None:
    """Answers or refuses in words, in time."""
    start = time.process_time()
    for look in (probe, stated):
        assert _words(look, data).endswith(".")
    assert time.process_time() - start < SECONDS


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_file_may_be_cut_anywhere(sample: bytes, data: st.DataObject) -> None:
    survives(sample[: data.draw(st.integers(0, len(sample)))])


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_bytes_of_the_header_may_be_wrong(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    places = st.integers(0, min(len(sample), 4096) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        damaged[place] = value
    survives(bytes(damaged))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_number_of_the_header_may_be_extreme(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    place = data.draw(st.integers(0, min(len(sample), 4096) - 4))
    damaged[place : place + 4] = data.draw(
        st.sampled_from(
            [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0" * 4, b"\0\0\0\1", b"\1\0\0\0"]
        )
    )
    survives(bytes(damaged))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([s[:16] for s in SAMPLES]), st.binary(max_size=2000))
def test_a_true_beginning_may_be_followed_by_anything(beginning: bytes, rest: bytes) -> None:
    survives(beginning + rest)


def endless_tiff() -> bytes:
    """Two directories that name each other as the next, each with more entries than fit."""
    directory = struct.pack("<H", 65535) + struct.pack("<HHII", 0x100, 3, 1, 5) * 65535
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)


def heif_of_many_extents() -> bytes:
    entries = struct.pack(">HHH", 1, 0, 65535) * 100_000
    iloc = (
        struct.pack(">I", 12 + 4 + len(entries))
        + b"iloc"
        + b"\0\0\0\0\0\0"
        + struct.pack(">H", 65535)
        + entries
    )
    meta = struct.pack(">I", 12 + len(iloc)) + b"meta" + b"\0\0\0\0" + iloc
    return struct.pack(">I", 16) + b"ftypheic\0\0\0\0" + meta


TRAPS = {
    "tiff directories in a ring": endless_tiff(),
    "heif with a million extents": heif_of_many_extents(),
    "png of empty chunks": blocks.picture("PNG")[:33] + blocks.chunk(b"tEXt", b"") * 2_000_000,
    "gif of empty blocks": blocks.picture("GIF")[:13] + b"\x21\xfe\0" * 8_000_000,
    "gif of single bytes": blocks.picture("GIF")[:-2] + b"\1\0" * 10_000_000,
    "jpeg of fill bytes": b"\xff\xd8\xff\xe0\0\2" + b"\xff" * 20_000_000,
    "jpeg of restart markers": b"\xff\xd8\xff\xe0\0\2" + b"\xff\xd0" * 10_000_000,
    "jpeg of empty segments": b"\xff\xd8" + b"\xff\xe1\0\2" * 5_000_000,
    "webp of empty chunks": blocks.picture("WEBP")[:12] + b"JUNK\0\0\0\0" * 2_000_000,
    "boxes of nothing": b"\0\0\0\x10ftypheic\0\0\0\0" + b"\0\0\0\x08free" * 2_000_000,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_holds_the_probe(trap: str) -> None:
    survives(TRAPS[trap])


PEAK = """
import resource, sys
from pipeline.errors import Rejected
from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import probe
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    for look in (probe, stated):
        try:
            with open(path, "rb") as stream:
                look(stream)
        except Rejected:
            pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_no_file_takes_much_memory(tmp_path: Path) -> None:
    paths = [path for path in DATA.iterdir() if path.suffix not in {".md", ".json"}]
    for number, trap in enumerate(TRAPS.values()):
        paths.append(tmp_path / f"{number}")
        paths[-1].write_bytes(trap)
    run = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert int(run.stdout) < 60
