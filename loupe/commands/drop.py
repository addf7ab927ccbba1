"""``loupe drop``: takes in what lands in watched folders and buckets, a part of `loupe up`."""

from pathlib import Path

import click

from loupe import dropping, part, settings
from loupe.ground import ground
from loupe.options import data_option


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Take in what lands in watched folders and buckets. Part of `loupe up`."""
    stop = part.begin()
    dropping.watch(ground(settings.load(data=data)), stop)
