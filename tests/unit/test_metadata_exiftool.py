"""Read beside exiftool: on files that it wrote itself, and on damaged ones."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Rejected
from pipeline.imaging.metadata import Stated, stated
from tests.unit import exif_blocks as blocks

DATA = Path(__file__).parents[1] / "data"
EXIFTOOL = shutil.which("exiftool")
FIELDS = (
    "GPSLatitude",
    "GPSLongitude",
    "GPSLatitudeRef",
    "GPSLongitudeRef",
    "GPSAltitude",
    "DateTimeOriginal",
)


@pytest.fixture(autouse=True)
def _exiftool() -> None:
    if EXIFTOOL is None:
        assert os.environ.get("CI") != "true", "exiftool is missing; CI installs libimage-exiftool-perl"
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")


def exiftool(*arguments: str) -> str:
    done = subprocess.run(["exiftool", *arguments], capture_output=True, text=True, check=False)
    return done.stdout


def told(folder: Path) -> dict[str, dict[str, Any]]:
    """What exiftool reads from every file of a folder, by name."""
    answer = exiftool("-json", "-n", "-q", *(f"-{field}" for field in FIELDS), str(folder))
    return {Path(row["SourceFile"]).name: row for row in json.loads(answer)}


def read(path: Path) -> Stated | None:
    try:
        with path.open("rb") as stream:
            return stated(stream)
    except Rejected:
        return None


def test_what_exiftool_wrote_is_read_back(tmp_path: Path) -> None:
    chance = random.Random(1)
    expected, orders = {}, list[str]()
    for number in range(40):
        latitude, longitude = chance.uniform(-89, 89), chance.uniform(-179, 179)
        format = chance.choice(["JPEG", "PNG", "TIFF", "WEBP"])
        path = tmp_path / f"{number}.{format.lower()}"
        path.write_bytes(blocks.picture(format))
        group = "XMP" if number % 4 == 0 else "EXIF"
        north, east = "N" if latitude > 0 else "S", "E" if longitude > 0 else "W"
        orders += [
            "-q",
            "-overwrite_original",
            f"-{group}:GPSLatitude={latitude}",
            f"-{group}:GPSLongitude={longitude}",
            *([f"-GPSLatitudeRef={north}", f"-GPSLongitudeRef={east}"] if group == "EXIF" else []),
            "-EXIF:DateTimeOriginal=2016:07:02 14:03:05",
            str(path),
            "-execute",
        ]
        expected[path] = latitude, longitude
    exiftool(*orders)
    for path, position in expected.items():
        found = read(path)
        assert found is not None
        assert found.location is not None, path.name
        assert (found.location.latitude, found.location.longitude) == pytest.approx(position, abs=1e-6)
        assert found.taken_at == "2016-07-02T14:03:05"


def damaged(folder: Path, count: int) -> None:
    """Photos with one to three wrong bytes in or near their EXIF block."""
    chance = random.Random(2)
    samples = [path for path in sorted(DATA.iterdir()) if path.stat().st_size < 200_000 and "--" in path.name]
    for number in range(count):
        sample = chance.choice(samples)
        data = bytearray(sample.read_bytes())
        block = max(0, min(i for i in (data.find(b"II*\0"), data.find(b"MM\0*"), len(data) - 1) if i >= 0))
        for _ in range(chance.choice((1, 1, 2, 3))):
            data[block + chance.randrange(min(1500, len(data) - block))] = chance.choice((0, 1, 255, 77))
        (folder / f"{number:03}-{sample.name}").write_bytes(data)


def believable(row: dict[str, Any]) -> bool:
    """A position that is one: both halves with their hemispheres, in range, and not 0, 0."""
    latitude, longitude = row.get("GPSLatitude"), row.get("GPSLongitude")
    numbers = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    sides = row.get("GPSLatitudeRef") in ("N", "S") and row.get("GPSLongitudeRef") in ("E", "W")
    return numbers and sides and abs(latitude or 0) <= 90 and abs(longitude or 0) <= 180


def test_of_damaged_photos_loupe_reads_what_exiftool_reads(tmp_path: Path) -> None:
    damaged(tmp_path, 300)
    truth = {name: row for name, row in told(tmp_path).items() if believable(row)}
    agreed = 0
    for name, row in truth.items():
        found = read(tmp_path / name)
        if found and found.location:
            here = found.location.latitude, found.location.longitude
            agreed += here == pytest.approx((row["GPSLatitude"], row["GPSLongitude"]), abs=1e-6)
    assert len(truth) > 100
    assert agreed / len(truth) >= 0.98
