"""News in the SQLite ledger's file: what was written, and which deliveries of it are due.

An image's news is worked out from its rows inside the transaction that writes it: whoever announces late, or
twice, or out of order, can add nothing that is older than what stands there.
"""

import time
from collections.abc import Sequence
from sqlite3 import Connection
from typing import Literal

from pipeline.adapters import sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import load_rows
from pipeline.adapters.sqlite_tasks import of_image
from pipeline.ledger import ARRIVAL
from pipeline.model import Source
from pipeline.news import Address, Draft, Kind, Sink, addresses, draft, fingerprint, of_report
from pipeline.ports import Report
from pipeline.report import report

SCHEMA = """
CREATE TABLE IF NOT EXISTS pieces (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, subject TEXT NOT NULL, image TEXT NOT NULL, team TEXT NOT NULL,
    channel TEXT NOT NULL, at REAL NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS pieces_by_subject ON pieces (subject, kind, number);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, piece INTEGER NOT NULL, image TEXT NOT NULL,
    subject TEXT NOT NULL, sink TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'due',
    born REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT, lease_until REAL, progress TEXT NOT NULL DEFAULT '{}', fault TEXT,
    UNIQUE (piece, sink, address));
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (sink, due_at) WHERE state='due';
CREATE INDEX IF NOT EXISTS deliveries_order ON deliveries (sink, address, subject, number) WHERE state='due';
CREATE INDEX IF NOT EXISTS deliveries_parked ON deliveries (sink) WHERE state='parked';
"""
LAST = "SELECT key, data FROM pieces WHERE subject=? AND kind=? ORDER BY number DESC LIMIT 1"
INSERT = (
    "INSERT OR IGNORE INTO pieces (id,key,kind,subject,image,team,channel,at,data) VALUES (?,?,?,?,?,?,?,?,?)"
)
DELIVER = (
    "INSERT OR IGNORE INTO deliveries (piece, image, subject, sink, address, born, due_at)"
    " VALUES (?,?,?,?,?,?,?)"
)


class SqliteNewsroom:
    """``pipeline.outbox.Newsroom``, and ``pipeline.ports.News`` for the sinks that are rows of settings.

    ``actors``: the names of the chain's; ``location``: what may be told of where a picture was taken.
    """

    def __init__(
        self,
        database: Database,
        sinks: Sequence[Sink] = (),
        actors: Sequence[str] = (),
        location: Literal["none", "place", "exact"] = "place",
    ) -> None:
        self._database, self._sinks, self._actors = database, tuple(sinks), tuple(actors)
        self._location: Literal["none", "place", "exact"] = location
        database.define(sqlite_tombstones.SCHEMA + SCHEMA)

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """See ``News.announce``; what is told is read from the ledger."""
        told: list[Address] = []
        with self._database.write() as connection:
            if sqlite_tombstones.stands(connection, image):
                return ()
            for kind, data in of_report(self._report(connection, image) or report, self._location):
                told += self._told(connection, report, kind, data)
        return tuple(dict.fromkeys(each.sink for each in told))

    def tell(self, draft: Draft, addresses: Sequence[Address]) -> bool:
        """See ``Newsroom.tell``."""
        with self._database.write(durable=True) as connection:
            return write(connection, draft, addresses)

    def _report(self, connection: Connection, image: str) -> Report | None:
        rows = load_rows(connection, image)
        if ARRIVAL not in rows:
            return None
        # ``report`` says "waiting" until all is settled; news goes by what is known of the picture itself.
        found = report(rows, {}, [name for name in self._actors if name in rows])
        return {**found, "actors": report(rows, of_image(connection, image), self._actors)["actors"]}

    def _told(
        self, connection: Connection, known: Report, kind: Kind, data: dict[str, object]
    ) -> list[Address]:
        last = connection.execute(LAST, (known["id"], kind)).fetchone()
        if last and last["data"] == fingerprint(data):
            return []
        number = int(last["key"].rpartition("/")[2]) + 1 if last else 1
        piece = draft(known, kind, data, number)
        wanted = addresses(piece, self._sinks)
        if wanted:
            write(connection, piece, wanted)
        return wanted


def write(connection: Connection, draft: Draft, addresses: Sequence[Address]) -> bool:
    """Write a piece and its deliveries in somebody's transaction; False when it was there before."""
    now = time.time()
    values = (draft.id, draft.key, draft.kind, draft.subject, draft.image, draft.team, draft.channel)
    written = connection.execute(INSERT, (*values, now, fingerprint(draft.data)))
    if not written.rowcount:
        return False
    for each in addresses:
        told = (written.lastrowid, draft.image, draft.subject, each.sink, each.to, now, now)
        connection.execute(DELIVER, told)
    return True
