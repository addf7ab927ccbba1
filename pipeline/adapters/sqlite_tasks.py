"""The tasks table: what is due, who runs it, until when."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection
from sqlite3 import Row as Record

from pipeline.ledger import Row, Task

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    image TEXT NOT NULL, actor TEXT NOT NULL, revision INTEGER NOT NULL, priority INTEGER NOT NULL,
    due_at REAL NOT NULL, ready INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0, error TEXT, worker TEXT, lease_until REAL,
    PRIMARY KEY (image, actor)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS overtaken (
    worker TEXT NOT NULL, image TEXT NOT NULL, lease_until REAL NOT NULL,
    PRIMARY KEY (worker, image)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tasks_ready ON tasks (priority, image) WHERE worker IS NULL AND ready=1;
CREATE INDEX IF NOT EXISTS tasks_later ON tasks (due_at) WHERE worker IS NULL AND ready=0;
CREATE INDEX IF NOT EXISTS tasks_running ON tasks (worker, image) WHERE worker IS NOT NULL;
"""
"""``overtaken``: runs that went on while a newer revision of their task was asked for. They end with the next
turn of their worker."""
SIGHT = 16
"""How many ready tasks a worker looks at before it chooses one."""


def add(connection: Connection, tasks: Sequence[Task]) -> None:
    """Make tasks due. One that is open already stays as it is, unless a newer revision is asked for."""
    connection.executemany(
        "INSERT INTO tasks (image, actor, revision, priority, due_at, ready) VALUES (?,?,?,?,?,?)"
        " ON CONFLICT (image, actor) DO UPDATE SET revision=excluded.revision, due_at=excluded.due_at,"
        " priority=excluded.priority, ready=excluded.ready, attempts=0, lost=0, error=NULL, worker=NULL"
        " WHERE excluded.revision > tasks.revision",
        [(t.image, t.actor, t.revision, t.priority, t.due_at, t.due_at <= time.time()) for t in tasks],
    )


def overtake(connection: Connection, tasks: Sequence[Task]) -> None:
    """Remember who still works on an older revision of these tasks, before they are made due anew."""
    connection.executemany(
        "INSERT OR REPLACE INTO overtaken SELECT worker, image, lease_until FROM tasks"
        " WHERE image=? AND actor=? AND revision<? AND worker IS NOT NULL",
        [(task.image, task.actor, task.revision) for task in tasks],
    )


def ended(connection: Connection, worker: str) -> None:
    """Whatever the worker went on with has ended: it asks for more, or is gone."""
    connection.execute("DELETE FROM overtaken WHERE worker=?", (worker,))


def running(connection: Connection, image: str) -> int:
    """Runs on an image that have begun and not ended, as far as anybody knows."""
    query = (
        "SELECT (SELECT COUNT(*) FROM tasks WHERE image=:image AND worker IS NOT NULL)"
        " + (SELECT COUNT(*) FROM overtaken WHERE image=:image)"
    )
    return int(connection.execute(query, {"image": image}).fetchone()[0])


def remove(connection: Connection, row: Row) -> bool:
    """The task that a row has answered is no longer due; was there one?"""
    gone = connection.execute(
        "DELETE FROM tasks WHERE image=? AND actor=? AND revision<=?", (row.image, row.actor, row.revision)
    )
    return gone.rowcount > 0


def of_image(connection: Connection, image: str) -> Mapping[str, Task]:
    """The open tasks of an image, by actor."""
    found = connection.execute("SELECT * FROM tasks WHERE image=?", (image,))
    return {record["actor"]: _task(record) for record in found}


def held_by(connection: Connection, worker: str) -> list[Task]:
    """What a worker has claimed."""
    return [_task(r) for r in connection.execute("SELECT * FROM tasks WHERE worker=?", (worker,))]


def claim(connection: Connection, worker: str, *, near: str, want: int, lease: float) -> list[Task]:
    """Give up to ``want`` ready tasks to a worker.

    Among the first few by priority and age it prefers the image it has just worked on, then one that
    nobody works on: so a picture tends to be decoded by one process, and a lone picture is shared.
    """
    if want <= 0:
        return []
    now = time.time()
    connection.execute("UPDATE tasks SET ready=1 WHERE worker IS NULL AND ready=0 AND due_at<=?", (now,))
    found = connection.execute(
        "SELECT * FROM tasks WHERE worker IS NULL AND ready=1 ORDER BY priority, image LIMIT ?",
        (max(SIGHT, want),),
    ).fetchall()
    busy = _busy(connection) if len(found) > want else set()
    found.sort(key=lambda r: (r["priority"], r["image"] != near, r["image"] in busy, r["image"]))
    claimed = [_task(record) for record in found[:want]]
    connection.executemany(
        "UPDATE tasks SET worker=?, lease_until=?, attempts=attempts+1, lost=lost+1"
        " WHERE image=? AND actor=?",
        [(worker, now + lease, task.image, task.actor) for task in claimed],
    )
    return [replace(task, attempts=task.attempts + 1, lost=task.lost + 1) for task in claimed]


def _busy(connection: Connection) -> set[str]:
    return {r["image"] for r in connection.execute("SELECT image FROM tasks WHERE worker IS NOT NULL")}


def _task(record: Record) -> Task:
    return Task(
        image=record["image"],
        actor=record["actor"],
        revision=record["revision"],
        priority=record["priority"],
        due_at=record["due_at"],
        attempts=record["attempts"],
        error=record["error"],
        lost=record["lost"],
        running=record["worker"] is not None,
    )
