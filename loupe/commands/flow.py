"""``loupe flow``: print docs/flow.md."""

import click

from pipeline.chain import discover
from pipeline.flow import flow


@click.command()
def command() -> None:
    """Print docs/flow.md, generated from the actors' signatures."""
    click.echo(flow(discover()), nl=False)
