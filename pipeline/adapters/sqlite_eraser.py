"""Takes an image out of the SQLite ledger's file, and looks into every table and byte whether it is gone."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from sqlite3 import Connection

from pydantic import TypeAdapter

from pipeline.adapters import (
    sqlite_appointments,
    sqlite_cards,
    sqlite_ledger,
    sqlite_notes,
    sqlite_opinions,
    sqlite_shares,
    sqlite_tasks,
    sqlite_tickets,
    sqlite_tombstones,
    sqlite_traces,
    sqlite_twins,
    sqlite_visitors,
)
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_scrubbing import scrub
from pipeline.erasure import Traces

KEPT = ("tombstones", "sqlite_sequence")
"""Tables that are left alone: what stays of an erased image, and a counter of SQLite's."""
TABLES = (
    sqlite_tombstones,
    sqlite_ledger,
    sqlite_tasks,
    sqlite_cards,
    sqlite_shares,
    sqlite_notes,
    sqlite_opinions,
    sqlite_appointments,
    sqlite_tickets,
    sqlite_visitors,
)
"""Whose tables are spoken of here by name."""
NUMBERS = ("INTEGER", "REAL")
"""Columns of these types say no words."""
HELD = {"tasks": " AND worker IS NULL", "overtaken": " AND 0"}
"""A run that has begun keeps its row until it ends: so it is known that it still runs."""
_traces = TypeAdapter(Traces)


class SqliteEraser:
    """``pipeline.erasure.Eraser``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        for module in TABLES:
            database.define(module.SCHEMA)
        sqlite_twins.define(database)

    def begin(self, image: str) -> Traces:
        """See ``Eraser.begin``."""
        with self._database.snapshot() as connection:
            if known := self._known(connection, image):
                return known
            survey = sqlite_traces.survey(connection, image)
        with self._database.write(durable=True) as connection:
            if known := self._known(connection, image):
                return known
            record = connection.execute("SELECT * FROM images WHERE image=?", (image,)).fetchone()
            traces = sqlite_traces.collect(connection, record, survey)
            connection.execute(
                "INSERT INTO tombstones VALUES (?,?,?,?,'erasing','')",
                (image, record["short"], sqlite_tombstones.digest(record["delivery"]), time.time()),
            )
            sqlite_traces.redact(connection, image, traces.mentioned_by)
            sqlite_traces.reopen(connection, traces)
            return self._note(connection, traces)

    def unfinished(self) -> list[str]:
        """See ``Eraser.unfinished``."""
        found = self._database.read("SELECT image FROM tombstones WHERE state<>'erased' ORDER BY at")
        return [row["image"] for row in found]

    def running(self, image: str) -> int:
        """See ``Eraser.running``."""
        with self._database.snapshot() as connection:
            return sqlite_tasks.running(connection, image)

    def clear(self, image: str) -> Traces:
        """See ``Eraser.clear``."""
        with self._database.snapshot() as connection:
            late = sqlite_traces.speakers(connection, image)
        with self._database.write(durable=True) as connection:
            known = self._known(connection, image) or Traces(image, image)
            sqlite_traces.redact(connection, image, late)
            others = tuple(dict.fromkeys((*known.mentioned_by, *late)))
            known = sqlite_traces.with_late_originals(connection, replace(known, mentioned_by=others))
            return self._note(connection, known)

    def last_use(self, sha256: str, remove: Callable[[], None]) -> bool:
        """See ``Eraser.last_use``."""
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM uses WHERE sha256=?", (sha256,)).fetchone():
                return False
            remove()
            return True

    def left(self, traces: Traces) -> dict[str, int]:
        """See ``Eraser.left``."""
        found: dict[str, int] = {}
        with self._database.snapshot() as connection:
            words = (traces.image, *sqlite_traces.own_words(connection, traces))
            said = {f"word{number}": word for number, word in enumerate(words)}
            for table, columns in _columns(connection).items():
                says = " OR ".join(f'instr("{column}", :{word})' for column in columns for word in said)
                query = f'SELECT COUNT(*) FROM "{table}" WHERE {says or 0}'  # noqa: S608
                if count := connection.execute(query, said).fetchone()[0]:
                    found[table] = count
        return found

    def finish(self, traces: Traces) -> dict[str, int]:
        """See ``Eraser.finish``."""
        with self._database.snapshot() as connection:
            words = sqlite_traces.own_words(connection, traces)
        with self._database.write(durable=True) as connection:
            before = connection.execute(
                "SELECT state FROM tombstones WHERE image=?", (traces.image,)
            ).fetchone()["state"]
            if before == "erasing":
                connection.execute(
                    "UPDATE tombstones SET state='scrubbing', traces=NULL WHERE image=?", (traces.image,)
                )
        found = scrub(self._database, words, anew=before == "scrubbing")
        if not found:
            with self._database.write(durable=True) as connection:
                connection.execute("UPDATE tombstones SET state='erased' WHERE image=?", (traces.image,))
        return found

    def _known(self, connection: Connection, image: str) -> Traces | None:
        row = connection.execute("SELECT * FROM tombstones WHERE image=?", (image,)).fetchone()
        if row is None:
            return None
        return _traces.validate_json(row["traces"]) if row["traces"] else Traces(image, row["short"])

    def _note(self, connection: Connection, traces: Traces) -> Traces:
        """Take the image's rows out, and let its tombstone know what is left to do."""
        rows = Counter(traces.rows) + Counter(self._take_out(connection, traces.image))
        noted = replace(traces, rows=dict(rows))
        connection.execute(
            "UPDATE tombstones SET traces=? WHERE image=? AND state='erasing'",
            (_traces.dump_json(noted).decode(), traces.image),
        )
        return noted

    def _take_out(self, connection: Connection, image: str) -> dict[str, int]:
        """Delete the image's rows from every table that has any, whichever tables there are."""
        found: dict[str, int] = {}
        for table, columns in _columns(connection).items():
            if "image" in columns:
                where = f'"{table}" WHERE image=?{HELD.get(table, "")}'
                count = connection.execute(f"DELETE FROM {where}", (image,)).rowcount  # noqa: S608
                found |= {table: count} if count else {}
        return found


def _columns(connection: Connection) -> dict[str, list[str]]:
    """The columns of every table that can hold text, whichever tables there are."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall()
    return {
        table["name"]: [
            column["name"]
            for column in connection.execute(f'PRAGMA table_info("{table["name"]}")')
            if column["type"] not in NUMBERS
        ]
        for table in tables
        if table["name"] not in KEPT
    }
