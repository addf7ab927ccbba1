"""find_place joins name, map links and local time, and loses none of them to a service that is away."""

import pytest

from handlers.find_place import find_place
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.errors import Transient
from pipeline.imaging.maps import map_links
from pipeline.model import Location, Place
from pipeline.ports import Gazetteer, Geocoder
from pipeline.results import Metadata, Placed

HERE = Location(42.656853, 23.391236)
SOFIA = Place("Sofia", None, "Bulgaria", "BG", 7.1, "Europe/Sofia", "geonames")
TAKEN = "2016-07-02T14:03:05"


class Fixed:
    """A gazetteer and a geocoder that know one answer each."""

    def __init__(self, place: Place | None, refined: Place | None = None) -> None:
        self.known, self.refined = place, refined

    def place(self, location: Location) -> Place | None:
        return self.known

    def refine(self, location: Location, place: Place | None) -> Place | None:
        return self.refined


def find(metadata: Metadata, gazetteer: Gazetteer, geocoder: Geocoder) -> Placed:
    found = find_place(metadata, gazetteer, geocoder)
    assert isinstance(found, Placed)
    return found


class Away:
    def refine(self, location: Location, place: Place | None) -> Place | None:
        raise Transient("Nominatim does not answer.")


def test_a_position_gets_its_place_its_links_and_its_time() -> None:
    found = find(Metadata(TAKEN, location=HERE), Fixed(SOFIA), NominatimOff())
    assert found == Placed(SOFIA, map_links(HERE), "2016-07-02T14:03:05+03:00", None)


def test_without_a_position_the_reason_is_passed_on() -> None:
    found = find(Metadata(TAKEN, no_location="Nowhere."), Fixed(SOFIA), NominatimOff())
    assert found == Placed(None, None, TAKEN, "Nowhere.")


def test_on_the_open_sea_there_are_links_but_no_place_and_no_offset() -> None:
    found = find(Metadata(TAKEN, location=Location(0.5, -30.0)), Fixed(None), NominatimOff())
    assert found.place is None
    assert found.map_links is not None
    assert found.taken_at == TAKEN
    assert found.reason == "The position lies on the open sea, where no place is near."


def test_the_service_may_refine_the_place() -> None:
    street = Place("Tsar Osvoboditel, Sofia", None, "Bulgaria", "BG", None, "Europe/Sofia", "nominatim")
    assert find(Metadata(location=HERE), Fixed(SOFIA), Fixed(None, street)).place == street


def test_while_the_service_is_away_the_offline_answer_stands() -> None:
    found = find(Metadata(TAKEN, location=HERE), Fixed(SOFIA), Away())
    assert (found.place, found.taken_at) == (SOFIA, "2016-07-02T14:03:05+03:00")


def test_an_offset_in_the_file_goes_before_the_zone_of_the_place() -> None:
    found = find(Metadata(TAKEN + "+09:00", location=HERE), Fixed(SOFIA), NominatimOff())
    assert found.taken_at == TAKEN + "+09:00"


@pytest.mark.parametrize(
    ("location", "osm", "google"),
    [
        (HERE, "?mlat=42.656853&mlon=23.391236#map=15/42.656853/23.391236", "42.656853%2C23.391236"),
        (
            Location(-0.00000012, -180.0),
            "?mlat=-0.000000&mlon=-180.000000#map=15/-0.000000/-180.000000",
            "-0.000000%2C-180.000000",
        ),
    ],
)
def test_links_show_a_marker_at_the_position(location: Location, osm: str, google: str) -> None:
    links = map_links(location)
    assert links.openstreetmap == "https://www.openstreetmap.org/" + osm
    assert links.google == "https://www.google.com/maps/search/?api=1&query=" + google
