"""What the dashboard of this installation looks at."""

from loupe.ground import Ground
from loupe.sinks import sinks
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.news import MAIL, SLACK
from web.board import Watched


def watched(base: Ground) -> Watched:
    """The ports and the sinks that are set up."""
    settings = base.settings
    known = {sink.name: str(sink.kind) for sink in sinks(settings.sinks)}
    known |= {SLACK: SLACK} if settings.has_slack else {}
    known |= {MAIL: MAIL} if settings.mail else {}
    return Watched(
        site=settings.site,
        zone=settings.timezone,
        sinks=known,
        numbers=SqliteNumbers(base.database),
        catalog=base.catalog,
        outbox=SqliteOutbox(base.database),
        beats=SqliteBeats(base.database),
        alarms=SqliteAlarms(base.database),
    )
