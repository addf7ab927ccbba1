"""What Loupe reads from real photos is what exiftool reads from them."""

import json
from pathlib import Path

import pytest

from pipeline.imaging.metadata import Stated, stated

DATA = Path(__file__).parents[1] / "data"
TRUTH = json.loads((DATA / "truth.json").read_text())
PLACED = [name for name, truth in TRUTH.items() if "lat" in truth and "lon" in truth]


def read(name: str) -> Stated:
    with (DATA / name).open("rb") as stream:
        return stated(stream)


@pytest.mark.parametrize("name", PLACED)
def test_the_position_is_exiftools(name: str) -> None:
    location, truth = read(name).location, TRUTH[name]
    assert location is not None
    assert location.latitude == pytest.approx(truth["lat"], abs=1e-9)
    assert location.longitude == pytest.approx(truth["lon"], abs=1e-9)
    assert location.altitude == (pytest.approx(truth["alt"], abs=1e-6) if "alt" in truth else None)
    assert location.direction == (pytest.approx(truth["dir"], abs=1e-6) if "dir" in truth else None)


@pytest.mark.parametrize("name", sorted(set(TRUTH) - set(PLACED)))
def test_a_photo_without_a_position_says_why(name: str) -> None:
    found = read(name)
    assert found.location is None
    assert found.no_location
    assert found.no_location.endswith(".")


@pytest.mark.parametrize("name", TRUTH)
def test_time_and_offset_are_exiftools(name: str) -> None:
    truth = TRUTH[name]
    expected = None
    if "dt" in truth:
        expected = truth["dt"].replace(":", "-", 2).replace(" ", "T") + truth.get("off", "")
    assert read(name).taken_at == expected


@pytest.mark.parametrize("name", TRUTH)
def test_camera_and_orientation_are_exiftools(name: str) -> None:
    found, truth = read(name), TRUTH[name]
    stated_by_file = {
        "make": found.camera.make,
        "model": found.camera.model,
        "orientation": found.orientation,
    }
    for field in ("make", "model", "orientation"):
        if field in truth:
            assert stated_by_file[field] == truth[field]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("exif-rs--yaminabe.tif", "The file states a latitude but no longitude."),
        ("exifr--broken1.jpg", "The file's GPS position is void: its latitude cannot be read."),
        ("exifr--iptc-mess.jpg", "The file states no position."),
        ("sharp--alpha-paper.png", "The file carries no metadata; many apps and services remove it."),
    ],
)
def test_the_reason_fits_the_file(name: str, reason: str) -> None:
    assert read(name).no_location == reason


def test_a_position_in_xmp_alone_is_named_as_such() -> None:
    location = read("mapillary_tools--adobe_coords.jpg").location
    assert location is not None
    assert location.source == "xmp"
