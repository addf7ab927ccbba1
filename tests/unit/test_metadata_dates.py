"""The camera's clock becomes ISO 8601, with an offset where the file states a possible one."""

import pytest

from pipeline.imaging.dates import iso
from pipeline.imaging.metadata import stated
from tests.unit import exif_blocks as blocks
from tests.unit.exif_blocks import text

ORIGINAL, DIGITIZED, MODIFIED, OFFSET_ORIGINAL, OFFSET_DIGITIZED = 0x9003, 0x9004, 0x132, 0x9011, 0x9012


@pytest.mark.parametrize(
    ("stamp", "written"),
    [
        ("2016:07:02 14:03:05", "2016-07-02T14:03:05"),
        ("1601:06:06 16:39:33", "1601-06-06T16:39:33"),
        ("2016-07-02T14:03:05.25Z", "2016-07-02T14:03:05+00:00"),
        ("2016-07-02T14:03:05+0530", "2016-07-02T14:03:05+05:30"),
        ("2016-07-02T14:03", "2016-07-02T14:03:00"),
        ("2016:7:2 4:3:5", "2016-07-02T04:03:05"),
        ("2016:07:02", "2016-07-02"),
    ],
)
def test_a_stamp_is_read(stamp: str, written: str) -> None:
    assert iso(stamp) == written


@pytest.mark.parametrize(
    "stamp",
    [
        None,
        "",
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "2016:13:02 14:03:05",
        "2015:02:29 10:00:00",
        "2016:07:02 25:03:05",
        "2016:07:02 14:03:?5",
        "yesterday",
    ],
)
def test_what_no_calendar_has_is_no_date(stamp: str | None) -> None:
    assert iso(stamp) is None


@pytest.mark.parametrize(
    ("offset", "written"),
    [("+03:00", "+03:00"), ("-0930", "-09:30"), ("Z", "+00:00"), ("+14:00", "+14:00")]
    + [(junk, "") for junk in ("+15:00", "+03:75", "3", "   :  ", "")],
)
def test_only_a_possible_offset_is_kept(offset: str, written: str) -> None:
    assert iso("2016:07:02 14:03:05", offset) == "2016-07-02T14:03:05" + written


def taken(**fields: str) -> str | None:
    tags = {name: int(name[1:], 16) for name in fields}
    exif = blocks.block(exif={tags[name]: text(value) for name, value in fields.items()})
    return stated(blocks.jpeg(exif)).taken_at


def test_the_moment_of_the_shutter_goes_first() -> None:
    assert taken(x9003="2016:07:02 14:03:05", x9004="2020:01:01 00:00:00") == "2016-07-02T14:03:05"


def test_the_moment_of_digitizing_stands_in_with_its_own_offset() -> None:
    found = taken(x9003="0000:00:00 00:00:00", x9004="2020:01:01 00:00:00", x9011="+05:00", x9012="+01:00")
    assert found == "2020-01-01T00:00:00+01:00"


def test_the_moment_of_the_last_edit_is_not_when_it_was_taken() -> None:
    exif = blocks.block(camera={MODIFIED: text("2021:05:24 14:32:02")})
    assert stated(blocks.jpeg(exif)).taken_at is None


def test_the_offset_of_the_last_edit_is_not_the_shutters() -> None:
    assert taken(x9003="2016:07:02 14:03:05", x9010="+02:00") == "2016-07-02T14:03:05"


def test_a_date_is_found_in_either_directory() -> None:
    exif = blocks.block(camera={ORIGINAL: text("2016:07:02 14:03:05")})
    assert stated(blocks.jpeg(exif)).taken_at == "2016-07-02T14:03:05"


def test_names_are_trimmed_and_printable() -> None:
    exif = blocks.block(camera={0x10F: text("  NIKON\n CORP \x1b[0m  "), 0x110: text("D3S" + "x" * 500)})
    camera = stated(blocks.jpeg(exif)).camera
    assert camera.make == "NIKON  CORP  [0m"
    assert camera.model is not None
    assert len(camera.model) == 200


def test_an_empty_maker_gives_way_to_the_other_directory() -> None:
    exif = blocks.block(camera={0x10F: text("")}, exif={0x10F: text("HTC")})
    assert stated(blocks.jpeg(exif)).camera.make == "HTC"
