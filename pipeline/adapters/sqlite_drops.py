"""What was taken in from drops, and which reports are due, in the SQLite ledger's file.

Triggers note in the transaction that changes an image that its report is due, so none is missed whoever dies
when; and when an image is erased they forget it here and leave the order to take its report away. Paths are
kept as base64: no part of one is taken for the name of an erased picture.
"""

import base64
import os
import time
from collections.abc import Callable, Sequence
from sqlite3 import Connection

from pipeline.adapters import sqlite_ledger
from pipeline.adapters.sqlite_database import Database
from pipeline.drops import Due, Entered, Found, fingerprint

TELLING = "report_findings"
"""The actor whose row says that findings can be told."""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS drops (
    place TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL, image TEXT NOT NULL,
    wanted INTEGER NOT NULL, told INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (place, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drops_of_image ON drops (image);
CREATE INDEX IF NOT EXISTS drops_due ON drops (place, due_at) WHERE wanted>told;
CREATE TABLE IF NOT EXISTS drop_boxes (id TEXT PRIMARY KEY, image TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drop_boxes_of_image ON drop_boxes (image);
CREATE TRIGGER IF NOT EXISTS drop_settled AFTER UPDATE OF state ON images
    WHEN new.state<>'waiting' AND old.state='waiting'
    BEGIN UPDATE drops SET wanted=wanted+1 WHERE image=new.image; END;
CREATE TRIGGER IF NOT EXISTS drop_found AFTER INSERT ON results WHEN new.actor='{TELLING}'
    BEGIN UPDATE drops SET wanted=wanted+1 WHERE image=new.image; END;
CREATE TRIGGER IF NOT EXISTS drop_erased AFTER DELETE ON drops WHEN old.image<>''
    BEGIN INSERT INTO drops (place, path, stamp, image, wanted)
    VALUES (old.place, old.path, old.stamp, '', 1); END;
CREATE TRIGGER IF NOT EXISTS drop_box_erased AFTER DELETE ON drop_boxes WHEN old.image<>''
    BEGIN INSERT INTO drop_boxes VALUES (old.id, ''); END;
"""  # noqa: S608
REMEMBER = f"""
INSERT INTO drops (place, path, stamp, image, wanted) VALUES (:place, :path, :stamp, :image,
    :image='' OR (SELECT state<>'waiting' FROM images WHERE image=:image)
    OR EXISTS (SELECT 1 FROM results WHERE image=:image AND actor='{TELLING}'))
ON CONFLICT (place, path) DO UPDATE SET stamp=excluded.stamp,
    told=CASE WHEN image=excluded.image THEN told ELSE 0 END,
    wanted=CASE WHEN image=excluded.image THEN wanted ELSE excluded.wanted END,
    due_at=0, image=excluded.image
"""  # noqa: S608
STANDS = "SELECT 1 FROM images WHERE image=?"
DUE = """
SELECT path, image, wanted FROM drops WHERE place=? AND wanted>told AND due_at<=? ORDER BY due_at LIMIT ?
"""
SPENT = """
SELECT id FROM drop_boxes b WHERE image='' OR EXISTS (
    SELECT 1 FROM results r WHERE r.image=b.image AND r.actor='accept_image' AND NOT r.parked) LIMIT ?
"""


class SqliteDrops:
    """``pipeline.drops.Drops``. Safe for any number of processes."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        for schema in (sqlite_ledger.SCHEMA, SCHEMA):  # the triggers are on its tables
            database.define(schema)

    def fresh(self, place: str, found: Sequence[Found]) -> list[Found]:
        """See ``Drops.fresh``."""
        paths = {_kept(each.path): each for each in found}
        marks = ",".join("?" * len(paths))
        query = f"SELECT path, stamp FROM drops WHERE place=? AND path IN ({marks})"  # noqa: S608
        known = {
            row["path"]: row["stamp"] for row in self._database.read(query, (fingerprint(place), *paths))
        }
        return [each for path, each in paths.items() if known.get(path) != each.stamp]

    def remember(self, place: str, entered: Sequence[Entered]) -> None:
        """See ``Drops.remember``. Of an image that was erased meanwhile nothing is noted but that it went."""
        with self._database.write(durable=True) as connection:
            for each in entered:
                stands = each.image if connection.execute(STANDS, (each.image,)).fetchone() else ""
                own = {"place": fingerprint(place), "path": _kept(each.found.path), "image": stands}
                connection.execute(REMEMBER, own | {"stamp": each.found.stamp})
                if each.box:
                    _boxed(connection, each.box, stands)

    def due(self, place: str, limit: int) -> list[Due]:
        """See ``Drops.due``."""
        found = self._database.read(DUE, (fingerprint(place), self._clock(), limit))
        return [Due(_path(row["path"]), row["image"], row["wanted"]) for row in found]

    def told(self, place: str, due: Due) -> None:
        """See ``Drops.told``. What another image has come in the place of meanwhile is not told yet."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE drops SET told=MAX(told, ?) WHERE place=? AND path=? AND image=?",
                (due.wanted, fingerprint(place), _kept(due.path), due.image),
            )

    def postpone(self, place: str, due: Due, seconds: float) -> None:
        """See ``Drops.postpone``."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE drops SET due_at=? WHERE place=? AND path=?",
                (self._clock() + seconds, fingerprint(place), _kept(due.path)),
            )

    def spent(self, limit: int) -> list[str]:
        """See ``Drops.spent``."""
        return [row["id"] for row in self._database.read(SPENT, (limit,))]

    def emptied(self, boxes: Sequence[str]) -> None:
        """See ``Drops.emptied``."""
        with self._database.write() as connection:
            for sql in ("UPDATE drop_boxes SET image='' WHERE id=?", "DELETE FROM drop_boxes WHERE id=?"):
                connection.executemany(sql, [(each,) for each in boxes])

    def unknown(self, boxes: Sequence[str]) -> list[str]:
        """See ``Drops.unknown``."""
        query = "SELECT 1 FROM drop_boxes WHERE id=?"
        return [each for each in boxes if not self._database.read(query, (each,))]


def _boxed(connection: Connection, box: str, image: str) -> None:
    connection.execute(
        "INSERT INTO drop_boxes VALUES (?,?) ON CONFLICT (id) DO UPDATE SET image=excluded.image",
        (box, image),
    )


def _kept(path: str) -> str:
    return base64.urlsafe_b64encode(os.fsencode(path)).decode()


def _path(kept: str) -> str:
    return os.fsdecode(base64.urlsafe_b64decode(kept))
