"""``loupe visitors``: who has signed in to upload."""

from pathlib import Path

import click

from loupe import settings, visits
from loupe.ground import Ground, ground
from loupe.options import data_option
from pipeline.errors import Unknown
from pipeline.letters.mailbox import mailbox
from pipeline.visitors import Visitor

SHOWN = 1_000
"""Images of one person that are counted singly."""


@click.group()
@data_option
@click.pass_context
def command(context: click.Context, data: Path | None) -> None:
    """Who has signed in to upload pictures."""
    context.obj = data


@command.command("list")
@data_option
@click.pass_obj
def listed(given: Path | None, data: Path | None) -> None:
    """Everybody with their mailbox, their Slack account and how many images they uploaded."""
    base = _base(data or given)
    for each in visits.visitors(base).all():
        click.echo(line(each, count(base, each)))


@command.command()
@click.argument("address")
@data_option
@click.pass_obj
def forget(given: Path | None, address: str, data: Path | None) -> None:
    """Forget a mailbox: its sessions end, and nothing says any more whose images those are.

    The images stay. `loupe erase` removes them; say it before you forget whose they are.
    """
    base, known = _base(data or given), mailbox(address)
    gone = visits.visitors(base).erase(known)
    if gone is None:
        raise Unknown(f"{known} has never signed in.")
    click.echo(f"{known} is forgotten. Images that stay: {count(base, gone)}, of {gone.id}.")


def line(one: Visitor, images: str) -> str:
    """A visitor on one line."""
    slack = f"Slack {one.team}/{one.user}" if one.user else ""
    return f"{one.id}  {', '.join(filter(None, (one.mailbox, slack)))}, images: {images}"


def count(base: Ground, one: Visitor) -> str:
    """How many images somebody uploaded."""
    found = len(base.catalog.of_person("", one.id, SHOWN))
    return f"{found:,}{' or more' if found == SHOWN else ''}"


def _base(data: Path | None) -> Ground:
    return ground(settings.load(data=data))
