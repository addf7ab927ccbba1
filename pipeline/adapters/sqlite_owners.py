"""Whose watermark says what, from the ids of the images in the SQLite ledger."""

from pipeline import codec
from pipeline.adapters.sqlite_database import Database
from pipeline.model import Earlier
from pipeline.results import Arrived

SCHEMA = "CREATE INDEX IF NOT EXISTS images_by_mark ON images (substr(image, 20));"
"""A watermark says the last 16 hexadecimal digits of a GUID: its text from the 20th character on."""


class SqliteOwners:
    """``pipeline.ports.Owners``: nothing is noted, since an image's id says it all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def of(self, payload: int) -> Earlier | None:
        """See ``Owners.of``."""
        digits = f"{payload:016x}"
        found = self._database.read(
            "SELECT r.body FROM images i JOIN results r ON r.image=i.image AND r.actor='arrival'"
            " WHERE substr(i.image, 20)=?",
            (f"{digits[:4]}-{digits[4:]}",),
        )
        if not found:
            return None
        arrived = codec.load("Arrived", found[0]["body"])
        assert isinstance(arrived, Arrived)
        return Earlier(arrived.image, arrived.short, arrived.at, arrived.source)
