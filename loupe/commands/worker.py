"""``loupe worker``: the worker processes, a part of `loupe up`."""

from pathlib import Path

import click

from loupe import factory, logs, part, settings
from loupe.ground import ground, pulse
from loupe.options import data_option
from pipeline.workers import Pool


@click.command()
@click.option("--workers", type=int, help="Processes (LOUPE_WORKERS).")
@data_option
def command(workers: int | None, data: Path | None) -> None:
    """Run actors. Part of `loupe up`."""
    stop = part.begin()
    config = settings.load(data=data, workers=workers)
    logs.start_part(config.log_metrics)
    base = ground(config)
    Pool(base.engine(), factory.standing(config), config.workers, pulse(base, "worker")).run(stop)
