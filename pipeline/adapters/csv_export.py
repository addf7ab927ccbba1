"""Exports as CSV: RFC 4180, UTF-8 without a mark, a header, ISO 8601, ``true`` and ``false``.

Text is always quoted and nothing else is, so an empty text (``""``) and a null (nothing) differ. A text that
a spreadsheet would take for a formula gets an apostrophe in front: a camera's name comes from whoever made
the file (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from pipeline.export import Row, filename
from pipeline.export_schema import TABLES, Kind, Table

RISKY = frozenset("=+-@\t\r\n\0＝＋－＠") | {chr(code) for code in range(32)}
"""First characters that make a spreadsheet calculate, or that it drops before it looks."""


class CsvFormat:
    """``pipeline.export.Format``: a file per table."""

    name = "csv"

    def names(self, part: int) -> dict[str, str]:
        """See ``Format.names``."""
        return {table.name: filename(table, part, ".csv") for table in TABLES}

    def begin(self, folder: Path, part: int) -> "CsvFiles":
        """See ``Format.begin``."""
        return CsvFiles(folder, self.names(part))


class CsvFiles:
    """``pipeline.export.Files``."""

    def __init__(self, folder: Path, names: dict[str, str]) -> None:
        self._open: dict[str, TextIOWrapper] = {}
        for table in TABLES:
            stream = (folder / names[table.name]).open("w", encoding="utf-8", newline="")
            self._open[table.name] = stream
            stream.write(",".join(table.names) + "\r\n")

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """See ``Files.add``."""
        spell = [SPELLED[column.kind] for column in table.columns]
        self._open[table.name].writelines(
            ",".join(["" if cell is None else say(cell) for say, cell in zip(spell, row, strict=True)])
            + "\r\n"
            for row in rows
        )

    def close(self) -> None:
        """See ``Files.close``."""
        for stream in self._open.values():
            stream.close()

    def abandon(self) -> None:
        """See ``Files.abandon``."""
        for stream in self._open.values():
            with suppress(OSError):  # what is still in its buffer may find no room
                stream.close()


def text(value: str) -> str:
    """A text as a quoted cell, harmless in a spreadsheet."""
    safe = f"'{value}" if value[:1] in RISKY else value
    return '"' + safe.replace('"', '""') + '"'


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds")[:-6] + "Z"


SPELLED: dict[Kind, Callable[[Any], str]] = {
    "text": text,
    "integer": str,
    "number": repr,
    "boolean": _yes,
    "date": date.isoformat,
    "timestamp": _moment,
}
