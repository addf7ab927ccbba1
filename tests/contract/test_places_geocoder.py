"""What every geocoder promises, and how Nominatim's keeps the service's policy over all processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.adapters.nominatim import Nominatim
from pipeline.adapters.nominatim_memory import NominatimMemory, spot
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.errors import Transient
from pipeline.model import Location, Place
from pipeline.ports import Geocoder
from tests.contract.nominatim_server import NOTHING, SOFIA, NominatimServer, serving

HERE = Location(42.656853, 23.391236)
OFFLINE = Place("Sofia", None, "Bulgaria", "BG", 7.1, "Europe/Sofia", "geonames")
STREET = Place(
    "Tsar Osvoboditel, Mladost, Sofia", "Sofia City", "Bulgaria", "BG", None, "Europe/Sofia", "nominatim"
)
AGENT = "Loupe-tests/1 (tests@example.org)"
SECONDS = 1.5


@pytest.fixture
def server() -> Iterator[NominatimServer]:
    with serving() as state:
        yield state


@pytest.fixture
def asking(server: NominatimServer, tmp_path: Path) -> Callable[[], Nominatim]:
    """Makes geocoders that share one folder, as processes do."""
    return lambda: Nominatim(tmp_path, AGENT, domain=server.domain, scheme="http", timeout=SECONDS)


@pytest.fixture(params=["off", "nominatim"])
def geocoder(request: pytest.FixtureRequest) -> Geocoder:
    if request.param == "off":
        return NominatimOff()
    made: Nominatim = request.getfixturevalue("asking")()
    return made


class TestEveryGeocoder:
    def test_the_open_sea_stays_what_it_is(self, geocoder: Geocoder) -> None:
        assert geocoder.refine(HERE, None) is None

    def test_a_place_keeps_its_country_and_zone(self, geocoder: Geocoder) -> None:
        place = geocoder.refine(HERE, OFFLINE)
        assert place is not None
        assert (place.country_code, place.timezone) == ("BG", "Europe/Sofia")
        assert place.name is not None
        assert place.name.endswith("Sofia")

    def test_asking_twice_gives_the_same(self, geocoder: Geocoder) -> None:
        assert geocoder.refine(HERE, OFFLINE) == geocoder.refine(HERE, OFFLINE)


Asking = Callable[[], Nominatim]


def test_street_and_district_come_before_the_town(asking: Asking) -> None:
    assert asking().refine(HERE, OFFLINE) == STREET


def test_the_service_is_told_who_asks_and_no_more_than_four_decimals(
    server: NominatimServer, asking: Asking
) -> None:
    asking().refine(HERE, OFFLINE)
    assert server.agents == {AGENT}
    assert [(query["lat"], query["lon"]) for query in server.asked] == [("42.6569", "23.3912")]


def test_an_answer_serves_every_process_and_every_position_nearby(
    server: NominatimServer, asking: Asking
) -> None:
    asking().refine(HERE, OFFLINE)
    assert asking().refine(Location(42.65688, 23.39121), OFFLINE) == STREET
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [NOTHING, {"error": "something else"}, {**SOFIA, "address": {}}])
def test_no_answer_is_remembered_too(server: NominatimServer, asking: Asking, answer: object) -> None:
    server.answer(answer)
    assert [asking().refine(HERE, OFFLINE) for _ in range(2)] == [OFFLINE, OFFLINE]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (403, {}, 6 * 3600),
        (429, {}, 600),
        (429, {"Retry_After": "77"}, 77),
        (503, {}, 30),
        (500, {}, 30),
    ],
)
def test_a_refusal_stops_everybody_for_a_while(
    server: NominatimServer, asking: Asking, status: int, headers: dict[str, str], pause: float
) -> None:
    server.answer({}, status, **headers)
    with pytest.raises(Transient) as refused:
        asking().refine(HERE, OFFLINE)
    assert refused.value.retry_after == pause
    with pytest.raises(Transient, match="left alone") as stopped:
        asking().refine(Location(10.0, 10.0), OFFLINE)
    assert stopped.value.retry_after == pytest.approx(pause, abs=5)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b'"word"', b'[["list"]]', b"[1]", b'{"address": 7}']
)
def test_nonsense_is_a_service_that_is_away(server: NominatimServer, asking: Asking, body: bytes) -> None:
    server.answer(body)
    with pytest.raises(Transient, match="does not answer"):
        asking().refine(HERE, OFFLINE)


def test_a_service_that_hangs_is_given_up(server: NominatimServer, asking: Asking) -> None:
    server.delay = SECONDS + 1
    with pytest.raises(Transient, match="does not answer"):
        asking().refine(HERE, OFFLINE)


def test_a_service_that_is_not_there_is_a_transient(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="does not answer"):
        Nominatim(tmp_path, AGENT, domain="127.0.0.1:9", scheme="http").refine(HERE, OFFLINE)


ASK = """
import sys
import time
from pathlib import Path
from pipeline.adapters.nominatim import Nominatim
from pipeline.adapters.nominatim_memory import NominatimMemory
from pipeline.model import Location, Place
place = Place("Sofia", None, "Bulgaria", "BG", 7.1, "Europe/Sofia", "geonames")
given = NominatimMemory.take_turn
def take_turn(self):
    at = []
    self._clock = lambda: at.append(time.time()) or at[-1]
    wait = given(self)
    print(at[0] + wait, flush=True)
    return wait
