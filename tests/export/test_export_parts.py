"""An incremental export: whoever applies its parts in order has what a whole export has, whatever happens."""

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_ledger import SqliteLedger
from tests.contract.ledgers import again, claim, enter, row, settle
from tests.export.reading_back import Read, from_csv, from_hyper, from_parquet, need_hyper
from tests.export.registry import Registry


@dataclass
class Warehouse:
    """Somebody who loads each part once, as docs/export.md says, and keeps the rows."""

    images: dict[str, Any] = field(default_factory=dict)
    results: dict[str, list[Any]] = field(default_factory=dict)

    def load(self, read: Read) -> None:
        for image in read["images"]:
            self.images[image["id"]] = image | {"part": 0}
            self.results[image["id"]] = []
        for result in read["results"]:
            self.results[result["image"]].append(result | {"part": 0})
        for gone in read["erased"]:
            self.images.pop(gone["id"], None)
            self.results.pop(gone["id"], None)

    def tables(self) -> tuple[list[Any], list[Any]]:
        """Images and results as a whole export has them."""
        order = sorted(self.images)
        return [self.images[image] for image in order], [r for image in order for r in self.results[image]]


def standing(folder: Path) -> Warehouse:
    """What the parts say that stand in a folder, loaded by somebody who comes new."""
    found = Warehouse()
    parts = sorted(int(path.stem.rpartition("-")[2]) for path in folder.glob("images-*.csv"))
    for part in parts:
        found.load(from_csv(folder, part))
    return found


class Life(RuleBasedStateMachine):
    """Images come, settle, are replayed and erased, and are exported now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        folder = Path(self.place.name)
        self.registry, self.parts, self.whole = Registry(folder / "data"), folder / "parts", folder / "whole"
        self.ledger: SqliteLedger = self.registry.ledger
        self.alive: list[str] = []
        self.erased: list[str] = []
        self.warehouse = Warehouse()

    def teardown(self) -> None:
        self.registry.database.close()
        self.place.cleanup()

    @rule(name=st.sampled_from(["parcel", "skip@paint"]))
    def come(self, name: str) -> None:
        delivery = f"d{len(self.alive) + len(self.erased)}"
        self.alive.append(enter(self.ledger, delivery, name))

    @rule(count=st.integers(1, 4))
    def work(self, count: int) -> None:
        for work in claim(self.ledger, want=count):
            settle(self.ledger, row(work))

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        settled = [image for image in self.alive if "fold" in self.ledger.rows(image)]
        if settled:
            again(self.ledger, data.draw(st.sampled_from(settled)), "fold")

    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        if self.alive:
            image = data.draw(st.sampled_from(self.alive))
            SqliteEraser(self.registry.database).begin(image)
            self.alive.remove(image)
            self.erased.append(image)

    @rule()
    def export(self) -> None:
        done = self.registry.export(self.parts, parts=True)
        if done.part is not None:
            self.warehouse.load(from_csv(self.parts, done.part))
        self.registry.export(self.whole)
        whole = from_csv(self.whole)
        expected = (whole["images"], whole["results"])
        assert self.warehouse.tables() == expected
        assert standing(self.parts).tables() == expected
        assert [image["id"] for image in whole["images"]] == sorted(self.alive)
        for name in ("days.csv", "steps.csv", "erased.csv"):
            assert (self.parts / name).read_bytes() == (self.whole / name).read_bytes()
        assert sorted(gone["id"] for gone in whole["erased"]) == sorted(self.erased)
        for folder in (self.parts, self.whole):
            self.says_nothing_of_the_erased(folder)

    def says_nothing_of_the_erased(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "erased.csv":
                text = path.read_text()
                assert not [image for image in self.erased if image in text], path.name

    @invariant()
    def nothing_half_written_is_left(self) -> None:
        for folder in (self.parts, self.whole):
            assert not list(folder.rglob("*.new"))
            assert not list(folder.rglob("*.tmp"))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_a_part_has_only_what_changed(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    images = [registry.image() for _ in range(5)]
    assert registry.export(tmp_path / "to", parts=True).rows["images"] == 5
    registry.keep(replace(images[3], state="held"))
    done = registry.export(tmp_path / "to", parts=True)
    assert (done.part, done.rows["images"], done.rows["results"]) == (2, 1, 3)
    [changed] = from_csv(tmp_path / "to", 2)["images"]
    assert (changed["id"], changed["state"], changed["part"]) == (images[3].image, "held", 2)


def test_a_result_that_was_replayed_to_the_same_end_is_in_the_next_part(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    image = registry.image()
    registry.export(tmp_path / "to", parts=True)
    registry.keep(image, revision=2)
    registry.export(tmp_path / "to", parts=True)
    assert [each["revision"] for each in from_csv(tmp_path / "to", 2)["results"]] == [2, 2, 2]


def test_where_nothing_changed_no_part_is_written_unless_asked_for(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    registry.image()
    registry.export(tmp_path / "to", parts=True)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "to").glob("*")}
    assert registry.export(tmp_path / "to", parts=True).part is None
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "to").glob("*")} == before
    assert registry.export(tmp_path / "to", parts=True, full=True).part == 2
    assert not (tmp_path / "to" / "images-000001.csv").exists()


def test_a_part_that_somebody_removed_makes_the_next_run_begin_anew(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    for _ in range(2):
        registry.image()
        registry.export(tmp_path / "to", parts=True)
    (tmp_path / "to" / "images-000001.csv").unlink()
    done = registry.export(tmp_path / "to", parts=True)
    assert (done.part, done.rows["images"]) == (3, 2)
    assert [path.name for path in (tmp_path / "to").glob("images*")] == ["images-000003.csv"]


def test_another_ledger_or_an_older_copy_of_it_begins_anew(tmp_path: Path) -> None:
    registry, other = Registry(tmp_path / "data"), Registry(tmp_path / "other")
    registry.export(tmp_path / "to", parts=True)
    other.image()
    assert other.export(tmp_path / "to", parts=True).rows["images"] == 1
    other.image()
    other.export(tmp_path / "to", parts=True)
    with other.database.write() as connection:
        connection.execute("UPDATE sqlite_sequence SET seq=1 WHERE name='changed'")
    assert other.export(tmp_path / "to", parts=True).rows["images"] == 2


def test_parts_take_the_place_of_whole_tables_and_the_other_way_round(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    registry.image()
    for parts, name in ((False, "images.csv"), (True, "images-000001.csv"), (False, "images.csv")):
        registry.export(tmp_path / "to", parts=parts)
        assert [path.name for path in (tmp_path / "to").glob("images*")] == [name]


def test_parquet_and_extracts_come_in_parts_as_well(tmp_path: Path) -> None:
    need_hyper()
    from pipeline.adapters.hyper_export import HyperFormat
    from pipeline.adapters.parquet_export import ParquetFormat

    registry = Registry(tmp_path / "data")
    for _ in range(2):
        registry.image()
        registry.export(tmp_path / "to", ParquetFormat(), parts=True)
        registry.export(tmp_path / "to", HyperFormat(), parts=True)
    second = from_parquet(tmp_path / "to", 2)
    assert len(second["images"]) == 1
    assert from_hyper(tmp_path / "to" / "loupe-000002.hyper") == second
