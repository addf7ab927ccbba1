"""No GPS field is believed unseen: every way in which files go wrong leads to a position or to a reason."""

import io
import struct
import zlib

import pytest

from pipeline.imaging.metadata import Stated, stated
from pipeline.model import Location
from tests.unit import exif_blocks as blocks
from tests.unit.exif_blocks import byte, degrees, position, rationals, text

SOFIA = position(rationals((42, 1), (39, 1), (2467, 100)), rationals((23, 1), (23, 1), (2845, 100)))
LATITUDE, LONGITUDE = 42.65685277777778, 23.391236111111112


def read(gps: dict[int, blocks.Field], xmp: bytes = b"", order: str = "<") -> Stated:
    return stated(blocks.jpeg(blocks.block(gps=gps, order=order), xmp))


def located(found: Stated) -> Location:
    assert found.location is not None, found.no_location
    return found.location


def test_the_photo_of_the_roadmap_is_in_sofia() -> None:
    found = located(read({**SOFIA, 5: byte(0), 6: rationals((6255, 10))}))
    assert (found.latitude, found.longitude) == pytest.approx((LATITUDE, LONGITUDE))
    assert (found.altitude, found.source) == (625.5, "exif")


def test_both_orders_of_bytes_say_the_same() -> None:
    gps = position(degrees(42.5, ">"), degrees(23.25, ">"))
    found = located(read(gps, order=">"))
    assert (found.latitude, found.longitude) == pytest.approx((42.5, 23.25))


@pytest.mark.parametrize(
    ("north", "east", "signs"), [("N", "E", (1, 1)), ("S", "W", (-1, -1)), ("s", "w", (-1, -1))]
)
def test_hemispheres_give_the_sign(north: str, east: str, signs: tuple[int, int]) -> None:
    found = located(read(position(degrees(33.5), degrees(70.5), north, east)))
    assert (found.latitude, found.longitude) == pytest.approx((33.5 * signs[0], 70.5 * signs[1]))


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("numerator", [0, 7])
def test_a_denominator_of_zero_anywhere_voids_the_position(part: int, numerator: int) -> None:
    parts = [(42, 1), (39, 1), (24, 1)]
    parts[part] = (numerator, 0)
    found = read(position(rationals(*parts), degrees(23.0)))
    assert found.location is None
    assert found.no_location == "The file's GPS position is void: its latitude cannot be read."


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        (142.0, 23.0, "The file's latitude of 142° is out of range (-90 to 90)."),
        (42.0, 190.0, "The file's longitude of 190° is out of range (-180 to 180)."),
        (0.0, 0.0, "The file says 0°, 0°, which cameras write while they have no GPS fix."),
    ],
)
def test_an_impossible_position_is_none(latitude: float, longitude: float, reason: str) -> None:
    found = read(position(degrees(latitude), degrees(longitude)))
    assert (found.location, found.no_location) == (None, reason)


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 23.0), (42.0, 0.0), (90.0, 180.0)])
def test_the_edges_of_the_world_are_positions(latitude: float, longitude: float) -> None:
    found = located(read(position(degrees(latitude), degrees(longitude))))
    assert (found.latitude, found.longitude) == (latitude, longitude)


@pytest.mark.parametrize(
    ("north", "east", "reason"),
    [
        ("", "E", "The file's latitude does not say whether it is north or south."),
        ("N", "", "The file's longitude does not say whether it is east or west."),
        ("X", "E", "The file's latitude does not say whether it is north or south."),
    ],
)
def test_without_its_hemisphere_a_position_is_not_guessed(north: str, east: str, reason: str) -> None:
    found = read(position(degrees(42.0), degrees(23.0), north, east))
    assert (found.location, found.no_location) == (None, reason)


def test_half_a_position_is_none() -> None:
    found = read({1: text("N"), 2: degrees(10.0)})
    assert found.no_location == "The file states a latitude but no longitude."


def test_degrees_may_be_spelled_out() -> None:
    found = located(read(position(text("42, 39, 24"), text("23.391236"))))
    assert (found.latitude, found.longitude) == pytest.approx((42.656667, 23.391236), abs=1e-6)


def test_degrees_with_minutes_alone_are_enough() -> None:
    found = located(read(position(rationals((42, 1), (305, 10)), rationals((2325, 100)))))
    assert (found.latitude, found.longitude) == pytest.approx((42 + 30.5 / 60, 23.25))


