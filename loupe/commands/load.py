"""``loupe load``: many pictures at once, and a count of what came back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from loupe import checking
from loupe.loading import Outcome, load
from loupe.options import data_option, json_option
from sandbox.testing import Control


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="Pictures to send.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--to", type=click.Choice(["slack"]), default="slack", help="Where to: the sandbox Slack.")
@click.option("--url", default="http://127.0.0.1:8081", show_default=True, help="The sandbox's address.")
@click.option("--patience", type=float, default=600, show_default=True, help="Seconds to wait for cards.")
@json_option
@data_option
def command(
    path: Path,
    count: int,
    concurrency: int,
    to: str,
    url: str,
    patience: float,
    as_json: bool,
    data: Path | None,
) -> None:
    """Post pictures from PATH to the sandbox and wait for their cards."""
    files = checking.files([path])
    if not files:
        raise click.UsageError(f"There is no file below {path}.")
    with click.progressbar(
        length=count, label="Cards", file=sys.stderr, hidden=as_json or not sys.stderr.isatty()
    ) as bar:
        outcome = load(Control(url.rstrip("/")), files, count, concurrency, patience, bar.update)
    click.echo(_json(outcome) if as_json else _text(outcome))
    sys.exit(1 if outcome.missing or outcome.doubled or outcome.errors else 0)


def _text(outcome: Outcome) -> str:
    rate = len(outcome.seconds) / outcome.wall
    times = ", ".join(f"p{p} {outcome.quantile(p):.2f} s" for p in (50, 95, 99))
    errors = ", ".join(f"{n} x {kind}" for kind, n in outcome.errors.items()) or "none"
    return (
        f"{outcome.sent} sent, {len(outcome.seconds)} cards, {outcome.missing} missing,"
        f" {outcome.doubled} doubled, {rate:.1f}/s\nPost to card: {times}\nErrors: {errors}"
    )


def _json(outcome: Outcome) -> str:
    found = asdict(outcome) | {"missing": outcome.missing}
    found |= {f"p{p}": outcome.quantile(p) for p in (50, 95, 99)}
    del found["seconds"]
    return json.dumps(found)
