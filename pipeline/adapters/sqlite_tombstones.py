"""What stays of an erased image in the SQLite ledger: its ids, when, and which delivery brought it.

While an image is being erased its tombstone also carries what is left to do (``traces``); an erased one has
nothing personal. The delivery's key is kept as its sha256: that recognises a repeated delivery, no more.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from sqlite3 import Connection, Row
from typing import Any

from pipeline.adapters.sqlite_database import Database
from pipeline.catalog import Erased
from pipeline.erasure import report_without, without
from pipeline.results import Result
from pipeline.shortid import normal

SCHEMA = """
CREATE TABLE IF NOT EXISTS tombstones (
    image TEXT PRIMARY KEY, short TEXT NOT NULL UNIQUE, delivery TEXT NOT NULL UNIQUE, at REAL NOT NULL,
    state TEXT NOT NULL, traces TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tombstones_open ON tombstones (state) WHERE state<>'erased';
"""


def digest(delivery: str) -> str:
    """How a tombstone remembers a delivery."""
    return hashlib.sha256(delivery.encode()).hexdigest()


def find(database: Database, name: str) -> Erased | None:
    """The erased image with this id or short id."""
    found = database.read(
        "SELECT * FROM tombstones WHERE short=? OR image=?", (normal(name), name.strip().lower())
    )
    return _erased(found[0]) if found else None


def of_delivery(connection: Connection, delivery: str) -> Erased | None:
    """The erased image that this delivery brought."""
    found = connection.execute("SELECT * FROM tombstones WHERE delivery=?", (digest(delivery),)).fetchone()
    return _erased(found) if found else None


def stands(connection: Connection, image: str) -> bool:
    """Was this image erased?"""
    return bool(connection.execute("SELECT 1 FROM tombstones WHERE image=?", (image,)).fetchone())


def taken(connection: Connection, short: str) -> bool:
    """Did an erased image have this short id?"""
    return bool(connection.execute("SELECT 1 FROM tombstones WHERE short=?", (short,)).fetchone())


def without_erased(connection: Connection, result: Result) -> Result:
    """See ``pipeline.erasure.without``."""
    return without(result, lambda image: stands(connection, image))


def report_without_erased(connection: Connection, report: Mapping[str, Any]) -> dict[str, Any]:
    """See ``pipeline.erasure.report_without``."""
    return report_without(report, lambda image: stands(connection, image))


def _erased(row: Row) -> Erased:
    return Erased(
        row["image"], row["short"], datetime.fromtimestamp(row["at"], UTC), row["state"] == "erased"
    )
