"""The rule that chooses a town, on an index of invented towns."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters import geonames
from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.geonames_index import INDEX, TABLES
from pipeline.model import Location

KM = 1 / 111.195
"""Degrees of latitude."""


@pytest.fixture
def gazetteer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GeoNames:
    """Everything lies in one zone of Bulgaria."""
    monkeypatch.setattr(geonames, "zone_of", lambda _: "Europe/Sofia")
    return GeoNames(tmp_path)


def name(gazetteer: GeoNames, *towns: tuple[str, float, int, str], at: float = 42.0) -> str | None:
    """The name given to (``at``, 23) among towns: name, kilometres to the north, inhabitants, country."""
    path = gazetteer.index.path
    with closing(sqlite3.connect(path)) as index:
        index.executescript(TABLES)
        rows = [(c, at + km * KM, 23.0, people, town, None) for town, km, people, c in towns]
        index.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", rows)
        index.execute(INDEX)
        index.commit()
    place = gazetteer.place(Location(at, 23.0))
    assert place is not None
    return place.name


def test_a_city_gives_its_name_to_the_village_within_its_reach(gazetteer: GeoNames) -> None:
    assert name(gazetteer, ("City", 7.0, 1_000_000, "BG"), ("Village", 0.5, 600, "BG")) == "City"


def test_beyond_the_reach_of_any_town_the_nearest_counts(gazetteer: GeoNames) -> None:
    assert name(gazetteer, ("City", 9.0, 1_000_000, "BG"), ("Village", 4.0, 600, "BG")) == "Village"


def test_the_largest_reach_is_thirty_five_kilometres(gazetteer: GeoNames) -> None:
    assert name(gazetteer, ("Metropolis", 36.0, 37_000_000, "BG"), ("Village", 20.0, 600, "BG")) == "Village"


def test_a_town_across_the_border_is_never_chosen(gazetteer: GeoNames) -> None:
    assert name(gazetteer, ("Abroad", 1.0, 9_000_000, "RS"), ("Home", 60.0, 600, "BG")) == "Home"


@pytest.mark.parametrize(("km", "found"), [(99.0, "Far"), (101.0, None)])
def test_the_nearest_town_may_be_a_hundred_kilometres_away(
    gazetteer: GeoNames, km: float, found: str | None
) -> None:
    assert name(gazetteer, ("Far", km, 50_000, "BG")) == found


def test_a_place_without_inhabitants_is_chosen_only_as_the_nearest(gazetteer: GeoNames) -> None:
    assert name(gazetteer, ("Ruin", 0.0, 0, "BG"), ("Town", 1.0, 90_000, "BG")) == "Town"


def test_near_a_pole_towns_on_other_meridians_are_near(gazetteer: GeoNames) -> None:
    path = gazetteer.index.path
    with closing(sqlite3.connect(path)) as index:
        index.executescript(TABLES)
        index.execute("INSERT INTO place VALUES ('BG', 89.9, -100.0, 600, 'Station', NULL)")
        index.commit()
    place = gazetteer.place(Location(89.8, 80.0))
    assert place is not None
    assert place.name == "Station"
    assert place.distance_km == pytest.approx(33.4, abs=0.1)
