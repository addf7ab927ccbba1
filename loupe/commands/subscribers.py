"""``loupe subscribers``: who gets the digest by mail."""

from pathlib import Path

import click

from loupe import mail, settings
from loupe.ground import Ground, ground
from loupe.options import data_option
from pipeline.errors import Unknown
from pipeline.letters.mailbox import mailbox
from pipeline.mailing import Links
from pipeline.subscribers import Subscriber


@click.group()
@data_option
@click.pass_context
def command(context: click.Context, data: Path | None) -> None:
    """Who gets the daily digest by mail, besides the operators in LOUPE_MAIL_TO."""
    context.obj = data


@command.command("list")
@data_option
@click.pass_obj
def listed(given: Path | None, data: Path | None) -> None:
    """Every mailbox with its state: pending, confirmed, stopped or bounced."""
    for each in mail.subscribers(_base(data or given)).all():
        click.echo(line(each))


@command.command()
@click.argument("address")
@data_option
@click.pass_obj
def add(given: Path | None, address: str, data: Path | None) -> None:
    """Ask a mailbox whether it wants the digest. Nothing else goes there before its reader says yes.

    Without LOUPE_MAIL the link to confirm is printed instead.
    """
    base = _base(data or given)
    if mail.where(base.settings) is None:
        asked = mail.subscribers(base).ask(mailbox(address), "")
        click.echo(Links(base.settings.site, mail.tokens(base.settings)).confirm(asked.nonce))
        click.echo("LOUPE_MAIL is not set, so no letter goes out. This link confirms the mailbox.", err=True)
        return
    asked = mail.desk(base).ask(address, "")
    click.echo(f"A letter to {asked.mailbox} is in the outbox; `loupe up` sends it.")


@command.command()
@click.argument("address")
@data_option
@click.pass_obj
def confirm(given: Path | None, address: str, data: Path | None) -> None:
    """Confirm on your own word, for a mailbox whose reader told you so."""
    base, known = _base(data or given), mailbox(address)
    if not mail.subscribers(base).agree(known):
        raise Unknown(f"Nobody asked for {known}. Say `loupe subscribers add {known}` first.")
    click.echo(f"{known} gets the digest.")


@command.command()
@click.argument("address")
@data_option
@click.pass_obj
def remove(given: Path | None, address: str, data: Path | None) -> None:
    """Forget a mailbox, and what was to be sent to it."""
    base, known = _base(data or given), mailbox(address)
    if not mail.subscribers(base).remove(known):
        raise Unknown(f"{known} is no subscriber.")
    click.echo(f"{known} is forgotten.")


def line(one: Subscriber) -> str:
    """A subscriber on one line."""
    asker = f", asked for by {one.asker}" if one.asker else ""
    fault = f": {one.fault}" if one.fault else ""
    return f"{one.state:<9} {one.mailbox}, since {one.since:%Y-%m-%d %H:%M} UTC{asker}{fault}"


def _base(data: Path | None) -> Ground:
    return ground(settings.load(data=data))
