"""``loupe status``: the queue, parked runs, or the timeline of one image."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from loupe import settings, words
from loupe.grounds import AnyGround, local, open_ground, opinions, whereabouts
from loupe.options import data_option, json_option
from pipeline import alarms
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.errors import Unknown
from pipeline.results import Failed

PARKED_SHOWN = 20


@click.command()
@click.argument("name", required=False, metavar="[ID]")
@json_option
@data_option
def command(name: str | None, as_json: bool, data: Path | None) -> None:
    """Show the queue and parked runs, or the timeline of one image."""
    base = open_ground(settings.load(data=data))
    if name:
        _image(base, name, as_json)
    else:
        _queue(base, as_json)


def _image(base: AnyGround, name: str, as_json: bool) -> None:
    found = base.catalog.find(name)
    if not found and (gone := base.catalog.erased(name)):
        told = {"id": gone.image, "short": gone.short, "state": "erased" if gone.done else "erasing"}
        told |= {"erased_at": gone.at.isoformat(timespec="milliseconds")}
        click.echo(json.dumps(told) if as_json else words.erased_text(gone))
        return
    if not found:
        raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
    report = base.catalog.report(found.image)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        said = words.opinions_text(opinions(base).of(found.image))
        click.echo("\n".join(filter(None, [words.report_text(report), words.timeline_text(report), said])))


def _queue(base: AnyGround, as_json: bool) -> None:
    here = local(base)
    standing = SqliteAlarms(here.database).standing() if here else []
    queue, parked = base.catalog.queue(), base.catalog.parked(PARKED_SHOWN)
    rows = [
        {
            "id": r.image,
            "actor": r.actor,
            "at": r.at.isoformat(),
            "attempts": r.attempts,
            "reason": r.result.reason,
        }
        for r in parked
        if isinstance(r.result, Failed)
    ]
    if as_json:
        click.echo(json.dumps(asdict(queue) | {"parked_runs": rows, "alarms": [*map(alarms.data, standing)]}))
        return
    for alarm in standing:
        click.echo(words.alarm_text(alarm))
    click.echo(words.queue_text(queue))
    for row in rows:
        click.echo(f"  parked: {row['actor']} on {row['id']}: {row['reason']}")
    if rows:
        click.echo("Run them again with: loupe replay --parked")
    for message, why in base.cards.stopped(PARKED_SHOWN):
        click.echo(f"  card not sent in {message.channel} ({message.ts}): {why}")
