"""Every port that an actor asks for is answered by something that keeps its promise; workers can be built."""

import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loupe import factory, prepare, wiring
from loupe import slack as joined
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline import ports as port
from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.nominatim_off import NominatimOff
from pipeline.beats import PARTS
from pipeline.chain import discover
from pipeline.errors import Misconfigured, Unknown
from pipeline.model import Location
from pipeline.retry import IMPATIENT, Backoff

ASKED = sorted(
    {kind for actor in discover() for kind in actor.ports.values()}, key=lambda kind: kind.__name__
)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Ground]:
    made = ground(load(data=tmp_path))
    yield made
    made.database.close()


def test_actors_ask_for_ports_at_all() -> None:
    assert port.Store in ASKED
    assert len(ASKED) >= 8


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_every_port_that_an_actor_asks_for_is_answered(kind: type, base: Ground) -> None:
    answer = wiring.ports(base)[kind]
    promised = [name for name in dir(kind) if not name.startswith("_")]
    assert promised
    for name in promised:
        assert hasattr(answer, name), f"{type(answer).__name__} lacks {name}"


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_what_answers_a_port_takes_its_arguments(kind: type, base: Ground) -> None:
    answer = wiring.ports(base)[kind]
    for name, promised in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            wanted = list(inspect.signature(promised).parameters)[1:]
            assert list(inspect.signature(getattr(answer, name)).parameters)[: len(wanted)] == wanted


def test_nothing_is_answered_that_nobody_asks_for(base: Ground) -> None:
    assert set(wiring.ports(base)) == set(ASKED)


def test_the_bands_are_percentages_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_SAFE_BELOW", "0.15")
    monkeypatch.setenv("LOUPE_NUDE_FROM", "0.75")
    base = ground(load(data=tmp_path))
    bands: Any = wiring.ports(base)[port.ReleaseBands]
    assert (bands.safe_below, bands.nude_from) == (15, 75)
    base.database.close()


def test_without_opting_in_no_geocoder_is_even_imported(base: Ground) -> None:
    assert isinstance(wiring.ports(base)[port.Geocoder], NominatimOff)


def test_who_opts_in_is_named_to_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_NOMINATIM", "me@example.org")
    base = ground(load(data=tmp_path))
    chosen: Any = wiring.ports(base)[port.Geocoder]
    assert "me@example.org" in chosen._service.headers["User-Agent"]
    assert chosen._service.headers["User-Agent"].startswith("Loupe/")
    base.database.close()


def test_pictures_come_from_slack_only_where_there_is_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = ground(load(data=tmp_path))
    assert set(wiring._incoming(base)) == {"file", "upload", "folder", "s3"}
    base.database.close()
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    base = ground(load(data=tmp_path))
    assert set(wiring._incoming(base)) == {"file", "upload", "folder", "s3", "slack"}
    base.database.close()


LEAN = """
import sys
from loupe import cli, factory
from loupe.ground import ground
from loupe.settings import load
from pathlib import Path
ground(load(data=Path(sys.argv[1])))
heavy = {"onnxruntime", "numpy", "slack_bolt", "geopy", "pyvips"} & set(sys.modules)
print(sorted(heavy))
"""


def test_the_command_line_carries_neither_models_nor_numerics(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", LEAN, tmp_path], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


ALONE = """
import os, sys
from importlib.abc import MetaPathFinder
from pathlib import Path
class Watch(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))
sys.meta_path.insert(0, Watch())
os.environ.pop("OPENBLAS_NUM_THREADS", None)
from loupe import factory
from loupe.settings import load
from pipeline.retry import IMPATIENT
config = load(data=Path(sys.argv[1]))
(factory.standing(config) if sys.argv[2] == "standing" else factory.passing(config, (), IMPATIENT))()
"""
"""Prints what the numerics find when they are imported: they read it then and never again."""


@pytest.mark.parametrize("kind", ["standing", "passing"])
def test_in_every_worker_numerics_keep_to_one_processor(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", ALONE, str(tmp_path), kind]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"


@pytest.mark.parametrize("only", [(), ("read_metadata",)])
def test_a_factory_travels_to_another_process(tmp_path: Path, only: tuple[str, ...]) -> None:
    made = factory.passing(load(data=tmp_path), only, IMPATIENT)
    engine = pickle.loads(pickle.dumps(made))()
    names = engine.chain.names()
    assert list(names) == (list(discover().upto(only).names()) if only else list(discover().names()))
    assert engine.backoff == IMPATIENT


def test_an_actor_that_does_not_exist_stops_the_factory(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        factory.passing(load(data=tmp_path), ("paint_it_black",), Backoff())()


def test_a_standing_worker_has_loaded_everything_before_the_first_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[set[type]] = []
    monkeypatch.setattr(wiring, "warm", lambda ready: warmed.append(set(ready)))
    factory.standing(load(data=tmp_path))()
    assert warmed == [set(ASKED)]


def test_warming_asks_each_of_the_slow_ones_once(base: Ground) -> None:
    asked: list[str] = []

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return lambda *given: asked.append(name)

    wiring.warm({port.NudityDetector: Slow(), port.FaceDetector: Slow(), port.Gazetteer: Slow()})
    assert asked == ["score", "faces", "place"]


def test_the_gazetteer_of_the_installation_is_used_where_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "SHARED", tmp_path / "shared")
    GeoNames(tmp_path / "shared").prepare()
    chosen = prepare.gazetteer(tmp_path / "data")
    assert chosen.prepared
    assert not (tmp_path / "data").exists()


def test_without_it_the_first_picture_makes_one_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "SHARED", tmp_path / "nowhere")
    chosen = prepare.gazetteer(tmp_path / "data")
    assert not chosen.prepared
    place = chosen.place(Location(42.6569, 23.3912))
    assert place is not None
    assert place.country_code == "BG"
    assert prepare.gazetteer(tmp_path / "data").prepared
    assert not (tmp_path / "nowhere").exists()


def test_health_of_a_new_ledger_is_calm(base: Ground) -> None:
    assert dict(joined.health(base)) == {
        "Runs": "0 waiting, 0 running, 0 to be tried again, 0 parked",
        "Images": "none yet",
        "Workers": "idle",
        "Parts": ", ".join(f"{part} (never heard of)" for part in PARTS),
        "Cards that could not be sent": "none",
    }


@pytest.mark.parametrize("part", [joined.app, joined.outbox, joined.repair])
def test_no_part_of_the_bot_is_built_without_a_token(base: Ground, part: Any) -> None:
    with pytest.raises(Misconfigured, match=r"SLACK_BOT_TOKEN is not set\. Example"):
        part(base)


def test_a_worker_is_told_to_use_one_processor_before_its_numerics_are_loaded(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from loupe import factory\n"
        "from loupe.settings import load\n"
        "from pipeline import workers\n"
        "from pipeline.retry import Backoff\n"
        "assert 'numpy' not in sys.modules\n"
        "factory.passing(load(data=Path(sys.argv[1])), (), Backoff())()\n"
        "assert 'numpy' in sys.modules\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    bare = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env=bare
    )
    assert ran.stdout.strip() == "1", ran.stderr
