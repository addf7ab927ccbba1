"""``loupe sinks``: who hears the news, how they are doing, and what to do about it."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import click

from loupe import news, roster, settings
from loupe.ground import Ground, ground
from loupe.options import data_option, json_option
from loupe.sinks import sinks
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import LoupeError, Unknown, Unsuitable
from pipeline.news import Sink

NOBODY = "Nobody hears the news yet: LOUPE_SINKS (docs/news.md) says who should."


@click.group()
@data_option
@click.pass_context
def command(context: click.Context, data: Path | None) -> None:
    """Who hears the news: list, test, replay, drop."""
    context.obj = data


@command.command("list")
@json_option
@data_option
@click.pass_obj
def list_(given: Path | None, as_json: bool, data: Path | None) -> None:
    """Every sink: what it wants, the state of its breaker, what is due, sent and parked, the last fault."""
    base = _ground(data or given)
    rows = list(roster.roster(sinks(base.settings.sinks), SqliteOutbox(base.database).standings()))
    told = [json.dumps(asdict(row), ensure_ascii=False) for row in rows] if as_json else roster.table(rows)
    for line in told:
        click.echo(line)
    if not rows:
        click.echo(NOBODY, err=True)


@command.command()
@click.argument("name")
@data_option
@click.pass_obj
def test(given: Path | None, name: str, data: Path | None) -> None:
    """Send a piece of kind `test` to the sink NAME at once. Exit status 1 when it is not taken."""
    base = _ground(data or given)
    sink, began = _sink(base, name), time.monotonic()
    try:
        news.try_out(base, sink, uuid4().hex)
    except LoupeError as fault:
        click.echo(f"{name} did not take it: {fault.words}")
        sys.exit(1)
    click.echo(f"{name} took it ({roster.host(sink)}, {time.monotonic() - began:.2f} s).")


@command.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="All sinks.")
@data_option
@click.pass_obj
def replay(given: Path | None, name: str | None, every: bool, data: Path | None) -> None:
    """Make parked deliveries of the sink NAME due again, and let a sink that is open or paused be tried."""
    if bool(name) == every:
        raise click.UsageError("Name a sink, or say --all.")
    base = _ground(data or given)
    outbox = SqliteOutbox(base.database)
    known = [standing.sink for standing in outbox.standings()]
    if name and name not in known and name not in base.settings.sinks:
        raise Unknown(f"There is no sink '{name}'. `loupe sinks list` names them.")
    for each in known if every else [str(name)]:
        click.echo(f"{each}: {outbox.replay(each)} parked deliveries are due again.")


@command.command()
@click.argument("name")
@data_option
@click.pass_obj
def drop(given: Path | None, name: str, data: Path | None) -> None:
    """Forget the sink NAME, which no setting names any more, with all that was due or parked for it."""
    base = _ground(data or given)
    if name in base.settings.sinks or name in roster.BUILT_IN:
        raise Unsuitable(f"The sink '{name}' is in use. Take it out of LOUPE_SINKS first.")
    outbox = SqliteOutbox(base.database)
    if name not in [standing.sink for standing in outbox.standings()]:
        raise Unknown(f"There is no sink '{name}'. `loupe sinks list` names them.")
    click.echo(f"{name} is forgotten, with {outbox.drop(name)} deliveries.")


def _ground(data: Path | None) -> Ground:
    return ground(settings.load(data=data))


def _sink(base: Ground, name: str) -> Sink:
    found = [sink for sink in sinks(base.settings.sinks) if sink.name == name]
    if not found:
        raise Unknown(f"There is no sink '{name}' in LOUPE_SINKS. `loupe sinks list` names them.")
    return found[0]
