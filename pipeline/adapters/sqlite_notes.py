"""What people asked for an image, in the SQLite ledger's file."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pipeline.adapters.sqlite_database import Database
from pipeline.ports import Note, Wish

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    image TEXT NOT NULL, wish TEXT NOT NULL, text TEXT NOT NULL, person TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (image, wish)) WITHOUT ROWID;
"""
UNHEARD = """
SELECT n.image FROM notes n JOIN results r ON r.image = n.image AND r.actor = :actor
WHERE n.wish = :wish AND n.at < :before AND n.at > r.at - r.ms / 1000
AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.image = n.image AND t.actor = :actor) LIMIT :limit
"""
"""A row bears the time at which its run ended. One that had begun before the wish came may have missed it."""


class SqliteNotes:
    """``pipeline.ports.Notes``, and the clock's ``pipeline.wishes.Unheard``."""

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

    def unheard(
        self, readers: Mapping[Wish, Sequence[str]], older: float, limit: int
    ) -> list[tuple[str, str]]:
        """See ``Unheard.unheard``."""
        pairs = [(wish, actor) for wish, actors in readers.items() for actor in actors]
        found: list[tuple[str, str]] = []
        for wish, actor in pairs:
            asked = {"wish": wish, "actor": actor, "before": time.time() - older, "limit": limit}
            found += [(row["image"], actor) for row in self._database.read(UNHEARD, asked)]
        return found[:limit]