@pytest.mark.parametrize(
    ("reference", "altitude"),
    [
        (byte(0), 430.5),
        (byte(1), -430.5),
        (byte(2), 430.5),
        (byte(3), -430.5),
        ((7, 1, b"\1"), -430.5),
        (None, 430.5),
    ],
)
def test_the_reference_tells_depth_from_height(reference: blocks.Field | None, altitude: float) -> None:
    gps = {**SOFIA, 6: rationals((4305, 10))} | ({5: reference} if reference else {})
    assert located(read(gps)).altitude == altitude


@pytest.mark.parametrize("altitude", [(4294967295, 1), (7, 0), (600_000, 1)])
def test_an_impossible_altitude_leaves_the_position(altitude: tuple[int, int]) -> None:
    found = located(read({**SOFIA, 6: rationals(altitude)}))
    assert found.latitude == pytest.approx(LATITUDE)
    assert found.altitude is None


@pytest.mark.parametrize(
    ("direction", "kept"), [((1047, 10), 104.7), ((0, 1), 0.0), ((361, 1), None), ((1, 0), None)]
)
def test_a_direction_is_kept_within_the_circle(direction: tuple[int, int], kept: float | None) -> None:
    assert located(read({**SOFIA, 17: rationals(direction)})).direction == kept


@pytest.mark.parametrize("count", [0, 2**28, 2**32 - 1])
def test_a_field_of_unbelievable_size_is_left_out(count: int) -> None:
    found = read({**SOFIA, 2: (5, count, struct.pack("<I", 8))})
    assert found.no_location == "The file states a longitude but no latitude."


def test_a_gps_directory_that_points_into_nothing_is_no_position() -> None:
    exif = bytearray(blocks.block(gps=SOFIA))
    pointer = exif.index(struct.pack("<HH", 0x8825, 4)) + 8
    struct.pack_into("<I", exif, pointer, 2**32 - 16)
    found = stated(blocks.jpeg(bytes(exif)))
    assert found.location is None


def test_a_value_that_lies_in_its_own_directory_is_damage() -> None:
    exif = bytearray(blocks.block(gps=SOFIA))
    directory = struct.unpack_from("<I", exif, exif.index(struct.pack("<HH", 0x8825, 4)) + 8)[0]
    struct.pack_into("<I", exif, exif.index(struct.pack("<HHI", 2, 5, 3)) + 8, directory + 2)
    assert stated(blocks.jpeg(bytes(exif))).no_location == "The file states a longitude but no latitude."


@pytest.mark.parametrize("damage", [b"MM\x2a\0", b"II\x77\x77"])
def test_a_damaged_header_does_not_hide_the_position(damage: bytes) -> None:
    exif = damage + blocks.block(gps=SOFIA)[4:]
    assert located(stated(blocks.jpeg(exif))).latitude == pytest.approx(LATITUDE)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_every_format_carries_the_position(format: str) -> None:
    data = blocks.picture(format, (64, 40), exif=b"Exif\0\0" + blocks.block(gps=SOFIA))
    assert located(stated(io.BytesIO(data))).longitude == pytest.approx(LONGITUDE)


@pytest.mark.parametrize("behind", [False, True])
def test_a_png_may_carry_exif_before_or_behind_its_pixels(behind: bool) -> None:
    chunk = blocks.chunk(b"eXIf", blocks.block(gps=SOFIA))
    assert located(stated(blocks.png(chunk, behind=behind))).latitude == pytest.approx(LATITUDE)


@pytest.mark.parametrize("packed", [False, True])
def test_a_raw_profile_in_a_png_is_read(packed: bool) -> None:
    exif = b"Exif\0\0" + blocks.block(gps=SOFIA)
    profile = b"\nexif\n%8d\n" % len(exif) + exif.hex().encode() + b"\n"
    name = b"Raw profile type APP1\0"
    chunk = (
        blocks.chunk(b"zTXt", name + b"\0" + zlib.compress(profile))
        if packed
        else blocks.chunk(b"tEXt", name + profile)
    )
    assert located(stated(blocks.png(chunk))).latitude == pytest.approx(LATITUDE)


def test_a_compressed_bomb_in_a_png_is_not_unpacked() -> None:
    squeezer = zlib.compressobj()
    packed = b"".join(squeezer.compress(b"<" * 1_000_000) for _ in range(400)) + squeezer.flush()
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + packed
    assert stated(blocks.png(blocks.chunk(b"iTXt", bomb))).location is None
