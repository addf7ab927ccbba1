"""What an export reads of the SQLite ledger's file, and which images have changed since the last one.

Triggers give an image the next number whenever one of its rows changes, in the transaction that changes it.
Numbers rise in the order of commits, since SQLite has one writer at a time: whoever reads on from a number
misses nothing. The table is there from the first export on; until then nobody pays for it.
"""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from sqlite3 import Connection, Row
from typing import Any

from pipeline.adapters import sqlite_facts, sqlite_ledger, sqlite_tallies, sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.export import Ended, Mark, Page
from pipeline.figures import Day, Facts, Scope, day_of
from pipeline.ledger import ARRIVAL

PAGE = 1000
"""Images that are read at one moment: some tens of milliseconds, and some megabytes."""
NOTED = "DELETE FROM changed WHERE image=NEW.image; INSERT INTO changed (image) VALUES (NEW.image);"
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS changed (number INTEGER PRIMARY KEY AUTOINCREMENT, image TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS export_origin (id INTEGER NOT NULL);
INSERT INTO export_origin SELECT random() WHERE NOT EXISTS (SELECT 1 FROM export_origin);
CREATE TRIGGER IF NOT EXISTS changed_result AFTER INSERT ON results BEGIN {NOTED} END;
CREATE TRIGGER IF NOT EXISTS changed_result_again AFTER UPDATE ON results BEGIN {NOTED} END;
CREATE TRIGGER IF NOT EXISTS changed_facts AFTER INSERT ON facts BEGIN {NOTED} END;
CREATE TRIGGER IF NOT EXISTS changed_facts_again AFTER UPDATE ON facts BEGIN {NOTED} END;
"""  # noqa: S608
MARK = """
SELECT (SELECT id FROM export_origin) AS ledger,
    COALESCE((SELECT seq FROM sqlite_sequence WHERE name='changed'), 0) AS number,
    (SELECT COUNT(*) FROM tombstones) AS erased, (SELECT COALESCE(SUM(runs),0) FROM tallies) AS runs
"""
NAMES = tuple(field.name for field in fields(Facts))
COLUMNS = ",".join(f"f.{name}" for name in NAMES)
EVERY = f"""
SELECT {COLUMNS} FROM facts f WHERE f.image>:last AND f.entered_at>=:since ORDER BY f.image LIMIT :page
"""  # noqa: S608
CHANGED = f"""
SELECT {COLUMNS}, c.number FROM changed c JOIN facts f USING (image)
WHERE c.number>:last AND c.number<=:until AND f.entered_at>=:since ORDER BY c.number LIMIT :page
"""  # noqa: S608
RESULTS = f"""
SELECT image, actor, state, parked, attempts, ms, at, version, revision FROM results
WHERE image IN (SELECT value FROM json_each(?)) AND actor<>'{ARRIVAL}' ORDER BY image, actor
"""  # noqa: S608
SCOPES = """
SELECT team, channel FROM facts WHERE entered_at>=:start AND entered_at<:end AND channel<>''
GROUP BY team, channel HAVING NOT MAX(private) ORDER BY team, channel
"""
NEXT = """
SELECT MIN(at) AS at FROM (SELECT MIN(entered_at) AS at FROM facts WHERE entered_at>=:at
    UNION ALL SELECT MIN(slot) FROM tallies WHERE slot>=:at)
"""
YES = ("private", "contains_nudity", "watermark_found")
"""Kept as 0 and 1."""


class SqliteExport:
    """``pipeline.export.Source``."""

    def __init__(self, database: Database, page: int = PAGE) -> None:
        self._database, self._page = database, page
        for module in (sqlite_facts, sqlite_tallies, sqlite_tombstones, sqlite_ledger):
            database.define(module.SCHEMA)
        database.define(SCHEMA)

    def mark(self) -> Mark:
        """See ``Source.mark``."""
        return Mark(**self._database.read(MARK)[0])

    def count(self, after: int | None) -> int:
        """See ``Source.count``."""
        if after is None:
            return self._number("SELECT COUNT(*) FROM facts")
        return self._number("SELECT COUNT(*) FROM changed WHERE number>?", after)

    def lacking(self) -> int:
        """See ``Source.lacking``."""
        return self._number("SELECT MAX(0, (SELECT COUNT(*) FROM images) - (SELECT COUNT(*) FROM facts))")

    def pages(self, after: int | None, until: int, since: float) -> Iterator[Page]:
        """See ``Source.pages``: the whole by id, which never changes; changes by their number."""
        query, key = (EVERY, "image") if after is None else (CHANGED, "number")
        values: dict[str, Any] = {"since": since, "until": until, "page": self._page}
        values["last"] = "" if after is None else after
        while True:
            with self._database.snapshot() as connection:
                found = connection.execute(query, values).fetchall()
                images = [_facts(row) for row in found]
                results = _results(connection, [each.image for each in images])
            if not found:
                return
            yield Page(images, results)
            values["last"] = found[-1][key]

    def days(self, zone: str, since: float) -> Iterator[Day]:
        """See ``Source.days``; days on which nothing happened are not looked at."""
        at = since
        while (found := self._database.read(NEXT, {"at": at})[0]["at"]) is not None:
            day = day_of(found, zone)
            yield day
            at = day.end

    def scopes(self, day: Day) -> list[Scope]:
        """See ``Source.scopes``."""
        found = self._database.read(SCOPES, {"start": day.start, "end": day.end})
        return [Scope(row["team"], row["channel"]) for row in found]

    def erased(self) -> Iterator[tuple[str, float]]:
        """See ``Source.erased``."""
        last = ""
        query = "SELECT image, at FROM tombstones WHERE image>? ORDER BY image LIMIT ?"
        while found := self._database.read(query, (last, self._page)):
            yield from ((row["image"], row["at"]) for row in found)
            last = found[-1]["image"]

    def _number(self, query: str, *values: int) -> int:
        return int(self._database.read(query, values)[0][0])


def _facts(row: Row) -> Facts:
    found: dict[str, Any] = dict(zip(NAMES, row, strict=False))
    found["entered_at"] = datetime.fromtimestamp(found["entered_at"], UTC)
    for name in YES:
        if found[name] is not None:
            found[name] = bool(found[name])
    return Facts(**found)


def _results(connection: Connection, images: list[str]) -> list[Ended]:
    return [
        Ended(r[0], r[1], r[2], bool(r[3]), r[4], r[5], r[6], r[7], r[8])
        for r in connection.execute(RESULTS, (json.dumps(images),))
    ]
