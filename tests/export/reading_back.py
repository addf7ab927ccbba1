"""Reads exports back by programs that know nothing of Loupe: the csv module, Arrow, Tableau's library."""

import csv
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.export_schema import TABLES, Table

HYPER = Path(__file__).parents[1] / ".hyper"
Read = dict[str, list[dict[str, Any]]]
"""The rows of each table, by column."""
NULL = ""
"""What a null looks like once the csv module has read it."""


def need_hyper() -> None:
    """Tableau's library can be imported afterwards; else skip, but never in CI."""
    if not (HYPER / ".installed").exists():
        words = "Tableau's library is missing: run .ci/tools"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    if str(HYPER) not in sys.path:
        sys.path.append(str(HYPER))


def from_csv(folder: Path, part: int = 0) -> Read:
    """The tables of an export as CSV; texts stay as they stand there, nulls of texts are empty."""
    return {table.name: _csv(folder / _name(table, part, "csv"), table) for table in TABLES}


def from_parquet(folder: Path, part: int = 0) -> Read:
    """The tables of an export as Parquet."""
    names = {table.name: folder / _name(table, part, "parquet") for table in TABLES}
    return {name: pq.ParquetFile(path).read().to_pylist() for name, path in names.items()}


def from_hyper(file: Path) -> Read:
    """The tables of an extract."""
    need_hyper()
    import tableauhyperapi as api

    silent = api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with (
        api.HyperProcess(silent, parameters={"log_config": "", "log_dir": str(file.parent)}) as server,
        api.Connection(server.endpoint, file) as connection,
    ):
        return {table.name: _hyper(connection, table) for table in TABLES}


def _name(table: Table, part: int, suffix: str) -> str:
    return f"{table.name}-{part:06}.{suffix}" if part and table.parted else f"{table.name}.{suffix}"


def _csv(path: Path, table: Table) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, strict=True)
    assert tuple(header) == table.names
    read: dict[str, Callable[[str], Any]] = {
        "text": str,
        "integer": int,
        "number": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": date.fromisoformat,
        "timestamp": lambda cell: datetime.fromisoformat(cell.replace("Z", "+00:00")),
    }
    return [
        {
            column.name: (None if cell == NULL and column.kind != "text" else read[column.kind](cell))
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in rows
    ]


def _hyper(connection: Any, table: Table) -> list[dict[str, Any]]:
    names = [column.name.unescaped for column in connection.catalog.get_table_definition(table.name).columns]
    rows = connection.execute_list_query(f'select * from "{table.name}"')
    return [{name: _plain(cell) for name, cell in zip(names, row, strict=True)} for row in rows]


def _plain(cell: Any) -> Any:
    if hasattr(cell, "to_datetime"):
        return cell.to_datetime().replace(tzinfo=UTC)
    return cell.to_date() if hasattr(cell, "to_date") else cell
