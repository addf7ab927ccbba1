"""How images stand with the public: one look at the ledger's rows, and a moment that stays."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.adapters import sqlite_standings
from pipeline.adapters.dynamo_table import Table
from pipeline.publication import SPEAKING, Standing
from pipeline.shortid import new_image
from tests.contract.houses import DynamoHouse
from tests.flow.driving import work_off
from tests.flow.publishing import House, quickly


@pytest.fixture(params=["sqlite", "dynamo"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], House]:
    """Builds a house, each time over the same ledger."""
    if request.param == "sqlite":
        return lambda: House(tmp_path)
    table: Table = request.getfixturevalue("table")
    return lambda: DynamoHouse(tmp_path, table=table)


@pytest.fixture
def house(build: Callable[[], House]) -> Iterator[House]:
    house = build()
    with quickly(house.taste):
        yield house
    house.database.close()


@pytest.fixture
def image(house: House) -> str:
    image = house.enter()
    work_off(house.engine())
    return image


def test_of_an_image_that_does_not_exist_nothing_is_shown(house: House) -> None:
    never = new_image()
    assert house.standings.publication(never) is None
    assert house.standings.standing(never) == Standing(False, frozenset(), frozenset())
    with house.standings.still(never) as now:
        assert now == Standing(False, frozenset(), frozenset())


def test_a_new_image_has_runs_open_and_nothing_to_show(house: House) -> None:
    image = house.enter()
    assert house.standings.publication(image) is None
    assert house.standings.standing(image) == Standing(False, frozenset(), frozenset({"accept_image"}))


def test_a_public_image_is_what_its_row_says(house: House, image: str) -> None:
    found = house.standings.publication(image)
    assert found is not None
    assert [each.url for each in found.renditions] == [
        each["url"] for each in house.report(image)["renditions"]
    ]
    now = house.standings.standing(image)
    assert now == Standing(True, frozenset(each.key for each in found.renditions), frozenset())


def test_a_decision_that_is_being_made_anew_hides_it_at_once(house: House, image: str) -> None:
    house.engine().replay(image, "decide_release")
    assert house.standings.publication(image) is None
    assert house.standings.standing(image).shown


def test_a_replay_of_anything_else_leaves_links_alive(house: House, image: str) -> None:
    for actor in ("detect_faces", "make_renditions", "make_copies", "publish_image"):
        house.engine().replay(image, actor)
        assert house.standings.publication(image) is not None
    assert house.standings.standing(image).making


def test_a_wish_takes_it_out_of_sight_at_once(house: House, image: str) -> None:
    house.wish(image, "hold")
    assert house.standings.publication(image) is None
    assert not house.standings.standing(image).shown


def test_while_it_stands_still_no_run_ends(house: House, image: str, build: Callable[[], House]) -> None:
    house.engine().replay(image, "decide_release")
    (work,) = house.engine().turn("w")
    outcome, ended = house.engine().run(work), Event()

    def end() -> None:
        house.engine().turn("w", [outcome], want=0)
        ended.set()
        house.database.close()

    with house.standings.still(image) as now:
        ending = Thread(target=end)
        ending.start()
        assert not ended.wait(0.2)
        other = build()
        assert other.standings.standing(image) == now
        other.database.close()
    ending.join()
    assert house.standings.standing(image) != now


def test_while_it_stands_still_no_run_begins(house: House, image: str, build: Callable[[], House]) -> None:
    begun = Event()

    def begin() -> None:
        house.engine().replay(image, "make_copies")
        (work,) = house.engine().turn("w")
        assert work.task.actor == "make_copies"
        begun.set()
        house.database.close()

    with house.standings.still(image):
        beginning = Thread(target=begin)
        beginning.start()
        assert not begun.wait(0.2)
        other = build()
        assert other.standings.standing(image).runs == frozenset()
        other.database.close()
    beginning.join()
    assert begun.is_set()


def test_who_breaks_off_holds_nobody_up(house: House, image: str) -> None:
    with pytest.raises(ZeroDivisionError), house.standings.still(image):
        raise ZeroDivisionError
    house.engine().replay(image, "publish_image")


def test_a_row_that_cannot_be_read_is_shown_to_nobody(house: House, image: str) -> None:
    house.spoil(image, "decide_release")
    assert house.standings.publication(image) is None


@pytest.mark.parametrize("query", ["RESULTS", "RUNS", "WISHES"])
def test_sqlite_looks_it_up_by_keys_alone(tmp_path: Path, query: str) -> None:
    house = House(tmp_path)
    sql = getattr(sqlite_standings, query)
    values = ("x", *SPEAKING)[: sql.count("?")]
    plan = [row["detail"] for row in house.database.read(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert all(step.startswith("SEARCH") and "PRIMARY KEY" in step for step in plan)
    house.database.close()
