"""``loupe digest``: what happened on a day, in words."""

import json
from datetime import datetime
from pathlib import Path

import click

from loupe import digests as news
from loupe import settings
from loupe.ground import ground
from loupe.options import data_option, json_option
from pipeline import digest
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.figures import EVERYTHING, Day


@click.command()
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day (today).", metavar="YYYY-MM-DD"
)
@click.option("--send", is_flag=True, help="Send it to all who get digests.")
@json_option
@data_option
def command(on: datetime | None, send: bool, as_json: bool, data: Path | None) -> None:
    """Show the digest of a day; --send sends it as well."""
    base = ground(settings.load(data=data))
    day = news.today(base) if on is None else Day(on.date(), base.settings.timezone)
    told = news.digest_of(base, EVERYTHING, day)
    if as_json:
        click.echo(json.dumps(digest.data(told), ensure_ascii=False))
    else:
        click.echo("\n".join([f"{day.date}: {digest.headline(told.figures)}", *digest.lines(told)]))
    if send:
        again = datetime.now().astimezone().isoformat(timespec="milliseconds")
        for scope in [*SqliteNumbers(base.database).channels(day), EVERYTHING]:
            news.tell_digest(base, news.digest_of(base, scope, day), again)
