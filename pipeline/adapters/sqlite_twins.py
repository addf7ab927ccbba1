"""Which images have which bytes, in the order in which they claimed them, in the SQLite ledger."""

from sqlite3 import Connection

from pipeline import codec
from pipeline.adapters.sqlite_database import Database
from pipeline.model import Earlier
from pipeline.results import Arrived

SCHEMA = """
CREATE TABLE IF NOT EXISTS uses (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, image TEXT NOT NULL,
    UNIQUE (sha256, image));
CREATE INDEX IF NOT EXISTS uses_by_image ON uses (image);
"""
BEFORE = "SELECT 1 FROM sqlite_master WHERE type='table' AND name='originals'"
"""Ledgers of earlier versions knew the first image alone, in a table of that name."""
CARRY_OVER = (
    "INSERT OR IGNORE INTO uses (sha256, image) SELECT sha256, image FROM originals ORDER BY image",
    "INSERT OR IGNORE INTO uses (sha256, image) SELECT json_extract(body, '$.sha256'), image FROM results"
    " WHERE kind='Accepted' ORDER BY image",
    "DROP TABLE originals",
)
FIRST = """
SELECT u.image, r.body FROM uses u JOIN results r ON r.image=u.image AND r.actor='arrival'
WHERE u.sha256=? ORDER BY u.number LIMIT 1
"""


class SqliteTwins:
    """``pipeline.ports.Twins``: note the use, then ask whose was first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        define(database)

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """See ``Twins.claim``. The first stays the first, also when it asks again."""
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO uses (sha256, image) VALUES (?,?)", (sha256, image))
            first = connection.execute(FIRST, (sha256,)).fetchone()
        return _earlier(first["body"]) if first and first["image"] != image else None


def define(database: Database) -> None:
    """Make the table of uses, and carry over what an earlier version knew."""
    database.define(SCHEMA)
    if database.read(BEFORE):
        with database.write(durable=True) as connection:
            _carry_over(connection)


def _carry_over(connection: Connection) -> None:
    if connection.execute(BEFORE).fetchone():  # nobody else has just done it
        for step in CARRY_OVER:
            connection.execute(step)


def _earlier(body: str) -> Earlier:
    arrived = codec.load("Arrived", body)
    assert isinstance(arrived, Arrived)
    return Earlier(arrived.image, arrived.short, arrived.at, arrived.source)
