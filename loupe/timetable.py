"""The timetable of this installation: what the clock does when, on which data folder."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from loupe import alarming, exporting, upkeep, uploads, visits
from loupe.digests import digest_of, tell_digest
from loupe.ground import Ground
from loupe.places import places
from pipeline import appointments, erasing, wishes
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_appointments import SqliteAppointments
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.figures import Day, Scope
from pipeline.takedown import Sweep
from scheduler.digests import NAME, Choice, Digests
from scheduler.timetable import Daily, Every, Row

APPOINTMENTS_SECONDS = 30
WISHES_SECONDS = 60
ERASURES_SECONDS = 30
SWEEP_SECONDS = 300
TIDY_SECONDS = 3600
ALARMS_SECONDS = 30
RETENTION_AT = "03:10"
"""By this installation's clock: what is kept for a while only is forgotten when few people are about."""
EXPORT_AT = "00:30"
"""Once the day before is complete."""
ALARMS_KEPT = timedelta(days=90)
"""After they were resolved."""
NEWS_KEPT = timedelta(days=30)
"""After it was sent; well behind the day of a digest."""


def rows(base: Ground) -> list[Row]:
    """What is done at all times; digests are rows of their own."""
    fixed = [*_engine(base), *_tidying(base), *upkeep.rows(base), *_retention(base), *_exports(base)]
    fixed += visits.rows(base)
    fixed += uploads.rows(base)
    watch = alarming.Watch(base, {NAME, *(row.name for row in fixed)})
    return [*fixed, Every("alarms", ALARMS_SECONDS, watch.look)]


def digests(base: Ground) -> Digests:
    """The rows that tell digests."""

    def tell(scope: Scope, day: Day) -> object:
        return tell_digest(base, digest_of(base, scope, day))

    usual = Choice(base.settings.digest_at, base.settings.timezone, base.settings.digest_empty)
    return Digests(SqliteNumbers(base.database), SqliteHabits(base.database), usual, tell)


def _engine(base: Ground) -> list[Row]:
    engine, diary, where = base.engine(), SqliteAppointments(base.database), places(base)
    notes = SqliteNotes(base.database)
    diary.adopt("archive_original", f"after {base.settings.archive_after} days")
    return [
        Every("appointments", APPOINTMENTS_SECONDS, lambda: appointments.keep(engine, diary)),
        Every("wishes", WISHES_SECONDS, lambda: wishes.hear(engine, notes)),
        Every("erasures", ERASURES_SECONDS, lambda: erasing.resume(where)),
        Every("sweep", SWEEP_SECONDS, engine.sweep),
    ]


def _tidying(base: Ground) -> list[Row]:
    cdn, stored, published = LocalCdn(base.settings.site), base.store.folders, base.public.folders
    orphans = Sweep(base.standings, base.store, base.public, cdn, stored, published)
    folders = (base.store, base.public, base.archive)
    return [
        Every("orphans", TIDY_SECONDS, orphans.run),
        *(Every(f"tidy {folder.folder.name}", TIDY_SECONDS, folder.tidy) for folder in folders),
    ]


def _retention(base: Ground) -> list[Row]:
    """What is kept for a while only: rows that others bring go here, one each."""
    zone, wakes, alarms = base.settings.timezone, SqliteWakes(base.database), SqliteAlarms(base.database)
    outbox = SqliteOutbox(base.database)
    forgetting: dict[str, Callable[[], object]] = {
        "forget alarms": lambda: alarms.tidy(datetime.now(UTC) - ALARMS_KEPT),
        "forget news": lambda: outbox.tidy(time.time() - NEWS_KEPT.total_seconds()),
        "forget wakes": wakes.tidy,
    }
    return [Daily(name, RETENTION_AT, zone, _on(act)) for name, act in forgetting.items()]


def _exports(base: Ground) -> list[Row]:
    if base.settings.export_to is None:
        return []
    return [Daily("export", EXPORT_AT, base.settings.timezone, lambda _: exporting.export_due(base))]


def _on(act: Callable[[], object]) -> Callable[[Day], object]:
    """For what is the same on any day."""
    return lambda _: act()
