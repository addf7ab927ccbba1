"""Every format holds what the ledger holds, cell by cell, whatever the words in it look like."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.csv_export import RISKY, CsvFormat, text
from pipeline.adapters.hyper_export import HyperFormat
from pipeline.adapters.parquet_export import ParquetFormat
from pipeline.export import Format
from pipeline.export_schema import IMAGES, TABLES
from pipeline.figures import Facts
from tests.export.reading_back import Read, from_csv, from_hyper, from_parquet, need_hyper
from tests.export.registry import ACTORS, FACTS, WORDS, Registry

ZONE = "Pacific/Kiritimati"
MANY = st.lists(FACTS, max_size=20, unique_by=(lambda each: each.image, lambda each: each.short))


@dataclass(frozen=True)
class Kind:
    """A format, how it is read back, and what becomes of a text in it."""

    format: Callable[[], Format]
    read: Callable[[Path], Read]
    text: Callable[[str | None], str | None] = lambda word: word
    need: Callable[[], None] = lambda: None


def in_csv(word: str | None) -> str:
    return "" if word is None else f"'{word}" if word[:1] in RISKY else word


KINDS = {
    "csv": Kind(CsvFormat, from_csv, in_csv),
    "parquet": Kind(ParquetFormat, from_parquet),
    "hyper": Kind(HyperFormat, lambda folder: from_hyper(folder / "loupe.hyper"), need=need_hyper),
}


every_kind = pytest.mark.parametrize("name", KINDS)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    KINDS[request.param].need()
    return KINDS[request.param]


def moment(seconds: float) -> datetime:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def expected_image(known: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """What a line of the ledger's table ``facts`` is as a row of ``images``, worked out another way."""
    shown = dict(known, id=known["image"], part=0, entered_at=moment(known["entered_at"]))
    shown["day"] = datetime.fromtimestamp(known["entered_at"], ZoneInfo(ZONE)).date()
    shown["bytes_saved"] = known["bytes_before"] - known["bytes_after"]
    if known["private"] or known["channel"] == "":
        shown["channel"] = None
    if known["decision"] != "cleared":
        shown |= dict.fromkeys(("place", "region", "country_code"))
    for column in IMAGES.columns:
        if column.kind == "text":
            shown[column.name] = kind.text(shown[column.name])
        elif column.kind == "boolean" and shown[column.name] is not None:
            shown[column.name] = bool(shown[column.name])
    return {name: shown[name] for name in IMAGES.names}


@every_kind
@settings(max_examples=12)
@given(images=MANY)
def test_images_are_what_the_ledger_says_of_them(name: str, images: Sequence[Facts]) -> None:
    kind = KINDS[name]
    kind.need()
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder) / "data")
        for facts in images:
            registry.keep(facts)
        registry.export(Path(folder) / "to", kind.format(), zone=ZONE)
        read = kind.read(Path(folder) / "to")
        assert read["images"] == [expected_image(known, kind) for known in registry.told()]
        registry.database.close()


def test_results_are_what_the_ledger_says_of_them(kind: Kind, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    images = [registry.image(parked=number) for number in range(4)]
    registry.export(tmp_path / "to", kind.format())
    assert kind.read(tmp_path / "to")["results"] == [
        {
            "image": each.image,
            "actor": actor,
            "state": "failed" if place < each.parked else "done",
            "parked": place < each.parked,
            "attempts": 2,
            "ms": 1.5 * place,
            "at": moment(each.entered_at.timestamp() + place),
            "version": 1,
            "revision": 1,
            "part": 0,
        }
        for each in images
        for place, actor in enumerate(ACTORS)
    ]


def test_an_export_of_nothing_has_all_tables_with_their_columns_and_no_rows(
    kind: Kind, tmp_path: Path
) -> None:
    Registry(tmp_path / "data").export(tmp_path / "to", kind.format())
    assert kind.read(tmp_path / "to") == {table.name: [] for table in TABLES}


def test_nothing_but_the_export_stands_in_its_folder(kind: Kind, tmp_path: Path) -> None:
    registry, format = Registry(tmp_path / "data"), kind.format()
    registry.image()
    registry.export(tmp_path / "to", format)
    own = {f".loupe-export/{format.name}.json", ".loupe-export/lock"}
    there = {path.relative_to(tmp_path / "to").as_posix() for path in (tmp_path / "to").rglob("*")}
    assert there - {".loupe-export"} == own | set(format.names(0).values())
    modes = {(tmp_path / "to" / name).stat().st_mode for name in format.names(0).values()}
    assert len(modes) == 1


def test_csv_tells_an_empty_text_from_nothing_and_ends_lines_as_rfc_4180_wants(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    registry.image(camera_make="", camera_model=None)
    registry.export(tmp_path / "to")
    raw = (tmp_path / "to" / "images.csv").read_bytes()
    assert raw.count(b"\r\n") == 2
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b',"",,0,0,0,0,0,0\r\n' in raw


@given(WORDS)
def test_no_text_begins_like_a_formula_in_csv_and_none_can_begin_another_cell(word: str) -> None:
    cell = text(word)
    inner = cell[1:-1]
    assert cell[0] == cell[-1] == '"'
    assert inner[:1] not in RISKY
    assert '"' not in inner.replace('""', "")
    assert inner.replace('""', '"') in (word, f"'{word}")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_parquet_is_typed_described_and_compressed_as_every_reader_knows(tmp_path: Path, table: Any) -> None:
    registry = Registry(tmp_path / "data")
    registry.image()
    registry.export(tmp_path / "to", ParquetFormat())
    file = pq.ParquetFile(tmp_path / "to" / f"{table.name}.parquet")
    types = {"timestamp": pa.timestamp("ms", tz="UTC"), "date": pa.date32(), "boolean": pa.bool_()}
    for column in table.columns:
        found = file.schema_arrow.field(column.name)
        assert found.nullable == column.nullable
        assert found.metadata[b"about"].decode() == column.about
        assert types.get(column.kind, found.type) == found.type
        assert pa.types.is_dictionary(found.type) == column.few
    if file.metadata.num_row_groups:
        assert file.metadata.row_group(0).column(0).compression == "SNAPPY"


def test_parquet_of_many_rows_has_few_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.adapters.parquet_export.GROUP", 10)
    registry = Registry(tmp_path / "data")
    for _ in range(25):
        registry.image()
    registry.export(tmp_path / "to", ParquetFormat(), page=4)
    file = pq.ParquetFile(tmp_path / "to" / "images.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)] == [12, 12, 1]
