"""``loupe clock``: what is done at its time, a part of `loupe up`."""

from pathlib import Path

import click

from loupe import part, settings
from loupe.ground import ground
from loupe.options import data_option
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.takedown import Sweep
from scheduler import clock
from scheduler.timetable import Every

SWEEP_SECONDS = 300
TIDY_SECONDS = 3600


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Wake what is due at its time. Part of `loupe up`."""
    stop = part.begin()
    base = ground(settings.load(data=data))
    cdn, stored, published = LocalCdn(base.settings.site), base.store.folders, base.public.folders
    orphans = Sweep(base.standings, base.store, base.public, cdn, stored, published)
    timetable = [
        Every("sweep", SWEEP_SECONDS, base.engine().sweep),
        Every("tidy", TIDY_SECONDS, base.store.tidy),
        Every("tidy public", TIDY_SECONDS, base.public.tidy),
        Every("orphans", TIDY_SECONDS, orphans.run),
    ]
    clock.run(timetable, stop)
