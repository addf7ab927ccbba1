"""``loupe replay``: run actors again; who waited for them follows."""

from collections.abc import Iterator
from pathlib import Path

import click

from loupe import settings
from loupe.grounds import AnyGround, local, open_ground, whereabouts
from loupe.options import data_option
from pipeline.engine import Engine
from pipeline.errors import Unknown

ALL_PARKED = 100_000
PAGE = 500
"""Images that are asked for at a time."""


@click.command()
@click.argument("names", nargs=-1, metavar="ID...")
@click.option("--actor", help="Run this actor again; without it, those that were parked.")
@click.option("--parked", is_flag=True, help="Every parked run there is.")
@click.option("--missing", is_flag=True, help="Steps that an earlier version of Loupe did not have.")
@data_option
def command(
    names: tuple[str, ...], actor: str | None, parked: bool, missing: bool, data: Path | None
) -> None:
    """Run actors again on images. A running `loupe up`, or AWS, does the work."""
    if [parked, missing, bool(names)].count(True) != 1:
        raise click.UsageError("Name images, or say --parked, or --missing.")
    if missing and actor:
        raise click.UsageError("--missing makes all due that an image lacks: leave --actor out.")
    base = open_ground(settings.load(data=data))
    engine = base.engine()
    if actor:
        engine.chain.actor(actor)  # Unknown where it is misspelt, also when nothing is parked
    runs = _named(base, engine, names, actor)
    if parked or missing:
        runs = _parked(base, engine, actor) if parked else _missing(base, engine)
    count = 0
    for image, actors in runs:
        count += len(actors)
        click.echo(f"{image}: {', '.join(actors) or 'nothing is parked; name an actor with --actor'}")
    click.echo(f"{count} runs are due again.")


def _named(
    base: AnyGround, engine: Engine, names: tuple[str, ...], actor: str | None
) -> Iterator[tuple[str, list[str]]]:
    for name in names:
        found = base.catalog.find(name)
        if not found:
            raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
        yield found.short, engine.replay(found.image, actor)


def _parked(base: AnyGround, engine: Engine, actor: str | None) -> Iterator[tuple[str, list[str]]]:
    rows = base.catalog.parked(ALL_PARKED)
    for image in dict.fromkeys(r.image for r in rows if actor in (None, r.actor)):
        yield image, engine.replay(image, actor)
    if not local(base):
        yield from _redriven(base, engine, actor)


def _redriven(base: AnyGround, engine: Engine, actor: str | None) -> Iterator[tuple[str, list[str]]]:
    """On AWS: the messages of what was just replayed leave the dead-letter queues."""
    from loupe.cloud.parked import parked
    from loupe.cloud.redriving import redrive

    queues = parked(base.settings, base.chain, actor)
    if not queues:
        click.echo(f"No dead-letter queue of {whereabouts(base)} was found; messages in them stay.", err=True)
    done = redrive(engine, queues.values())
    for image, name in done.replayed:
        yield image, [name]
    for count, which in ((done.running, "whose run has not ended"), (done.unreadable, "that name no run")):
        if count:
            click.echo(f"Messages {which} and stay in the dead-letter queues: {count}", err=True)


def _missing(base: AnyGround, engine: Engine) -> Iterator[tuple[str, list[str]]]:
    after = ""
    while images := base.ledger.images(after, PAGE):
        for image in images:
            if due := engine.catch_up(image):
                yield image, due
        after = images[-1]
