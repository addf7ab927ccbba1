"""Joins exports to the ledger: from settings and the command line to an exporter, a format and a folder."""

import logging
from collections.abc import Callable
from pathlib import Path

from loupe.ground import Ground
from pipeline.adapters import export_folder
from pipeline.adapters.csv_export import CsvFormat
from pipeline.adapters.sqlite_export import SqliteExport
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.errors import Unsuitable
from pipeline.export import Format, Order
from pipeline.exporting import Done, Exporter, Told, silent

KEPT = ("store", "public", "archive", "cache")
"""Folders below the data folder that have another use."""
log = logging.getLogger("loupe.export")


def _parquet() -> Format:
    """Arrow is loaded only where it is wanted: the clock, which can export, never ends."""
    from pipeline.adapters.parquet_export import ParquetFormat

    return ParquetFormat()


def _hyper() -> Format:
    from pipeline.adapters.hyper_export import HyperFormat

    return HyperFormat()


FORMATS: dict[str, Callable[[], Format]] = {"csv": CsvFormat, "parquet": _parquet, "hyper": _hyper}


def export(base: Ground, to: Path, order: Order, told: Told = silent) -> Done:
    """Export into a folder. Raises ``Misconfigured``, ``Unsuitable`` or ``Unavailable`` with words."""
    _suitable(base.settings.data, to)
    format = FORMATS[order.format]()
    with export_folder.held(to, order.format) as folder:
        return exporter(base).run(order, format, folder, told)


def exporter(base: Ground) -> Exporter:
    """Exports this ledger."""
    return Exporter(SqliteExport(base.database), SqliteNumbers(base.database))


def export_due(base: Ground) -> None:
    """Export as the settings say, for the clock; nothing where they say no folder. Harmless to do twice."""
    settings = base.settings
    if settings.export_to is None:
        return
    order = Order(settings.export_format, settings.timezone, settings.page_location != "none")
    done = export(base, settings.export_to, order)
    log.info("Exported to %s: %s", settings.export_to, done.rows or "nothing had changed")


def _suitable(data: Path, to: Path) -> None:
    """Not where Loupe keeps what it lives on, least of all where everybody can read it."""
    target, home = to.resolve(), data.resolve()
    if target == home or any(target.is_relative_to(home / name) for name in KEPT):
        raise Unsuitable(f"{to} belongs to Loupe itself. Name another folder with --to.")
