"""``loupe alt``: the words for those who cannot see a picture."""

from pathlib import Path

import click

from loupe import settings
from loupe.grounds import AnyGround, open_ground, whereabouts
from loupe.options import data_option
from pipeline.alt import written
from pipeline.errors import Unknown

ACTOR = "publish_image"
"""Reads the note, so it is the one to run again."""


@click.command()
@click.argument("name", metavar="ID")
@click.argument("words", required=False)
@click.option("--clear", is_flag=True, help="Take a person's words back; what is known is said again.")
@data_option
def command(name: str, words: str | None, clear: bool, data: Path | None) -> None:
    """Print the description of an image, or set it to WORDS. The page is updated by `loupe up`, or on AWS."""
    if clear and words is not None:
        raise click.UsageError("Say either words or --clear.")
    base = open_ground(settings.load(data=data))
    found = base.catalog.find(name)
    if not found:
        raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
    if words is None and not clear:
        _show(base, found.image)
    else:
        _change(base, found.image, words)


def _show(base: AnyGround, image: str) -> None:
    note = base.notes.get(image, "alt")
    told = base.catalog.report(image)["alt"]
    if note:
        click.echo(note.text)
        click.echo("Written by a person." if told == note.text else "Not on a page yet.", err=True)
    elif told:
        click.echo(told)
        click.echo("Made of what is known.", err=True)
    else:
        click.echo("The image is not published, and nobody has described it.", err=True)


def _change(base: AnyGround, image: str, words: str | None) -> None:
    """The note first, durably: whatever publishes the image from then on reads it."""
    notes = base.notes
    if words is None:
        notes.clear(image, "alt")
    else:
        notes.set(image, "alt", written(words))
    due = base.engine().replay(image, ACTOR)
    said = "Taken back" if words is None else "Noted"
    click.echo(f"{said}. {'The page is made anew.' if due else 'It counts once the image is published.'}")
