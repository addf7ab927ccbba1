"""`loupe export` as a person and the clock use it, after pictures have been through the chain."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from loupe.exporting import export_due
from loupe.ground import Ground, ground
from loupe.settings import Settings, load, variable
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.errors import Misconfigured
from pipeline.figures import EVERYTHING, Day
from tests.cli import keeping
from tests.cli.running import bare, lines, loupe
from tests.export.reading_back import from_csv, from_hyper, from_parquet, need_hyper


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keeping.lived_in(tmp_path_factory.mktemp("exported"))


@pytest.fixture
def base(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])
    return keeping.opened(made, tmp_path)


def export(base: Ground, *arguments: str | Path) -> dict[str, Any]:
    done = loupe("export", "--data", base.settings.data, "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    [told] = lines(done)
    return told


def test_pictures_that_went_through_the_chain_stand_in_the_tables(base: Ground, tmp_path: Path) -> None:
    done = loupe("export", "--data", base.settings.data, "--to", tmp_path / "to")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Written to {tmp_path / 'to'}: images 2, results ")
    read = from_csv(tmp_path / "to")
    assert [image["id"] for image in read["images"]] == sorted(
        keeping.image(base, each) for each in ("one", "two")
    )
    assert {image["state"] for image in read["images"]} == {"done"}
    assert {result["actor"] for result in read["results"]} == set(base.chain.names())
    [day] = [row for row in read["days"] if row["scope"] == "everything"]
    [figures] = SqliteNumbers(base.database).days(EVERYTHING, [Day(day["day"])])
    assert (day["images"], day["bytes_saved"]) == (2, figures.saved)
    assert {step["actor"] for step in read["steps"]} <= set(base.chain.names())
    said = "".join(path.read_text() for path in (tmp_path / "to").glob("*.csv"))
    assert "of-a-kind" not in said, "a file's name"


def test_every_format_holds_the_same(base: Ground, tmp_path: Path) -> None:
    need_hyper()
    for format in ("csv", "parquet", "hyper"):
        assert export(base, "--format", format, "--to", tmp_path / "to")["rows"]["images"] == 2
    parquet = from_parquet(tmp_path / "to")
    assert from_hyper(tmp_path / "to" / "loupe.hyper") == parquet
    shown = [{name: "" if cell is None else cell for name, cell in row.items()} for row in parquet["results"]]
    assert from_csv(tmp_path / "to")["results"] == shown


def test_json_tells_tables_rows_bytes_and_the_cursor(base: Ground, tmp_path: Path) -> None:
    told = export(base, "--to", tmp_path / "to", "--incremental")
    assert (told["format"], told["to"], told["part"], told["unchanged"]) == (
        "csv",
        str(tmp_path / "to"),
        1,
        False,
    )
    assert {file["name"]: file["table"] for file in told["files"]} == {
        "images-000001.csv": "images",
        "results-000001.csv": "results",
        "days.csv": "days",
        "steps.csv": "steps",
        "erased.csv": "erased",
    }
    for file in told["files"]:
        assert file["bytes"] == (tmp_path / "to" / file["name"]).stat().st_size
        assert file["rows"] == told["rows"][file["table"]]
    assert told["bytes"] == sum(file["bytes"] for file in told["files"])
    again = export(base, "--to", tmp_path / "to", "--incremental")
    assert (again["unchanged"], again["part"], again["rows"]) == (True, None, {})
    assert again["cursor"] == told["cursor"]


def test_where_nothing_changed_it_says_so(base: Ground, tmp_path: Path) -> None:
    command = ("export", "--data", base.settings.data, "--to", tmp_path / "to")
    loupe(*command)
    assert "Nothing has changed since the last export" in loupe(*command).stdout
    assert "images 2" in loupe(*command, "--full").stdout


def test_an_erased_picture_is_in_the_next_export_by_its_id_alone(base: Ground, tmp_path: Path) -> None:
    image = keeping.image(base, "one")
    export(base, "--to", tmp_path / "to")
    SqliteEraser(base.database).begin(image)
    export(base, "--to", tmp_path / "to")
    read = from_csv(tmp_path / "to")
    assert [gone["id"] for gone in read["erased"]] == [image]
    assert [
        path.name for path in (tmp_path / "to").glob("*") if path.is_file() and image in path.read_text()
    ] == ["erased.csv"]


def test_without_a_folder_it_goes_below_the_data_folder(base: Ground) -> None:
    assert export(base)["format"] == "csv"
    assert len(from_csv(base.settings.data / "export")["images"]) == 2


def test_the_settings_stand_in_for_what_is_not_said(
    base: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_EXPORT_TO", str(tmp_path / "to"))
    monkeypatch.setenv("LOUPE_EXPORT_FORMAT", "parquet")
    assert export(base)["format"] == "parquet"
    assert len(from_parquet(tmp_path / "to")["images"]) == 2


@pytest.mark.parametrize("where", [".", "public", "store/below", "archive", "cache"])
def test_it_does_not_write_where_loupe_keeps_its_own(base: Ground, where: str) -> None:
    done = loupe("export", "--data", base.settings.data, "--to", base.settings.data / where)
    assert done.exit_code == 2
    assert "belongs to Loupe itself" in done.stderr
    assert not list(base.settings.data.rglob("images*"))


def test_a_format_that_needs_more_says_what_to_install(
    base: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tableauhyperapi", None)
    done = loupe("export", "--data", base.settings.data, "--to", tmp_path / "to", "--format", "hyper")
    assert done.exit_code == 2
    assert done.stderr.strip().endswith("Install it with: make hyper")
    assert not (tmp_path / "to").exists()


def test_pictures_without_facts_are_told_of(base: Ground, tmp_path: Path) -> None:
    with base.database.write() as connection:
        connection.execute("DELETE FROM facts WHERE image=?", (keeping.image(base, "one"),))
    done = loupe("export", "--data", base.settings.data, "--to", tmp_path / "to")
    assert done.exit_code == 0
    assert "Without facts, and so not exported: 1 of an earlier version" in done.stderr
    read = from_csv(tmp_path / "to")
    assert len(read["images"]) == 1
    assert {result["image"] for result in read["results"]} == {read["images"][0]["id"]}


def test_towns_are_left_out_where_pages_say_none(
    base: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with base.database.write() as connection:
        connection.execute("UPDATE facts SET place='Sofia', country_code='BG'")
    export(base, "--to", tmp_path / "to")
    assert {image["place"] for image in from_csv(tmp_path / "to")["images"]} == {"Sofia"}
    monkeypatch.setenv("LOUPE_PAGE_LOCATION", "none")
    export(base, "--to", tmp_path / "to")
    assert {image["place"] for image in from_csv(tmp_path / "to")["images"]} == {""}


class TestTheClock:
    def test_exports_where_the_settings_say(self, base: Ground, tmp_path: Path) -> None:
        told = ground(load(data=base.settings.data, export_to=tmp_path / "to", export_format="parquet"))
        export_due(told)
        assert len(from_parquet(tmp_path / "to")["images"]) == 2
        before = {path: path.stat().st_mtime_ns for path in (tmp_path / "to").glob("*.parquet")}
        export_due(told)
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "to").glob("*.parquet")} == before

    def test_does_nothing_without_a_folder(self, base: Ground, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        export_due(base)
        assert sorted(tmp_path.rglob("*")) == before

    def test_says_what_is_missing(
        self, base: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "tableauhyperapi", None)
        told = ground(load(data=base.settings.data, export_to=tmp_path / "to", export_format="hyper"))
        with pytest.raises(Misconfigured, match="make hyper"):
            export_due(told)


def test_a_format_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_EXPORT_FORMAT", "xlsx")
    with pytest.raises(Misconfigured, match=r"LOUPE_EXPORT_FORMAT: 'xlsx' will not do"):
        load()


def test_what_is_said_is_one_line_of_json(base: Ground, tmp_path: Path) -> None:
    done = loupe("export", "--data", base.settings.data, "--json", "--to", tmp_path / "to")
    assert done.stdout.count("\n") == 1
    json.loads(done.stdout)
