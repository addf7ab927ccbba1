"""``loupe manifest``: print the Slack app manifest."""

import json
from pathlib import Path

import click

from bot.manifest import manifest
from loupe.options import data_option


@click.command()
@click.option("--address", metavar="URL", help="Your public https address, for HTTP instead of Socket Mode.")
@data_option
def command(address: str | None, data: Path | None) -> None:
    """Print the manifest from which Slack makes the app; every scope in it is in use.

    Looks at no data; --data is taken because every command takes it.
    """
    click.echo(json.dumps(manifest(address), indent=2))
