"""Which image had which bytes first, in the SQLite ledger."""

from pipeline import codec
from pipeline.adapters.sqlite_database import Database
from pipeline.model import Earlier
from pipeline.results import Arrived

SCHEMA = """
CREATE TABLE IF NOT EXISTS originals (sha256 TEXT PRIMARY KEY, image TEXT NOT NULL) WITHOUT ROWID;
"""


class SqliteTwins:
    """``pipeline.ports.Twins``: insert once, then ask who was first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """See ``Twins.claim``. The first stays the first, also when it asks again."""
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO originals VALUES (?,?)", (sha256, image))
        found = self._database.read(
            "SELECT r.body FROM originals o JOIN results r ON r.image=o.image AND r.actor='arrival'"
            " WHERE o.sha256=? AND o.image<>?",
            (sha256, image),
        )
        return _earlier(found[0]["body"]) if found else None


def _earlier(body: str) -> Earlier:
    arrived = codec.load("Arrived", body)
    assert isinstance(arrived, Arrived)
    return Earlier(arrived.image, arrived.short, arrived.at, arrived.source)
