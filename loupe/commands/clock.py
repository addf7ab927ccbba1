"""``loupe clock``: what is done at its time, a part of `loupe up`."""

from pathlib import Path

import click

from loupe import part, settings, upkeep
from loupe.ground import Ground, ground
from loupe.options import data_option
from loupe.places import places
from pipeline import appointments, erasing, wishes
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.sqlite_appointments import SqliteAppointments
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.takedown import Sweep
from scheduler import clock
from scheduler.timetable import Every

APPOINTMENTS_SECONDS = 30
WISHES_SECONDS = 60
ERASURES_SECONDS = 30
SWEEP_SECONDS = 300
TIDY_SECONDS = 3600


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Wake what is due at its time. Part of `loupe up`."""
    stop = part.begin()
    clock.run(timetable(ground(settings.load(data=data))), stop)


def timetable(base: Ground) -> list[Every]:
    """What is done how often on this data folder."""
    where, engine, diary = places(base), base.engine(), SqliteAppointments(base.database)
    notes = SqliteNotes(base.database)
    diary.adopt("archive_original", f"after {base.settings.archive_after} days")
    cdn, stored, published = LocalCdn(base.settings.site), base.store.folders, base.public.folders
    orphans = Sweep(base.standings, base.store, base.public, cdn, stored, published)
    return [
        Every("appointments", APPOINTMENTS_SECONDS, lambda: appointments.keep(engine, diary)),
        Every("wishes", WISHES_SECONDS, lambda: wishes.hear(engine, notes)),
        Every("erasures", ERASURES_SECONDS, lambda: erasing.resume(where)),
        Every("sweep", SWEEP_SECONDS, engine.sweep),
        Every("orphans", TIDY_SECONDS, orphans.run),
        *upkeep.rows(base),
        *(
            Every(f"tidy {folder.folder.name}", TIDY_SECONDS, folder.tidy)
            for folder in (base.store, base.public, base.archive)
        ),
    ]
