"""``loupe clock``: what is done at its time, a part of `loupe up`."""

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import click

from loupe import part, settings, timetable
from loupe.ground import Ground, ground
from loupe.options import data_option
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.wakes import Wake
from scheduler.clock import Clock
from scheduler.timetable import Every, Row, entries, next_time


@click.command()
@click.option("--list", "listed", is_flag=True, help="Show the timetable and the next times.")
@data_option
def command(listed: bool, data: Path | None) -> None:
    """Wake what is due at its time. Part of `loupe up`."""
    if listed:
        click.echo("\n".join(table(ground(settings.load(data=data)), time.time())))
        return
    stop = part.begin()
    clock(ground(settings.load(data=data)), stop).run()


def clock(base: Ground, stop: Event) -> Clock:
    """The clock of this data folder."""
    fixed, digests = timetable.rows(base), timetable.digests(base)
    return Clock(lambda now: [*fixed, *digests.rows(now)], SqliteWakes(base.database), stop)


def table(base: Ground, now: float) -> list[str]:
    """The timetable for a terminal: what, when, for whom, how it went the last time."""
    rows = [*timetable.rows(base), *timetable.digests(base).listed()]
    wakes = SqliteWakes(base.database).all()
    cells = [("what", "for", "when", "zone", "next", "last time")]
    cells += [
        (each.name, _whom(each.subject), _when(row), each.zone, *_times(row, now, wakes.get(row.id)))
        for row, each in zip(rows, entries(rows), strict=True)
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def _whom(subject: str) -> str:
    return {"/": "everything", "*/*": "other channels"}.get(subject, subject)


def _when(row: Row) -> str:
    return f"every {row.seconds:,.0f} s" if isinstance(row, Every) else f"every day at {row.at}"


def _times(row: Row, now: float, wake: Wake | None) -> tuple[str, str]:
    zone = getattr(row, "zone", "UTC")
    when = datetime.fromtimestamp(next_time(row, now, wake), ZoneInfo(zone))
    last = "" if not wake else f"{datetime.fromtimestamp(wake.at, UTC):%Y-%m-%d %H:%M} UTC"
    failed = f", failed {wake.failures} times" if wake and wake.failures else ""
    return f"{when:%Y-%m-%d %H:%M %z}", last + failed
