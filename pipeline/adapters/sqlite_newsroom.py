"""News in the SQLite ledger's file: what was written, and which deliveries of it are due.

An image's news is worked out from its rows inside the transaction that writes it: whoever announces late,
or twice, or out of order, can add nothing that is older than what stands there. A piece is written also
where nobody wants it, as a fingerprint, so that a sink that is added later is not told what is old.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from sqlite3 import Connection
from typing import Any, Literal

from pipeline.adapters import sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import load_rows
from pipeline.adapters.sqlite_tasks import of_image
from pipeline.ledger import ARRIVAL
from pipeline.model import Source
from pipeline.news import Address, Draft, Kind, Last, Sink, addresses, changes, draft, dumped, fingerprint
from pipeline.ports import Report
from pipeline.report import report

SCHEMA = """
CREATE TABLE IF NOT EXISTS pieces (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, subject TEXT NOT NULL, image TEXT NOT NULL, team TEXT NOT NULL,
    channel TEXT NOT NULL, at REAL NOT NULL, data TEXT NOT NULL, digest TEXT NOT NULL,
    over INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS pieces_by_subject ON pieces (subject, kind, number);
CREATE INDEX IF NOT EXISTS pieces_by_image ON pieces (image) WHERE image<>'';
CREATE INDEX IF NOT EXISTS pieces_by_time ON pieces (at) WHERE data<>'';
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, piece INTEGER NOT NULL, image TEXT NOT NULL,
    subject TEXT NOT NULL, sink TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'due',
    born REAL NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT, lease_until REAL, progress TEXT NOT NULL DEFAULT '{}', fault TEXT,
    UNIQUE (piece, sink, address));
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (sink, due_at) WHERE state='due';
CREATE INDEX IF NOT EXISTS deliveries_order ON deliveries (sink, address, subject, number) WHERE state='due';
CREATE INDEX IF NOT EXISTS deliveries_born ON deliveries (sink, born) WHERE state='due';
CREATE INDEX IF NOT EXISTS deliveries_parked ON deliveries (sink) WHERE state='parked';
CREATE INDEX IF NOT EXISTS deliveries_sent ON deliveries (born) WHERE state='sent';
CREATE INDEX IF NOT EXISTS deliveries_claimed ON deliveries (owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_by_image ON deliveries (image) WHERE image<>'';
"""
LAST = """
SELECT p.kind, p.key, p.digest, p.over FROM pieces p
JOIN (SELECT kind, MAX(number) AS number FROM pieces WHERE subject=? GROUP BY kind) USING (number)
"""
OVER = "UPDATE pieces SET over=1 WHERE number=(SELECT MAX(number) FROM pieces WHERE subject=? AND kind=?)"
INSERT = (
    "INSERT OR IGNORE INTO pieces (id,key,kind,subject,image,team,channel,at,data,digest)"
    " VALUES (?,?,?,?,?,?,?,?,?,?)"
)
DELIVER = (
    "INSERT OR IGNORE INTO deliveries (piece, image, subject, sink, address, born, due_at)"
    " VALUES (?,?,?,?,?,?,?)"
)


DECIDING = "decide_release"
"""The actor whose run is waited for: until it has ended, findings and decision may not belong together."""


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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._sinks, self._actors = database, tuple(sinks), tuple(actors)
        self._location: Literal["none", "place", "exact"] = location
        self._clock = clock
        database.define(sqlite_tombstones.SCHEMA + SCHEMA)

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """See ``News.announce``; what is told is read from the ledger.

        Nothing is told while the image is decided anew: whoever announces it runs again after that.
        """
        with self._database.write() as connection:
            if sqlite_tombstones.stands(connection, image) or DECIDING in of_image(connection, image):
                return ()
            known = self._report(connection, image) or report
            last = _last(connection, image)
            fresh, over = changes(known, self._location, last)
            told = [self._tell(connection, known, *each, last) for each in fresh]
            connection.executemany(OVER, [(image, kind) for kind in over])
        return tuple(dict.fromkeys(each.sink for wanted in told for each in wanted))

    def tell(self, draft: Draft, addresses: Sequence[Address]) -> bool:
        """See ``Newsroom.tell``."""
        with self._database.write(durable=True) as connection:
            return write(connection, draft, addresses, self._clock())

    def _report(self, connection: Connection, image: str) -> Report | None:
        rows = load_rows(connection, image)
        if ARRIVAL not in rows:
            return None
        # ``report`` says "waiting" until all is settled; news goes by what is known of the picture itself.
        found = report(rows, {}, [name for name in self._actors if name in rows])
        return {**found, "actors": report(rows, of_image(connection, image), self._actors)["actors"]}

    def _tell(
        self,
        connection: Connection,
        known: Report,
        kind: Kind,
        data: Mapping[str, Any],
        last: Mapping[Kind, Last],
    ) -> list[Address]:
        piece = draft(known, kind, data, last[kind].number + 1 if kind in last else 1)
        wanted = addresses(piece, self._sinks)
        write(connection, piece, wanted, self._clock())
        return wanted


def _last(connection: Connection, image: str) -> dict[Kind, Last]:
    return {
        row["kind"]: Last(int(row["key"].rpartition("/")[2]), row["digest"], bool(row["over"]))
        for row in connection.execute(LAST, (image,))
    }


def write(connection: Connection, draft: Draft, addresses: Sequence[Address], now: float) -> bool:
    """Write a piece and its deliveries in somebody's transaction; False when it was there before."""
    values = (draft.id, draft.key, draft.kind, draft.subject, draft.image, draft.team, draft.channel)
    said = (dumped(draft.data) if addresses else "", fingerprint(draft.data))
    written = connection.execute(INSERT, (*values, now, *said))
    if not written.rowcount:
        return False
    for each in addresses:
        told = (written.lastrowid, draft.image, draft.subject, each.sink, each.to, now, now)
        connection.execute(DELIVER, told)
    return True
