"""``loupe manifest``: print the Slack app manifest."""

import json

import click

from bot.manifest import manifest


@click.command()
@click.option("--address", metavar="URL", help="Your public https address, for HTTP instead of Socket Mode.")
def command(address: str | None) -> None:
    """Print the manifest from which Slack makes the app; every scope in it is in use."""
    click.echo(json.dumps(manifest(address), indent=2))
