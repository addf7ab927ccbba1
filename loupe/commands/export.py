"""``loupe export``: images, results and daily figures as tables for other programs."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from loupe import settings
from loupe.exporting import FORMATS, export, exporter
from loupe.ground import Ground, ground
from loupe.options import data_option, json_option
from pipeline.export import Order
from pipeline.exporting import Done
from pipeline.text import size

TO = "Folder to write to (LOUPE_EXPORT_TO, else export/ in the data folder)."
FORMAT = "Kind of file (LOUPE_EXPORT_FORMAT, else csv)."


@click.command()
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help=FORMAT)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help=TO)
@click.option("--incremental", is_flag=True, help="Write what changed into files of its own.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only what came in from that day on.",
)
@click.option("--full", is_flag=True, help="Begin anew, even where nothing changed.")
@json_option
@data_option
def command(
    kind: str | None,
    to: Path | None,
    incremental: bool,
    since: datetime | None,
    full: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Write images, results and daily figures as tables for Tableau and other programs.

    Whole tables take the place of those of the last export; --incremental adds a part with what has changed.
    """
    base = ground(settings.load(data=data))
    folder = to or base.settings.export_to or base.settings.data / "export"
    order = Order(
        format=kind or base.settings.export_format,
        zone=base.settings.timezone,
        places=base.settings.page_location != "none",
        since=since.date() if since else None,
        parts=incremental,
        full=full,
    )
    done = _run(base, folder, order, quiet=as_json)
    click.echo(_json(done, folder, order) if as_json else _text(done, folder))


def _run(base: Ground, folder: Path, order: Order, *, quiet: bool) -> Done:
    if lacking := exporter(base).source.lacking():
        click.echo(f"Without facts, and so not exported: {lacking} of an earlier version.", err=True)
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=0, label="Images", file=sys.stderr, hidden=hidden) as bar:

        def told(written: int, of: int) -> None:
            bar.length = of
            bar.update(written)

        return export(base, folder, order, told)


def _text(done: Done, folder: Path) -> str:
    if done.part is None:
        return f"Nothing has changed since the last export to {folder}."
    rows = ", ".join(f"{name} {count:,}" for name, count in done.rows.items())
    part = f"part {done.part}, " if done.part else ""
    return f"Written to {folder}: {part}{rows} rows; {size(_bytes(done))} in all."


def _json(done: Done, folder: Path, order: Order) -> str:
    told: dict[str, object] = {"format": order.format, "to": str(folder), "part": done.part}
    told |= {"unchanged": done.part is None, "cursor": done.exported.mark.number}
    told |= {"rows": done.rows, "bytes": _bytes(done)}
    files = [
        {"name": name, "table": file.table or None, "rows": file.rows, "bytes": file.bytes}
        for name, file in done.exported.files.items()
    ]
    return json.dumps(told | {"files": files})


def _bytes(done: Done) -> int:
    return sum(file.bytes for file in done.exported.files.values())
