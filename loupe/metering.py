"""What /metrics of this installation measures."""

from functools import partial
from importlib.metadata import version

from loupe.ground import Ground
from loupe.health import free_bytes
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.sqlite_totals import SqliteTotals
from web.metrics import Meters


def meters(base: Ground) -> Meters:
    """The ports."""
    return Meters(
        version=version("loupe"),
        zone=base.settings.timezone,
        numbers=SqliteNumbers(base.database),
        totals=SqliteTotals(base.database),
        catalog=base.catalog,
        outbox=SqliteOutbox(base.database),
        beats=SqliteBeats(base.database),
        alarms=SqliteAlarms(base.database),
        free_bytes=partial(free_bytes, base),
    )
