"""Watches over people's images in the SQLite ledger's file, by as few looks as can be."""

import json
from collections.abc import Collection, Sequence

from pipeline.adapters import sqlite_ledger, sqlite_tasks
from pipeline.adapters.sqlite_database import Database
from pipeline.catalog import Catalog
from pipeline.errors import Unknown
from pipeline.gallery import Owner, own
from pipeline.ports import Report

NEWEST, WAITING = 20, 200
"""Of each owner: so many of the newest images, and so many that are being looked at."""
SCHEMA = """
CREATE INDEX IF NOT EXISTS images_waiting ON images (team, person, image) WHERE state='waiting';
"""
IMAGES = f"""
SELECT image FROM (SELECT image FROM images WHERE team=:team AND person=:person
    ORDER BY image DESC LIMIT {NEWEST})
UNION SELECT image FROM (SELECT image FROM images WHERE team=:team AND person=:person AND state='waiting'
    ORDER BY image DESC LIMIT {WAITING})
"""  # noqa: S608
MARKS = """
SELECT i.image, (SELECT COUNT(*) || '.' || SUM(revision) FROM results WHERE image=i.image) || ' ' || i.state
    || (SELECT ' ' || COUNT(*) || '.' || TOTAL(attempts) || '.' || TOTAL(revision) || '.' || COUNT(worker)
        FROM tasks WHERE image=i.image) AS mark
FROM images i WHERE i.image IN (SELECT value FROM json_each(?)) ORDER BY i.image
"""
"""A mark differs when a row was written since (revisions only rise), or a run was claimed or given back."""


class SqliteWatch:
    """Sees what has changed; to be asked from one thread alone.

    SQLite tells each connection whether others have written (sqlite.org/pragma.html#pragma_data_version).
    """

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database, self._catalog, self._version = database, catalog, -1
        for module in (sqlite_ledger, sqlite_tasks):
            database.define(module.SCHEMA)
        database.define(SCHEMA)

    def moved(self) -> bool:
        """Has anybody written anything since this was asked last?"""
        before = self._version
        self._version = self._database.read("PRAGMA data_version")[0][0]
        return self._version != before

    def current(self, owners: Sequence[Owner]) -> set[str]:
        """The images that are watched: the newest ones, and those that are being looked at."""
        return {
            row["image"]
            for owner in owners
            for row in self._database.read(IMAGES, {"team": owner.team, "person": owner.person})
        }

    def marks(self, images: Collection[str]) -> dict[str, str]:
        """By image, the oldest first, what differs when its report does; without those that are gone."""
        found = self._database.read(MARKS, (json.dumps(list(images)),))
        return {row["image"]: row["mark"] for row in found}

    def report(self, image: str, owners: Sequence[Owner]) -> Report | None:
        """The report as its owner may read it; None where the image is gone."""
        try:
            return own(self._catalog.report(image), owners)
        except Unknown:
            return None
