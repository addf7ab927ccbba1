"""What people asked for an image, in the SQLite ledger's file."""

from datetime import UTC, datetime

from pipeline.adapters.sqlite_database import Database
from pipeline.ports import Note, Wish

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    image TEXT NOT NULL, wish TEXT NOT NULL, text TEXT NOT NULL, person TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (image, wish)) WITHOUT ROWID;
"""


class SqliteNotes:
    """``pipeline.ports.Notes``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None:
        """See ``Notes.set``."""
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO notes VALUES (?,?,?,?,?)",
                (image, wish, text, person, datetime.now(UTC).timestamp()),
            )

    def get(self, image: str, wish: Wish) -> Note | None:
        """See ``Notes.get``."""
        found = self._database.read("SELECT * FROM notes WHERE image=? AND wish=?", (image, wish))
        if not found:
            return None
        return Note(found[0]["text"], found[0]["person"], datetime.fromtimestamp(found[0]["at"], UTC))

    def clear(self, image: str, wish: Wish) -> None:
        """See ``Notes.clear``."""
        with self._database.write(durable=True) as connection:
            connection.execute("DELETE FROM notes WHERE image=? AND wish=?", (image, wish))
