"""Exporting: everything, or what has changed, from the ledger through a format into a folder."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.errors import Unavailable
from pipeline.export import Exported, File, Files, Folder, Format, Mark, Order, Row, Source, Turn, turn
from pipeline.export_rows import day_row, erased_row, image_rows, result_rows, step_row
from pipeline.export_schema import DAYS, ERASED, IMAGES, RESULTS, STEPS, TABLES, Table
from pipeline.figures import EVERYTHING, Day, Numbers

TRIES = 3
Told = Callable[[int, int], object]
"""Called with the number of images that were written since the last call, and how many there are in all."""


def silent(written: int, of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an export did."""

    exported: Exported
    """What stands in the folder now."""
    rows: dict[str, int]
    """Written by this run, per table; empty where nothing had changed."""
    part: int | None
    """The part that was written; None where nothing had changed, 0 for a whole export."""


@dataclass
class _Counted:
    """Files that count their rows."""

    files: Files
    rows: dict[str, int] = field(default_factory=lambda: {table.name: 0 for table in TABLES})

    def add(self, table: Table, rows: list[Row]) -> None:
        self.files.add(table, rows)
        self.rows[table.name] += len(rows)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports one ledger."""

    source: Source
    numbers: Numbers

    def run(self, order: Order, format: Format, folder: Folder, told: Told = silent) -> Done:
        """Write what is due; the folder has all of it afterwards, or what it had before.

        What is erased meanwhile makes it begin anew, so that no erased image gets into the folder.
        """
        for _ in range(TRIES):
            mark, last = self.source.mark(), folder.last()
            due = turn(order, last, mark, stands=last is not None and folder.stands(last))
            if due is None and last is not None:
                return Done(last, {}, None)
            assert due is not None  # nothing is due only where something stands
            new = folder.prepare(format.names(due.part).values())
            rows = self._write(order, due, mark, format.begin(new, due.part), told)
            if self.source.mark().erased == mark.erased:
                return _committed(order, due, mark, format, folder, new, rows, last)
        raise Unavailable(
            "Pictures were erased again and again while they were exported. Export again later."
        )

    def _write(self, order: Order, due: Turn, mark: Mark, files: Files, told: Told) -> dict[str, int]:
        counted = _Counted(files)
        try:
            self._images(order, due, mark, counted, told)
            self._figures(order, counted)
            gone = [erased_row(image, at) for image, at in self.source.erased()]
            counted.add(ERASED, gone)
            files.close()
        except BaseException:
            with suppress(Exception):
                files.abandon()
            raise
        return counted.rows

    def _images(self, order: Order, due: Turn, mark: Mark, files: _Counted, told: Told) -> None:
        of = self.source.count(due.after)
        for page in self.source.pages(due.after, mark.number, _start(order.since, order.zone)):
            files.add(IMAGES, image_rows(page.images, order, due.part))
            files.add(RESULTS, result_rows(page.results, due.part))
            told(len(page.images), of)

    def _figures(self, order: Order, files: _Counted) -> None:
        for day in self.source.days(order.zone, _start(order.since, order.zone)):
            for scope in (EVERYTHING, *self.source.scopes(day)):
                [figures] = self.numbers.days(scope, [day])
                if figures.images:
                    files.add(DAYS, [day_row(scope, figures)])
            files.add(STEPS, [step_row(day, step) for step in self.numbers.steps(day)])


def _start(since: date | None, zone: str) -> float:
    """Seconds since the epoch."""
    return Day(since, zone).start if since else 0.0


def _committed(
    order: Order,
    due: Turn,
    mark: Mark,
    format: Format,
    folder: Folder,
    new: Path,
    rows: dict[str, int],
    last: Exported | None,
) -> Done:
    """Let the new files take their places; parts before this one stay unless everything was written anew."""
    names = format.names(due.part)
    alone = len(set(names.values())) > 1
    files = {
        name: File(table if alone else "", rows[table] if alone else sum(rows.values()), _size(new / name))
        for table, name in names.items()
    }
    before = last.files if last and due.after is not None else {}
    exported = Exported(order.shape, mark, due.part, {**before, **files})
    folder.commit(exported)
    return Done(exported, rows, due.part)


def _size(path: Path) -> int:
    return path.stat().st_size
