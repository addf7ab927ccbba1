"""``loupe flow``: print docs/flow.md."""

from pathlib import Path

import click

from loupe.options import data_option
from pipeline.chain import discover
from pipeline.flow import flow


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Print docs/flow.md, generated from the actors' signatures.

    Looks at no data; --data is taken because every command takes it.
    """
    click.echo(flow(discover()), nl=False)
