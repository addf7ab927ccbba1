"""XMP speaks where EXIF is silent, for the picture itself only, and cannot do harm."""

import time

import pytest

from pipeline.imaging.metadata import Stated, stated
from pipeline.imaging.xmp import read_xmp
from tests.unit import exif_blocks as blocks
from tests.unit.exif_blocks import packet

HERE = "exif:GPSLatitude='53,26.9283N' exif:GPSLongitude='9,50.35W'"


def read(xmp: bytes, exif: bytes = b"") -> Stated:
    return stated(blocks.jpeg(exif, xmp))


@pytest.mark.parametrize(
    ("latitude", "longitude", "position"),
    [
        ("53,26.9283N", "9,50.35E", (53.448805, 9.8391667)),
        ("53,26,55.7S", "9,50,21W", (-53.4488056, -9.8391667)),
        ("53.448805", "-9.8391667", (53.448805, -9.8391667)),
    ],
)
def test_a_position_is_read_in_every_form(
    latitude: str, longitude: str, position: tuple[float, float]
) -> None:
    xmp = packet(f"exif:GPSLatitude='{latitude}' exif:GPSLongitude='{longitude}'")
    location = read(xmp).location
    assert location is not None
    assert (location.latitude, location.longitude) == pytest.approx(position, abs=1e-6)
    assert location.source == "xmp"


def test_properties_may_be_elements() -> None:
    xmp = packet(
        elements="<exif:GPSLatitude>10,30N</exif:GPSLatitude><exif:GPSLongitude>20,30E</exif:GPSLongitude>"
        "<exif:GPSAltitude>12345/100</exif:GPSAltitude><exif:GPSAltitudeRef>1</exif:GPSAltitudeRef>"
        "<exif:GPSImgDirection>903/10</exif:GPSImgDirection>"
    )
    location = read(xmp).location
    assert location is not None
    assert (location.latitude, location.longitude) == (10.5, 20.5)
    assert (location.altitude, location.direction) == (-123.45, 90.3)


def test_the_position_of_a_place_that_the_picture_shows_is_not_the_pictures_own() -> None:
    shown = (
        "<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        "<exif:GPSLatitude>10,0N</exif:GPSLatitude><exif:GPSLongitude>20,0E</exif:GPSLongitude>"
        "</rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>"
    )
    assert read(packet(elements=shown)).location is None


def test_exif_goes_before_xmp() -> None:
    exif = blocks.block(gps=blocks.position(blocks.degrees(1.5), blocks.degrees(2.5)))
    location = read(packet(HERE), exif).location
    assert location is not None
    assert (location.latitude, location.source) == (1.5, "exif")


def test_xmp_helps_where_the_position_in_exif_is_void() -> None:
    exif = blocks.block(gps=blocks.position(blocks.degrees(0.0), blocks.degrees(0.0)))
    location = read(packet(HERE), exif).location
    assert location is not None
    assert location.source == "xmp"


@pytest.mark.parametrize(
    "attributes",
    [
        "exif:GPSLatitude='' exif:GPSLongitude='9,50E'",
        "exif:GPSLatitude='north' exif:GPSLongitude='9,50E'",
        "exif:GPSLatitude='0,0N' exif:GPSLongitude='0,0E'",
        "exif:GPSLatitude='142,0N' exif:GPSLongitude='0,0E'",
    ],
)
def test_an_impossible_position_is_none_with_a_reason(attributes: str) -> None:
    found = read(packet(attributes))
    assert found.location is None
    assert found.no_location != "The file states no position."


def test_camera_orientation_and_time_come_from_xmp_too() -> None:
    found = read(
        packet(
            "tiff:Make='Leica' tiff:Model='M11' tiff:Orientation='6' "
            "exif:DateTimeOriginal='2022-05-01T10:11:12+02:00'"
        )
    )
    assert (found.camera.make, found.camera.model, found.orientation) == ("Leica", "M11", 6)
    assert found.taken_at == "2022-05-01T10:11:12+02:00"


def test_of_a_damaged_packet_what_stands_before_the_damage_is_read() -> None:
    whole = packet(HERE, "<tiff:Make>Leica</tiff:Make>")
    assert read_xmp(whole[: whole.index(b"Leica")])["exif:GPSLatitude"] == "53,26.9283N"


@pytest.mark.parametrize("slip", [b"A & B", b"M\xfcller", b"a\x01b"])
def test_slips_of_writers_are_mended(slip: bytes) -> None:
    xmp = packet("tiff:Make='HERE' " + HERE).replace(b"HERE", slip)
    assert read_xmp(xmp)["exif:GPSLongitude"] == "9,50.35W"


def test_a_position_survives_a_broken_tag() -> None:
    xmp = packet("tiff:Make='x' " + HERE).replace(b"tiff:Make=", b"tiff:\xffMa<ke=")
    assert read_xmp(xmp)["exif:GPSLatitude"] == "53,26.9283N"


def test_in_a_broken_packet_the_position_of_something_shown_is_still_not_the_pictures_own() -> None:
    shown = f"<Iptc4xmpExt:LocationShown><rdf:li {HERE}/></Iptc4xmpExt:LocationShown><broken"
    assert read_xmp(packet(elements=shown)) == {}


def test_entities_are_not_expanded() -> None:
    lol = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;'>]>"
    assert read_xmp(lol.encode() + packet(elements="<tiff:Make>&b;</tiff:Make>")) == {}


@pytest.mark.parametrize(
    "bomb",
    [
        b"<a>" * 1_300_000,
        b"&" * 4_000_000,
        packet(elements="<tiff:a>x</tiff:a>" * 200_000),
        packet(" ".join(f"tiff:a{number}='1'" for number in range(200_000))),
    ],
    ids=["depth", "ampersands", "elements", "attributes"],
)
def test_a_bomb_takes_less_than_a_second(bomb: bytes) -> None:
    start = time.process_time()
    found = read_xmp(bomb)
    assert time.process_time() - start < 1
    assert len(found) <= 2000