NominatimMemory.take_turn = take_turn
service = Nominatim(Path(sys.argv[1]), "Loupe-tests/1", domain=sys.argv[2], scheme="http", timeout=60)
for number in range(2):
    service.refine(Location(float(sys.argv[3]), number), place)
"""


def test_all_processes_together_ask_once_a_second(server: NominatimServer, tmp_path: Path) -> None:
    """The turns that were given out are a second apart; when a busy machine delivers them is its affair."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path), server.domain, str(latitude)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for latitude in (10, 20)
    ]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    turns = sorted(float(line) for words in told for line in words.split())
    assert len(turns) == len(server.moments) == 4
    assert min(later - sooner for sooner, later in pairwise(turns)) > 0.999


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestMemory:
    def test_turns_are_a_second_apart_until_the_queue_is_too_long(self, tmp_path: Path) -> None:
        memory = NominatimMemory(tmp_path, Clock())
        assert [memory.take_turn() for _ in range(6)] == [0, 1, 2, 3, 4, 5]
        with pytest.raises(Transient, match="Too many") as refused:
            memory.take_turn()
        assert refused.value.retry_after == 6

    def test_a_clock_that_was_set_back_holds_nobody(self, tmp_path: Path) -> None:
        clock = Clock()
        memory = NominatimMemory(tmp_path, clock)
        memory.take_turn()
        clock.now -= 500
        assert memory.take_turn() == 0

    def test_a_refusal_ends(self, tmp_path: Path) -> None:
        clock = Clock()
        memory = NominatimMemory(tmp_path, clock)
        memory.close_for(60)
        with pytest.raises(Transient):
            memory.take_turn()
        clock.now += 61
        assert memory.take_turn() == 0

    def test_answers_are_forgotten_in_time(self, tmp_path: Path) -> None:
        clock = Clock()
        memory = NominatimMemory(tmp_path, clock)
        memory.remember("1,2", {"road": "Main"}, 100)
        remembered = memory.recall("1,2")
        assert remembered is not None
        assert remembered.address == {"road": "Main"}
        clock.now += 101
        assert memory.recall("1,2") is None

    def test_a_folder_that_cannot_be_used_is_a_transient(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(Transient, match="cannot be kept"):
            NominatimMemory(tmp_path / "file").take_turn()


def test_an_answer_can_be_forgotten_and_its_bytes_with_it(tmp_path: Path) -> None:
    memory, here = NominatimMemory(tmp_path), Location(12.34567, 65.43214)
    assert memory.forget(here) == 0
    assert list(tmp_path.iterdir()) == []
    memory.remember(spot(here), {"road": "Forget-me-not Lane"}, 1000)
    memory.remember("1.0000,2.0000", {"road": "Kept Road"}, 1000)
    assert (memory.forget(here), memory.forget(here)) == (1, 0)
    assert memory.recall(spot(here)) is None
    assert memory.recall("1.0000,2.0000") is not None
    assert b"Forget-me-not" not in (tmp_path / "nominatim.sqlite").read_bytes()
