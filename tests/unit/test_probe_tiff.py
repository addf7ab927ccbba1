"""The TIFF structure: both orders, both sizes, rings, cuts and lies."""

import io
import math
import struct

import pytest

from pipeline.imaging.probe import Probed, probe
from pipeline.imaging.tiff import Tiff, Value, open_tiff, text_of
from tests.unit import exif_blocks as blocks


def opened(data: bytes) -> Tiff:
    found = open_tiff(io.BytesIO(data))
    assert found is not None
    return found


def value_of(field: blocks.Field, order: str = "<") -> Value | None:
    tiff = opened(blocks.block({0x9999: field}, order=order))
    return tiff.value(tiff.fields(tiff.first).get(0x9999))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    ("kind", "code", "values"),
    [
        (1, "B", (1, 255)),
        (3, "H", (1, 65535)),
        (4, "I", (1, 2**32 - 1)),
        (6, "b", (-1, 127)),
        (8, "h", (-1, 32767)),
        (9, "i", (-1, 2**31 - 1)),
        (11, "f", (0.5, -2.0)),
        (12, "d", (0.1, 1e300)),
        (13, "I", (8,)),
    ],
)
def test_numbers_of_every_type_are_read(order: str, kind: int, code: str, values: tuple[float, ...]) -> None:
    packed = struct.pack(f"{order}{len(values)}{code}", *values)
    assert value_of((kind, len(values), packed), order) == values


def test_a_signed_rational_may_be_negative() -> None:
    assert value_of((10, 1, struct.pack("<ii", -3, 2))) == (-1.5,)


def test_a_denominator_of_zero_is_not_a_number() -> None:
    value = value_of(blocks.rationals((3, 0)))
    assert isinstance(value, tuple)
    assert math.isnan(value[0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Canon\0", "Canon"),
        (b" Canon \0junk", "Canon"),
        (b"M\xc3\xbcller", "Müller"),
        (b"M\xfcller", "Müller"),
    ],
)
def test_text_ends_at_its_nul_and_is_read_in_either_encoding(data: bytes, words: str) -> None:
    assert text_of(data) == words


def test_undefined_bytes_stay_bytes() -> None:
    assert value_of((7, 6, b"\0\1\2\3\4\5")) == b"\0\1\2\3\4\5"


@pytest.mark.parametrize("kind", [0, 14, 99, 65535])
def test_a_field_of_an_unknown_type_is_left_out(kind: int) -> None:
    assert value_of((kind, 1, b"\1\0\0\0")) is None


def test_of_a_field_given_twice_the_first_counts() -> None:
    entry = struct.pack("<HHI4s", 0x112, 3, 1, b"\6\0\0\0") + struct.pack("<HHI4s", 0x112, 3, 1, b"\3\0\0\0")
    tiff = opened(b"II*\0\x08\0\0\0\2\0" + entry + b"\0\0\0\0")
    assert tiff.number(tiff.fields(8)[0x112]) == 6


def test_of_a_cut_directory_the_whole_entries_are_read() -> None:
    data = blocks.block({0x10F: blocks.text("Ab"), 0x110: blocks.text("Cd"), 0x112: blocks.short(6)})
    tiff = opened(data[: 8 + 2 + 12 + 12 + 5])
    assert set(tiff.fields(tiff.first)) == {0x10F, 0x110}


@pytest.mark.parametrize("data", [b"", b"II", b"II*\0", b"II*\0\x08\0", b"XX*\0\x08\0\0\0", b"hello, world"])
def test_what_has_no_header_is_none(data: bytes) -> None:
    assert open_tiff(io.BytesIO(data)) is None


@pytest.mark.parametrize("lead", [b"", b"Exif\0\0", b"\0\0\0\6Exif\0\0"])
def test_the_header_may_stand_behind_a_lead(lead: bytes) -> None:
    tiff = opened(lead + blocks.block({0x112: blocks.short(8)}))
    assert tiff.number(tiff.fields(tiff.first)[0x112]) == 8


def page(width: int, height: int, following: int) -> bytes:
    """A directory of four fields, 54 bytes long, with one strip at the file's beginning."""
    fields = [(0x100, width), (0x101, height), (0x111, 8), (0x117, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    return struct.pack("<H", len(fields)) + entries + struct.pack("<I", following)


@pytest.mark.parametrize(
    ("following", "pages"),
    [((0,), 1), ((62, 0), 2), ((62, 116, 0), 3), ((8,), 1), ((62, 8), 2), ((2**31,), 2)],
    ids=["one", "two", "three", "names itself", "ring of two", "points beyond the file"],
)
def test_pages_are_counted_and_none_twice(following: tuple[int, ...], pages: int) -> None:
    data = b"II*\0\x08\0\0\0" + b"".join(page(30, 20, link) for link in following)
    assert probe(io.BytesIO(data)) == Probed("TIFF", 30, 20, pages)


def test_a_big_tiff_is_a_tiff() -> None:
    fields = [(0x100, 30), (0x101, 20), (0x111, 8)]
    entries = b"".join(struct.pack("<HHQQ", tag, 4, 1, value) for tag, value in fields)
    data = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, len(fields)) + entries + struct.pack("<Q", 0)
    assert probe(io.BytesIO(data)) == Probed("TIFF", 30, 20, 1)
