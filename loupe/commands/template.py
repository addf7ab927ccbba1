"""``loupe template``: print the SAM template."""

import json
from pathlib import Path

import click

from loupe.options import data_option
from loupe.template import template
from pipeline.chain import discover


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@data_option
def command(out: Path | None, data: Path | None) -> None:
    """Print the template of Loupe on AWS, generated from the actors' signatures.

    Looks at no data; --data is taken because every command takes it.
    """
    text = json.dumps(template(discover()), indent=2, ensure_ascii=False)
    if out:
        out.write_text(text + "\n")
    else:
        click.echo(text)
