"""What lies around a spot: the nearest first, over borders and the date line, nothing on the open sea."""

from itertools import pairwise
from pathlib import Path

import pytest

from loupe.prepare import SHARED
from pipeline.adapters.geonames import GeoNames
from pipeline.errors import Unavailable
from pipeline.model import Spot
from web.locator import neighbours


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> GeoNames:
    """The index made at installation, else one of its own."""
    shared = GeoNames(SHARED)
    return shared if shared.prepared else GeoNames(tmp_path_factory.mktemp("places"))


def names(
    places: GeoNames, latitude: float, longitude: float, within: float = 100, most: int = 60
) -> list[str]:
    return [town.name for town in places.towns(Spot(latitude, longitude), within, most)]


def test_the_nearest_comes_first(places: GeoNames) -> None:
    spot = Spot(46.6863, 7.8632)
    towns = places.towns(spot, 100, 40)
    assert towns[0].name == "Interlaken"
    away = [each.km for each in neighbours(spot, towns, most=40)]
    assert all(near <= far for near, far in pairwise(away))
    assert all(town.population >= 0 for town in towns)


def test_no_more_than_wanted_and_none_farther_than_wanted(places: GeoNames) -> None:
    assert len(names(places, 51.5, -0.12, most=5)) == 5
    near = places.towns(Spot(51.5, -0.12), 3, 1000)
    assert 0 < len(near) < 100
    assert all(each.km <= 3.01 for each in neighbours(Spot(51.5, -0.12), near, most=1000))


def test_borders_are_no_end(places: GeoNames) -> None:
    around = names(places, 47.5596, 7.5886, within=8)
    assert {"Basel", "Weil am Rhein", "Saint-Louis"} <= set(around)


def test_the_date_line_is_no_end(places: GeoNames) -> None:
    assert names(places, -16.8, 179.99) == names(places, -16.8, -179.999)
    assert "Labasa" in names(places, -16.8, -179.9999)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, -150.0), (90.0, 0.0), (-90.0, 0.0), (-45.0, 180.0)]
)
def test_where_nobody_lives_there_is_nothing(places: GeoNames, latitude: float, longitude: float) -> None:
    assert names(places, latitude, longitude) == []


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    broken = GeoNames(tmp_path)
    broken.index.path.write_bytes(b"not an index" * 1000)
    with pytest.raises(Unavailable, match="cannot be read"):
        broken.towns(Spot(51.5, -0.12), 10, 10)
