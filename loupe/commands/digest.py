"""``loupe digest``: what happened on a day, for a terminal, as a chart, and for all who get digests."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from loupe import digests, settings
from loupe.digest_books import draft
from loupe.digest_text import text
from loupe.ground import Ground, ground, occupied
from loupe.options import data_option, json_option
from pipeline import chart, digest
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.errors import Misconfigured, Unknown
from pipeline.figures import EVERYTHING, Day, Scope
from pipeline.news import MAIL, SLACK, Address

FILE = click.Path(dir_okay=False, path_type=Path)
NOBODY = "nobody hears it; LOUPE_OPERATORS_CHANNEL, LOUPE_MAIL_TO and LOUPE_SINKS name who does"


@click.command()
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day (today).", metavar="YYYY-MM-DD"
)
@click.option("--channel", help="Only this Slack channel.", metavar="ID")
@click.option("--send", is_flag=True, help="Send it to all who get digests, also where it was sent before.")
@click.option(
    "--chart", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Write the chart (PNG)."
)
@json_option
@data_option
def command(
    on: datetime | None,
    channel: str | None,
    send: bool,
    picture: Path | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Show the digest of a day; --send sends it as well, and those of the channels."""
    base = ground(settings.load(data=data))
    today = digests.today(base)
    day = today if on is None else Day(on.date(), today.zone)
    if day.date > today.date:
        raise click.UsageError(f"{day.date} has not begun yet ({today.zone}); name today or an earlier day.")
    scope = _scope(base, channel)
    told = digests.digest_of(base, scope, day)
    written = digest.data(told)
    click.echo(json.dumps(written, ensure_ascii=False) if as_json else text(told, sys.stdout.encoding or ""))
    if picture:
        _draw(picture, chart.draw(written["week"]))
    if send:
        scopes = [scope] if channel else digests.channels(base, day)
        click.echo("\n".join(["", *_send(base, scopes, day)]), err=as_json)


def _scope(base: Ground, channel: str | None) -> Scope:
    if not channel:
        return EVERYTHING
    team = SqliteCases(base.database).team_of(channel)
    if team is None:
        raise Unknown(f"No picture has come from a channel '{channel}'. Its id looks like C012AB3CD.")
    return Scope(team, channel)


def _draw(file: Path, png: bytes) -> None:
    try:
        file.write_bytes(png)
    except OSError as fault:
        raise Misconfigured(f"The chart cannot be written to {file}: {fault.strerror}.") from None


def _send(base: Ground, scopes: Sequence[Scope], day: Day) -> list[str]:
    """Write the digests down; what was done and for whom, a line each."""
    again = datetime.now().astimezone().isoformat(timespec="milliseconds")
    said = []
    for scope in scopes:
        told = digests.digest_of(base, scope, day)
        hearers = digests.hearers(base, draft(told, again))
        if hearers:
            digests.tell_digest(base, told, again)
        said.append(f"{scope.channel or 'Everything'}: {_whom(hearers)}.")
    now = "It goes out now." if occupied(base.settings.data) else "It goes out as soon as `loupe up` runs."
    return [*said, now]


def _whom(hearers: Sequence[Address]) -> str:
    return f"for {', '.join(map(_named, hearers))}" if hearers else NOBODY


def _named(address: Address) -> str:
    ways = {SLACK: "the Slack channel", MAIL: "the mailbox"}
    return f"{ways.get(address.sink, 'the sink')} {address.to or address.sink}"
