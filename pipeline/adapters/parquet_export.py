"""Exports as Parquet: typed columns, moments in UTC, words that come again and again as dictionaries.

Compressed with Snappy, which every reader knows; zstd would be a fifth smaller.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.export import Row, filename
from pipeline.export_schema import TABLES, Column, Kind, Table

GROUP = 50_000
"""Rows in a row group, about: so many are held in memory, per table, as Arrow has them."""
TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("ms", tz="UTC"),
}


class ParquetFormat:
    """``pipeline.export.Format``: a file per table."""

    name = "parquet"

    def names(self, part: int) -> dict[str, str]:
        """See ``Format.names``."""
        return {table.name: filename(table, part, ".parquet") for table in TABLES}

    def begin(self, folder: Path, part: int) -> "ParquetFiles":
        """See ``Format.begin``."""
        return ParquetFiles(folder, self.names(part))


class ParquetFiles:
    """``pipeline.export.Files``."""

    def __init__(self, folder: Path, names: dict[str, str]) -> None:
        self._writers = {
            table.name: pq.ParquetWriter(folder / names[table.name], arrow(table), compression="snappy")
            for table in TABLES
        }
        self._waiting: dict[str, list[pa.RecordBatch]] = {table.name: [] for table in TABLES}

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """See ``Files.add``."""
        if rows:
            waiting = self._waiting[table.name]
            waiting.append(_batch(table, rows))
            if sum(batch.num_rows for batch in waiting) >= GROUP:
                self._write(table)

    def close(self) -> None:
        """See ``Files.close``."""
        for table in TABLES:
            self._write(table)
            self._writers[table.name].close()

    def abandon(self) -> None:
        """See ``Files.abandon``."""
        for writer in self._writers.values():
            with suppress(OSError):
                writer.close()

    def _write(self, table: Table) -> None:
        batches = self._waiting[table.name]
        if batches:
            self._writers[table.name].write_table(pa.Table.from_batches(batches).cast(arrow(table)))
            batches.clear()


def arrow(table: Table) -> pa.Schema:
    """The table's columns as Arrow has them; each carries its description."""
    fields = [
        pa.field(each.name, _type(each), each.nullable, metadata={"about": each.about, "unit": each.unit})
        for each in table.columns
    ]
    return pa.schema(fields, metadata={"about": table.about})


def _type(column: Column) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if column.few else TYPES[column.kind]


def _batch(table: Table, rows: Sequence[Row]) -> pa.RecordBatch:
    """The rows with plain columns; what is to be a dictionary becomes one for a whole row group."""
    columns = zip(table.columns, zip(*rows, strict=True), strict=True)
    arrays = [pa.array(cells, TYPES[column.kind]) for column, cells in columns]
    return pa.record_batch(arrays, names=table.names)
