"""Who writes news down on this ledger; apart from those who carry it, which workers do not need."""

from loupe.ground import Ground
from loupe.sinks import sinks
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom


def newsroom(base: Ground) -> SqliteNewsroom:
    """Writes news down, for the sinks that are rows of settings."""
    settings = base.settings
    return SqliteNewsroom(base.database, sinks(settings.sinks), base.chain.names(), settings.page_location)
