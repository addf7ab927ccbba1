"""``loupe news``: sends news to the sinks, a part of `loupe up`."""

from pathlib import Path

import click

from loupe import news, part, settings
from loupe.ground import ground
from loupe.options import data_option


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Send news to webhooks, mailboxes and other sinks. Part of `loupe up`."""
    stop = part.begin()
    news.sender(ground(settings.load(data=data))).run(stop)
    stop.wait()
