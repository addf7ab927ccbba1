"""``loupe load``: many pictures at once, and a check of what came back."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import uuid4

import click

from loupe import checking, loading, settings
from loupe.distinct import Copy, distinct, same
from loupe.ground import ground
from loupe.loading_check import Outcome, Target, load, quantile
from loupe.loading_http import Elsewhere, Local
from loupe.loading_s3 import Objects
from loupe.options import data_option, json_option
from sandbox.testing import Control

SANDBOX, SITE = "http://127.0.0.1:8081", "http://127.0.0.1:8080"
PERCENT = (50, 95, 99)
Tick = Callable[[int], None]
Said = tuple[str, dict[str, Any], bool]
"""For people, for programs, and was all well?"""


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="Pictures to send.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option(
    "--to", type=click.Choice(["slack", "http", "s3"]), default="slack", show_default=True,
    help="Where to: the sandbox Slack, an upload site, a watched bucket (on AWS: the store bucket).",
)  # fmt: skip
@click.option("--url", help=f"Where that is: {SANDBOX}, {SITE} or s3://bucket/prefix.")
@click.option("--same", "as_is", is_flag=True, help="Send files as they are, instead of distinct copies.")
@click.option("--cookie", type=click.File(), help="For a site elsewhere: a file with a session's name=value.")
@click.option(
    "--patience", type=float, default=600, show_default=True,
    help="Seconds to wait: for all cards, or for the next report.",
)  # fmt: skip
@json_option
@data_option
def command(
    path: Path | None,
    count: int,
    concurrency: int,
    to: str,
    url: str | None,
    as_is: bool,
    cookie: IO[str] | None,
    patience: float,
    as_json: bool,
    data: Path | None,
) -> None:
    """Send pictures from PATH (http, s3: drawn, without it), and look at what became of each."""
    label = "Cards" if to == "slack" else "Reports"
    with ExitStack() as open_:
        if path is None and to == "slack":
            raise click.UsageError("Say which pictures to post: PATH.")
        files = checking.files([path or _drawn(open_)])
        if not files:
            raise click.UsageError(f"There is no file below {path}.")
        hidden = as_json or not sys.stderr.isatty()
        bar = open_.enter_context(
            click.progressbar(length=count, label=label, file=sys.stderr, hidden=hidden, show_pos=True)
        )
        if to == "slack":
            said = _slack(url or SANDBOX, files, count, concurrency, patience, bar.update)
        else:
            target = _site(url or SITE, cookie, data) if to == "http" else _objects(url, data)
            found = load(_copies(files, count, as_is), target, concurrency, patience, bar.update)
            said = _told(found)
    text, facts, well = said
    click.echo(json.dumps(facts) if as_json else text)
    sys.exit(0 if well else 1)


def _drawn(open_: ExitStack) -> Path:
    from loupe.drawn import draw  # and with it what computes on pixels; only where it is used

    return draw(Path(open_.enter_context(TemporaryDirectory())))


def _copies(files: Sequence[Path], count: int, as_is: bool) -> Iterator[Copy]:
    run = uuid4().hex
    for number, file in enumerate(islice(cycle(files), count)):
        yield same(file) if as_is else distinct(file, f"loupe load {run} {number}")


def _site(url: str, cookie: IO[str] | None, data: Path | None) -> Target:
    """Here by the data folder; elsewhere by the session of somebody who signed in."""
    if cookie:
        return Elsewhere(url, cookie.read().strip())
    return Local(ground(settings.load(data=data)), url.rstrip("/"))


def _objects(url: str | None, data: Path | None) -> Target:
    """A watched bucket, or on AWS the drop of the store bucket."""
    config = settings.load(data=data)
    if url or not config.table:
        return Objects(url or "")
    from loupe.cloud.ground import cloud  # and with it what speaks with AWS; only where it is used
    from loupe.cloud.loading import Dropped

    return Dropped(cloud(config))


def _slack(
    url: str, files: Sequence[Path], count: int, concurrency: int, patience: float, tick: Tick
) -> Said:
    outcome = loading.load(Control(url.rstrip("/")), files, count, concurrency, patience, tick)
    rate = len(outcome.seconds) / outcome.wall
    times = {f"p{p}": outcome.quantile(p) for p in PERCENT}
    text = (
        f"{outcome.sent} sent, {len(outcome.seconds)} cards, {outcome.missing} missing,"
        f" {outcome.doubled} doubled, {rate:.1f}/s\nPost to card: {_times(times)}\n"
        f"Errors: {_kinds(outcome.errors)}"
    )
    facts = asdict(outcome) | {"missing": outcome.missing} | times
    del facts["seconds"]
    return text, facts, not (outcome.missing or outcome.doubled or outcome.errors)


def _told(found: Outcome) -> Said:
    differences = found.differences()
    upload = {f"p{p}": quantile(found.uploads, p) for p in PERCENT}
    settled = {f"p{p}": quantile(found.settling, p) for p in PERCENT}
    text = (
        f"{len(found.sent)} sent, {len(found.seen)} settled, {differences.total()} differences,"
        f" {found.rate:.1f} MB/s, {len(found.seen) / max(found.wall, 1e-9):.1f}/s\n"
        f"Upload: {_times(upload)}\nUpload to settled: {_times(settled)}\n"
        f"Errors: {_kinds(found.errors)}\nDifferences: {_kinds(differences)}"
    )
    facts = {"sent": len(found.sent), "settled": len(found.seen), "differences": dict(differences)}
    facts |= {"errors": dict(found.errors), "mb_per_second": found.rate, "wall": found.wall}
    facts |= {"upload": upload, "upload_to_settled": settled}
    return text, facts, not (differences or found.errors)


def _times(times: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in times.items())


def _kinds(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{n} x {kind}" for kind, n in counted.items()) or "none"
