"""Exports as one Tableau extract with all tables. The tables are written as Parquet and read in from there.

Needs tableauhyperapi, which is not among Loupe's own requirements (docs/export.md). It starts a server,
hyperd, which talks to this process alone, writes no log here and ends with it; it is told to report nothing.
Moments are UTC in columns without a zone, because Tableau does not take columns with one.
"""

import importlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.adapters.parquet_export import ParquetFiles, ParquetFormat
from pipeline.errors import Misconfigured, Unavailable
from pipeline.export import Row
from pipeline.export_schema import TABLES, Column, Kind, Table

TYPES: dict[Kind, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
MISSING = "The format hyper needs the package tableauhyperapi. Install it with: make hyper"


class HyperFormat:
    """``pipeline.export.Format``: one file with all tables."""

    name = "hyper"

    def __init__(self) -> None:
        """Raises ``Misconfigured`` where the package is missing."""
        self._api = _api()

    def names(self, part: int) -> dict[str, str]:
        """See ``Format.names``."""
        name = f"loupe-{part:06}.hyper" if part else "loupe.hyper"
        return {table.name: name for table in TABLES}

    def begin(self, folder: Path, part: int) -> "HyperFiles":
        """See ``Format.begin``."""
        return HyperFiles(self._api, folder / self.names(part)[TABLES[0].name])


class HyperFiles:
    """``pipeline.export.Files``."""

    def __init__(self, api: Any, file: Path) -> None:
        self._api, self._file = api, file
        self._folder = file.parent / "parquet"
        self._folder.mkdir()
        self._names = ParquetFormat().names(0)
        self._parquet = ParquetFiles(self._folder, self._names)

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """See ``Files.add``."""
        self._parquet.add(table, rows)

    def close(self) -> None:
        """See ``Files.close``."""
        self._parquet.close()
        try:
            self._load()
        except self._api.HyperException as fault:
            raise Unavailable(f"The extract cannot be written: {fault.main_message}.") from fault
        shutil.copymode(next(self._folder.iterdir()), self._file)  # hyperd lets nobody else read it
        shutil.rmtree(self._folder)

    def abandon(self) -> None:
        """See ``Files.abandon``."""
        self._parquet.abandon()

    def _load(self) -> None:
        quiet = self._api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
        unlogged = {"log_config": "", "log_dir": str(self._folder)}
        anew = self._api.CreateMode.CREATE_AND_REPLACE
        with (
            self._api.HyperProcess(quiet, parameters=unlogged) as server,
            self._api.Connection(server.endpoint, self._file, anew) as connection,
        ):
            for table in TABLES:
                source = self._api.escape_string_literal(str(self._folder / self._names[table.name]))
                connection.execute_command(created(table))
                connection.execute_command(filled(table, source))


def created(table: Table) -> str:
    """The statement that makes a table."""
    columns = (f'"{c.name}" {TYPES[c.kind]}{"" if c.nullable else " not null"}' for c in table.columns)
    return f'create table "{table.name}" ({", ".join(columns)})'


def filled(table: Table, source: str) -> str:
    """The statement that reads a Parquet file into it; ``source``: the file, as a literal."""
    columns = ", ".join(_read(column) for column in table.columns)
    return f"insert into \"{table.name}\" select {columns} from external({source}, format => 'parquet')"  # noqa: S608


def _read(column: Column) -> str:
    return f'"{column.name}"' + (" at time zone 'UTC'" if column.kind == "timestamp" else "")


def _api() -> Any:
    try:
        return importlib.import_module("tableauhyperapi")
    except ImportError:
        raise Misconfigured(MISSING) from None
