"""The ledger in SQLite: rows and the tasks they make ready are written in one transaction."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection

from pipeline import codec
from pipeline.adapters import sqlite_facts, sqlite_tallies, sqlite_tasks, sqlite_tombstones
from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unknown
from pipeline.ledger import ARRIVAL, Again, Entry, Follow, Outcome, Row, Rows, Settled, Task, Work
from pipeline.model import Source
from pipeline.results import Arrived, Failed, Result
from pipeline.shortid import candidates, new_image

SCHEMA = """
CREATE TABLE IF NOT EXISTS images (
    image TEXT PRIMARY KEY, short TEXT NOT NULL UNIQUE, delivery TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, message TEXT NOT NULL,
    person TEXT NOT NULL, entered_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting');
CREATE INDEX IF NOT EXISTS images_by_message ON images (team, channel, message);
CREATE INDEX IF NOT EXISTS images_by_channel ON images (team, channel, image);
CREATE INDEX IF NOT EXISTS images_by_person ON images (team, person, image);
CREATE INDEX IF NOT EXISTS images_by_state ON images (state);
CREATE TABLE IF NOT EXISTS results (
    image TEXT NOT NULL REFERENCES images, actor TEXT NOT NULL, revision INTEGER NOT NULL,
    version INTEGER NOT NULL, state TEXT NOT NULL, parked INTEGER NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, inputs TEXT NOT NULL, attempts INTEGER NOT NULL, ms REAL NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (image, actor)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS results_parked ON results (at) WHERE parked;
"""

ACCEPT = """
INSERT INTO results VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT (image, actor) DO UPDATE SET
    revision=excluded.revision, version=excluded.version, state=excluded.state, parked=excluded.parked,
    kind=excluded.kind, body=excluded.body, inputs=excluded.inputs, attempts=excluded.attempts,
    ms=excluded.ms, at=excluded.at
WHERE excluded.revision > results.revision
"""


class SqliteLedger:
    """``pipeline.ledger.Ledger`` on one SQLite file. Safe for any number of processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        for module in (sqlite_tasks, sqlite_facts, sqlite_tallies, sqlite_tombstones):
            database.define(module.SCHEMA)
        database.define(SCHEMA)

    def enter(self, arrivals: Sequence[tuple[str, Source]], follow: Follow) -> list[Entry]:
        """See ``Ledger.enter``: one transaction for all, synced to the disk."""
        with self._database.write(durable=True) as connection:
            return [_enter(connection, delivery, source, follow) for delivery, source in arrivals]

    def turn(
        self, worker: str, outcomes: Sequence[Outcome], follow: Follow, *, want: int, lease: float
    ) -> list[Work]:
        """See ``Ledger.turn``."""
        with self._database.write() as connection:
            sqlite_tasks.ended(connection, worker)
            for outcome in outcomes:
                if isinstance(outcome, Settled):
                    _settle(connection, outcome.row, follow)
                else:
                    _again(connection, worker, outcome)
            near = outcomes[-1].row.image if outcomes and isinstance(outcomes[-1], Settled) else ""
            claimed = sqlite_tasks.claim(connection, worker, near=near, want=want, lease=lease)
            return [Work(task, load_rows(connection, task.image)) for task in claimed]

    def extend(self, workers: Sequence[str], lease: float) -> None:
        """See ``Ledger.extend``."""
        with self._database.write() as connection:
            until = [(time.time() + lease, worker) for worker in workers]
            for table in ("tasks", "overtaken"):
                connection.executemany(f"UPDATE {table} SET lease_until=? WHERE worker=?", until)  # noqa: S608

    def release(self, worker: str) -> list[Work]:
        """See ``Ledger.release``."""
        with self._database.write() as connection:
            sqlite_tasks.ended(connection, worker)
            held = sqlite_tasks.held_by(connection, worker)
            connection.execute("UPDATE tasks SET worker=NULL, ready=1 WHERE worker=?", (worker,))
            return [Work(replace(t, running=False), load_rows(connection, t.image)) for t in held]

    def holders(self) -> list[str]:
        """See ``Ledger.holders``."""
        found = self._database.read("SELECT DISTINCT worker FROM tasks WHERE worker IS NOT NULL")
        return [row["worker"] for row in found]

    def expire(self) -> int:
        """See ``Ledger.expire``."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM overtaken WHERE lease_until<?", (time.time(),))
            return connection.execute(
                "UPDATE tasks SET worker=NULL, ready=1 WHERE worker IS NOT NULL AND lease_until<?",
                (time.time(),),
            ).rowcount

    def rows(self, image: str) -> Rows:
        """See ``Ledger.rows``."""
        with self._database.snapshot() as connection:
            return load_rows(connection, image)

    def open_tasks(self, image: str) -> Mapping[str, Task]:
        """See ``Ledger.open_tasks``."""
        with self._database.snapshot() as connection:
            return sqlite_tasks.of_image(connection, image)

    def demand(self, tasks: Sequence[Task]) -> None:
        """See ``Ledger.demand``."""
        with self._database.write(durable=True) as connection:
            there = [task for task in tasks if _exists(connection, task.image)]
            sqlite_tasks.overtake(connection, there)
            sqlite_tasks.add(connection, there)
            connection.executemany(
                "UPDATE images SET state='waiting' WHERE image=?", [(task.image,) for task in there]
            )

    def stalled(self, limit: int) -> list[str]:
        """See ``Ledger.stalled``."""
        found = self._database.read(
            "SELECT image FROM images WHERE state='waiting'"
            " AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.image=images.image) LIMIT ?",
            (limit,),
        )
        return [row["image"] for row in found]

    def resume(self, image: str, follow: Follow) -> None:
        """See ``Ledger.resume``."""
        with self._database.write() as connection:
            _follow(connection, image, follow)

    def images(self, after: str, limit: int) -> list[str]:
        """See ``Ledger.images``."""
        found = self._database.read(
            "SELECT image FROM images WHERE image>? ORDER BY image LIMIT ?", (after, limit)
        )
        return [row["image"] for row in found]

    def wait(self, seconds: float) -> None:
        """See ``Ledger.wait``."""
        self._database.wait(seconds)


def load_rows(connection: Connection, image: str) -> Rows:
    """All rows of an image, by actor."""
    found = connection.execute("SELECT * FROM results WHERE image=?", (image,))
    return {
        r["actor"]: Row(
            image=image,
            actor=r["actor"],
            result=readable(r["kind"], r["body"]),
            at=datetime.fromtimestamp(r["at"], UTC),
            revision=r["revision"],
            version=r["version"],
            inputs=json.loads(r["inputs"]),
            attempts=r["attempts"],
            ms=r["ms"],
        )
        for r in found
    }


def readable(kind: str, body: str) -> Result:
    """The result; one that another version of Loupe wrote and this one cannot read counts as parked."""
    try:
        return codec.load(kind, body)
    except Unknown as fault:
        return Failed(fault.words)


def _enter(connection: Connection, delivery: str, source: Source, follow: Follow) -> Entry:
    known = connection.execute("SELECT image FROM images WHERE delivery=?", (delivery,)).fetchone()
    if known:
        arrived = load_rows(connection, known["image"])[ARRIVAL].result
        assert isinstance(arrived, Arrived)
        return Entry(arrived, new=False)
    if erased := sqlite_tombstones.of_delivery(connection, delivery):
        nothing = Source(kind=source.kind, name="", locator="")
        return Entry(Arrived(erased.image, erased.short, nothing, erased.at), new=False)
    image, at = new_image(), datetime.now(UTC)
    arrived = Arrived(image, _free_short(connection, image), source, at)
    connection.execute(
        "INSERT INTO images VALUES (?,?,?,?,?,?,?,?,?,'waiting')",
        (image, arrived.short, delivery, *_indexed(source), at.timestamp()),
    )
    _insert(connection, Row(image, ARRIVAL, arrived, at))
    _follow(connection, image, follow)
    return Entry(arrived, new=True)


def _indexed(source: Source) -> tuple[str, ...]:
    return (source.kind, source.team, source.channel, source.message, source.person)


def _free_short(connection: Connection, image: str) -> str:
    for short in candidates(image):
        known = connection.execute("SELECT 1 FROM images WHERE short=?", (short,)).fetchone()
        if not known and not sqlite_tombstones.taken(connection, short):
            return short
    return image


def _exists(connection: Connection, image: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM images WHERE image=?", (image,)).fetchone())


def _settle(connection: Connection, row: Row, follow: Follow) -> None:
    if not _exists(connection, row.image):  # erased while the run went on: it has ended now
        sqlite_tasks.remove(connection, row)
        return
    accepted = _insert(
        connection, replace(row, result=sqlite_tombstones.without_erased(connection, row.result))
    )
    removed = sqlite_tasks.remove(connection, row)
    if accepted:
        sqlite_tallies.count(connection, row.actor, row.state, row.at.timestamp(), row.ms)
    if accepted or removed:
        _follow(connection, row.image, follow)


def _insert(connection: Connection, row: Row) -> bool:
    key = (row.image, row.actor, row.revision, row.version, row.state, row.parked)
    body = (codec.kind(row.result), codec.dump(row.result), json.dumps(dict(row.inputs)))
    run = (row.attempts, row.ms, row.at.timestamp())
    return bool(connection.execute(ACCEPT, (*key, *body, *run)).rowcount)


def _follow(connection: Connection, image: str, follow: Follow) -> None:
    plan = follow(image, load_rows(connection, image), sqlite_tasks.of_image(connection, image))
    for row in plan.skip:
        if _insert(connection, row):
            sqlite_tallies.count(connection, row.actor, row.state, row.at.timestamp(), row.ms)
    sqlite_tasks.add(connection, plan.start)
    if plan.facts:
        sqlite_facts.write(connection, plan.facts)
    if now := plan.state or (plan.start and "waiting"):
        connection.execute("UPDATE images SET state=? WHERE image=? AND state<>?", (now, image, now))


def _again(connection: Connection, worker: str, outcome: Again) -> None:
    task = outcome.task
    if not _exists(connection, task.image):
        connection.execute("DELETE FROM tasks WHERE image=? AND actor=?", (task.image, task.actor))
        return
    sqlite_tallies.count(connection, task.actor, "again", time.time(), 0.0)
    connection.execute(
        "UPDATE tasks SET worker=NULL, ready=0, lost=?, due_at=?, error=?"
        " WHERE image=? AND actor=? AND revision=? AND (worker=? OR worker IS NULL)",
        (task.lost, outcome.due_at, outcome.error, task.image, task.actor, task.revision, worker),
    )
