"""What is done at its time on AWS: schedules wake the function, what is due is decided from the ledger.

So a schedule that fires twice, late or never does no harm: the next one does what is due.
"""

from collections.abc import Sequence
from threading import Event

from loupe.cloud import digests
from loupe.cloud.ground import Cloud
from loupe.cloud.places import places
from pipeline import appointments, erasing, wishes
from pipeline.adapters.dynamo_appointments import DynamoAppointments
from pipeline.adapters.dynamo_wakes import DynamoWakes
from pipeline.takedown import Sweep
from scheduler.clock import Clock
from scheduler.timetable import Every, Row

APPOINTMENTS_SECONDS = 30
WISHES_SECONDS = 60
ERASURES_SECONDS = 60
TIDY_SECONDS, DAY_SECONDS = 3600, 86_400


def tick(base: Cloud) -> None:
    """Do what is due, and return when it is done."""
    wakes = DynamoWakes(base.table)
    fixed, told = [*rows(base), *_tidying(base, wakes)], digests.rows(base)
    clock = Clock(lambda now: [*fixed, *told.rows(now)], wakes, Event())
    clock.look()
    clock.pool.shutdown(wait=True)


def rows(base: Cloud) -> Sequence[Row]:
    """What is done at all times; digests are rows of their own."""
    engine, notes, where = base.engine(), base.notes, places(base)
    diary = DynamoAppointments(base.table, base.ledger.images)
    diary.adopt("archive_original", f"after {base.settings.archive_after} days")
    return [
        Every("appointments", APPOINTMENTS_SECONDS, lambda: appointments.keep(engine, diary)),
        Every("wishes", WISHES_SECONDS, lambda: wishes.hear(engine, notes)),
        Every("erasures", ERASURES_SECONDS, lambda: erasing.resume(where)),
    ]


def _tidying(base: Cloud, wakes: DynamoWakes) -> Sequence[Row]:
    """What killed functions left behind, and what is remembered for a while only."""
    store, public, cdn = base.store, base.public, places(base).cdn
    orphans = Sweep(base.standings, store, public, cdn, store.folders, public.folders)
    return [
        Every("orphans", TIDY_SECONDS, orphans.run),
        Every("tidy store", TIDY_SECONDS, store.tidy),
        Every("tidy public", TIDY_SECONDS, public.tidy),
        Every("forget wakes", DAY_SECONDS, wakes.tidy),
    ]
