"""``loupe mark``: put the invisible watermark into a picture."""

import secrets
import sys
from pathlib import Path

import click

from loupe import marking, settings
from loupe.options import data_option

PAYLOAD_BITS = 64


class Payload(click.ParamType[int]):
    """A number of 64 bits, in hexadecimal."""

    name = "hex"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; a usage error when it is none, or too large."""
        try:
            number = int(str(value), 16)
        except ValueError:
            number = -1
        if not 0 <= number < 1 << PAYLOAD_BITS:
            self.fail(f"{value!r} is not a number of at most 16 hexadecimal digits.", param, ctx)
        return number


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--payload",
    type=Payload(),
    help="The number that the mark carries, at most 16 hexadecimal digits; without it a random one.",
)
@data_option
def command(source: Path, target: Path, payload: int | None, data: Path | None) -> None:
    """Write SOURCE with an invisible watermark to TARGET (.jpg, .png, .webp or .avif), and read it back.

    Exit status 1 when the mark does not hold in the finished file.
    """
    number = secrets.randbits(PAYLOAD_BITS) if payload is None else payload
    found = marking.mark(source, target, number, settings.load(data=data))
    click.echo(f"{target}: {marking.mark_text(found)}")
    sys.exit(0 if found.payload == number else 1)
