"""``loupe check``: run files through the chain and print each report."""

import json
import logging
import sys
from pathlib import Path

import click

from loupe import checking, factory, settings
from loupe.ground import ground
from loupe.options import data_option, json_option
from loupe.words import report_text
from pipeline.chain import discover
from pipeline.retry import IMPATIENT


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--only", metavar="ACTOR,...", help="Run just these actors and those they build on.")
@json_option
@data_option
def command(paths: tuple[Path, ...], only: str | None, as_json: bool, data: Path | None) -> None:
    """Run files through the chain and print each report.

    A folder is walked in name order. Exit status 1 when a run was parked.
    """
    logging.getLogger("loupe").setLevel(logging.ERROR)
    config = settings.load(data=data)
    wanted = tuple(only.replace(" ", "").split(",")) if only else ()
    base = ground(config, discover().upto(wanted) if wanted else None)
    found = checking.files(paths)
    engine = base.engine(IMPATIENT)
    images = checking.enter(engine, found)
    parked = False
    with (
        checking.workers(
            engine, factory.passing(config, wanted, IMPATIENT), min(config.workers, len(images)) or 1
        ),
        click.progressbar(
            checking.reports(base, images),
            length=len(images),
            label="Looking",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as finished,
    ):
        for report in finished:
            click.echo(json.dumps(report, ensure_ascii=False) if as_json else report_text(report) + "\n")
            parked |= any(row.parked for row in base.ledger.rows(report["id"]).values())
    sys.exit(1 if parked else 0)
