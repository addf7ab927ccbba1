"""The tables of measurements: how figures are spread, printed and chosen."""

import importlib
import io
import random
import sys
from collections import Counter
from types import ModuleType

import pytest
from PIL import Image

from bench import __main__ as bench
from bench.chaos import Killer, Outcome
from bench.pictures import drawing, photo_of
from bench.rows import Row, load, table


def test_a_figure_is_told_by_its_smallest_middle_and_largest_value() -> None:
    assert Row("x", "ms", (3.0, 1.0, 10.0)).spread == (1.0, 3.0, 10.0)
    assert Row("x", "ms", (1.0, 2.0)).spread == (1.0, 1.5, 2.0)


def test_a_table_has_its_title_the_load_and_a_line_for_every_figure() -> None:
    text = table(
        "Findings", [Row("decoding", "ms", (1.0, 2.0, 3.0), "at most 5"), Row("memory", "MB", (7.0,))]
    )
    lines = text.splitlines()
    assert lines[0] == f"Findings ({load()})"
    assert lines[1].split() == ["min", "median", "max"]
    assert lines[2].split() == ["decoding", "1.0", "2.0", "3.0", "ms", "at", "most", "5"]
    assert lines[3].split() == ["memory", "7.0", "7.0", "7.0", "MB"]


def test_a_figure_without_values_is_a_mistake_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="empty"):
        _ = Row("x", "ms", ()).spread


def test_the_load_names_the_processors_that_it_is_shared_by() -> None:
    words = load().split()
    assert (words[0], words[2], words[4]) == ("load", "on", "processors")
    assert float(words[1]) >= 0


@pytest.mark.parametrize("name", bench.TABLES)
def test_every_table_can_be_measured(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").run)


def test_a_table_that_does_not_exist_is_wrong_usage_and_those_there_are_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.main(["nothing"]) == 2
    said = capsys.readouterr().err
    assert "There is no table 'nothing'" in said
    assert all(name in said for name in bench.TABLES)


def test_only_the_tables_that_are_named_are_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ModuleType("bench.engine")
    made.run = lambda: [Row("runs", "/s", (2.0,))]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.engine", made)
    assert bench.main(["engine"]) == 0
    assert capsys.readouterr().out.startswith("Engine (load ")


def an_outcome(**changes: int) -> Outcome:
    well = {"lost": 0, "doubled_cards": 0, "doubled_results": 0, "unsettled": 0, "parked": 0} | changes
    return Outcome(posted=20, kills=Counter({"web": 1, "bot": 2}), seconds=12.3, **well)


def test_nothing_lost_and_nothing_doubled_is_well_and_is_told_with_its_kills() -> None:
    assert an_outcome().well
    assert str(an_outcome()) == (
        "20 pictures, 3 kills (bot 2, web 1): 0 lost, 0 doubled cards, 0 doubled results, 0 unsettled,"
        " 0 parked; 12 s"
    )


@pytest.mark.parametrize("fault", ["lost", "doubled_cards", "doubled_results", "unsettled", "parked"])
def test_a_single_fault_of_any_kind_is_not_well(fault: str) -> None:
    assert not an_outcome(**{fault: 1}).well


def test_a_killer_that_finds_nobody_counts_no_kill() -> None:
    class Nobody:
        def part(self, name: str) -> None:
            return None

        def workers(self) -> list[object]:
            return []

    killer = Killer(Nobody(), random.Random(1))  # type: ignore[arg-type]
    for _ in range(20):
        killer.strike()
    assert killer.kills.total() == 0


def test_drawings_of_one_seed_are_the_same_and_of_others_different() -> None:
    assert drawing(1) == drawing(1)
    assert len({drawing(n) for n in range(50)}) == 50
    with Image.open(io.BytesIO(drawing(1, side=32))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (32, 32))


def test_the_large_photo_is_as_large_as_it_may_be_and_no_larger() -> None:
    data = photo_of(2_000_000)
    assert 1_000_000 < len(data) <= 2_000_000
    with Image.open(io.BytesIO(data)) as photo:
        assert photo.width * photo.height > 12_000_000
