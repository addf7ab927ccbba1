"""What the gazetteer promises: checked places, the edges of the world, one small index for all processes."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.timezones import country_of, zone_of
from pipeline.errors import Unavailable
from pipeline.model import Location

TOWNS = [
    (42.656853, 23.391236, "Sofia", "BG", "Europe/Sofia"),
    (40.7128, -74.0060, "New York City", "US", "America/New_York"),
    (51.5007, -0.1246, "London", "GB", "Europe/London"),
    (-33.8557, 151.2104, "Sydney", "AU", "Australia/Sydney"),
    (47.5596, 7.5886, "Basel", "CH", "Europe/Zurich"),
    (43.7380, 7.4240, "Monaco", "MC", "Europe/Monaco"),
    (41.9029, 12.4534, "Vatican City", "VA", "Europe/Vatican"),
    (22.3000, 114.1700, "Hong Kong", "HK", "Asia/Hong_Kong"),
    (-34.3500, 18.4700, "Simon's Town", "ZA", "Africa/Johannesburg"),
    (38.6900, -9.4200, "Cascais", "PT", "Europe/Lisbon"),
    (-16.8500, -179.9900, "Savusavu", "FJ", "Pacific/Fiji"),
    (-16.8000, 179.9900, "Savusavu", "FJ", "Pacific/Fiji"),
    (66.0000, -169.8000, "Uelen", "RU", "Asia/Anadyr"),
    (50.2996, 14.8203, "Benátky nad Jizerou", "CZ", "Europe/Prague"),
]
REMOTE = [
    (23.0, 12.0, "NE", "Africa/Niamey"),
    (-90.0, 0.0, "AQ", "Antarctica/McMurdo"),
    (75.0, -40.0, "GL", "America/Nuuk"),
]
SEA = [(0.5, -30.0), (90.0, 0.0), (-45.0, 180.0), (-45.0, -180.0), (35.0, -150.0)]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("places")


@pytest.fixture(scope="module")
def gazetteer(cache: Path) -> GeoNames:
    return GeoNames(cache)


@pytest.mark.parametrize(("latitude", "longitude", "name", "country", "zone"), TOWNS)
def test_a_town_is_named(
    gazetteer: GeoNames, latitude: float, longitude: float, name: str, country: str, zone: str
) -> None:
    place = gazetteer.place(Location(latitude, longitude))
    assert place is not None
    assert (place.name, place.country_code, place.timezone) == (name, country, zone)
    assert place.distance_km is not None
    assert 0 <= place.distance_km <= 100


@pytest.mark.parametrize(("latitude", "longitude", "country", "zone"), REMOTE)
def test_far_from_any_town_country_and_zone_remain(
    gazetteer: GeoNames, latitude: float, longitude: float, country: str, zone: str
) -> None:
    place = gazetteer.place(Location(latitude, longitude))
    assert place is not None
    assert (place.name, place.country_code, place.timezone, place.distance_km) == (None, country, zone, None)


@pytest.mark.parametrize(("latitude", "longitude"), SEA)
def test_the_open_sea_is_no_place(gazetteer: GeoNames, latitude: float, longitude: float) -> None:
    assert gazetteer.place(Location(latitude, longitude)) is None


def test_regions_are_named_where_the_data_names_them(gazetteer: GeoNames) -> None:
    new_york, sofia = gazetteer.place(Location(40.7128, -74.006)), gazetteer.place(Location(42.7, 23.3))
    assert new_york is not None
    assert sofia is not None
    assert (new_york.region, new_york.country) == ("New York", "United States")
    assert (sofia.region, sofia.country) == (None, "Bulgaria")


def test_a_village_inside_the_reach_of_a_city_goes_by_the_citys_name(gazetteer: GeoNames) -> None:
    suburb = gazetteer.place(Location(42.6510, 23.3794))
    assert suburb is not None
    assert suburb.name == "Sofia"


def test_every_zone_on_land_belongs_to_a_country() -> None:
    assert country_of(zone_of(Location(48.14, 17.1)) or "") == "SK"
    assert country_of("Etc/GMT+2") is None


def test_threads_may_share_it(gazetteer: GeoNames) -> None:
    with ThreadPoolExecutor(4) as pool:
        places = list(pool.map(gazetteer.place, [Location(42.65, 23.39)] * 40))
    assert {place.name for place in places if place} == {"Sofia"}


def test_processes_that_start_together_leave_one_index(tmp_path: Path) -> None:
    ask = (
        "import sys; from pathlib import Path; from pipeline.adapters.geonames import GeoNames; "
        "from pipeline.model import Location; "
        "print(GeoNames(Path(sys.argv[1])).place(Location(42.65, 23.39)).name)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen([sys.executable, "-c", ask, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
        for _ in range(3)
    ]
    assert [process.communicate()[0] for process in running] == [b"Sofia\n"] * 3
    assert [path.suffix for path in tmp_path.iterdir()] == [".sqlite"]


MEMORY = """
import resource, sys
from pathlib import Path
from pipeline.adapters.geonames import GeoNames
from pipeline.model import Location
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
places = GeoNames(Path(sys.argv[1]))
for longitude in range(-170, 171, 2):
    for latitude in range(-60, 71, 10):
        places.place(Location(latitude, longitude + 0.1))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_worker_spends_little_memory_on_it(gazetteer: GeoNames, cache: Path) -> None:
    gazetteer.prepare()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, str(cache)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert int(run.stdout) < 45


def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    places = GeoNames(tmp_path)
    places.prepare()
    index = next(tmp_path.iterdir())
    index.write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable, match="Delete it"):
        places.place(Location(42.65, 23.39))


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="folder can be written"):
        GeoNames(tmp_path / "file").prepare()
