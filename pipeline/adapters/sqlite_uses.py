"""Who still needs an original's bytes, from the rows, runs and wishes in the SQLite ledger."""

import json
import time
from collections.abc import Callable, Collection

from pipeline.adapters import sqlite_notes, sqlite_twins
from pipeline.adapters.sqlite_database import Database

NEEDED = """
SELECT 1 FROM uses u WHERE u.sha256=:sha256 AND (
    EXISTS (SELECT 1 FROM notes n WHERE n.image=u.image AND n.wish='restore' AND n.at>:wished_after)
    OR EXISTS (SELECT 1 FROM tasks t WHERE t.image=u.image
               AND t.actor NOT IN (SELECT value FROM json_each(:waiting)))
    OR EXISTS (SELECT 1 FROM results a WHERE a.image=u.image AND a.kind='Accepted'
               AND json_extract(a.body, '$.sha256')=:sha256
               AND NOT EXISTS (SELECT 1 FROM results k WHERE k.image=u.image AND k.kind='Archived'
                               AND instr(k.body, :sha256))))
LIMIT 1
"""
"""An image needs the bytes while somebody wants them restored, while it has runs that may read them, and as
long as they are not in the archive on its own account."""


class SqliteUses:
    """``pipeline.ports.Uses``.

    ``waiting``: the actors whose open runs read no original any more. ``restore_for``: seconds for which a
    wish to restore holds.
    """

    def __init__(self, database: Database, waiting: Collection[str], restore_for: float) -> None:
        self._database = database
        self._waiting = json.dumps(sorted(waiting))
        self._restore_for = restore_for
        database.define(sqlite_notes.SCHEMA)
        sqlite_twins.define(database)

    def release(self, sha256: str, image: str, remove: Callable[[], None]) -> bool:
        """See ``Uses.release``.

        Whoever begins to use the bytes claims them in a transaction before keeping them; so either this one
        sees the claim, or the bytes are kept again after ``remove``. The transaction in front syncs the
        ledger: what it said before anything is removed outlives a power cut.
        """
        with self._database.write(durable=True) as connection:
            connection.execute("UPDATE uses SET image=image WHERE sha256=? AND image=?", (sha256, image))
        asked = {
            "sha256": sha256,
            "waiting": self._waiting,
            "wished_after": time.time() - self._restore_for,
        }
        with self._database.write() as connection:
            if connection.execute(NEEDED, asked).fetchone():
                return False
            remove()
            return True
