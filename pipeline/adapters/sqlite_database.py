"""One SQLite file in WAL mode, shared by processes and threads.

WAL with synchronous=NORMAL survives the death of any process; FULL survives power loss as well and is used
where something is acknowledged to the outside (https://sqlite.org/wal.html, "Durability").
"""

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import Unavailable

BUSY_SECONDS = 30
CREATED = re.compile(r"CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) IF NOT EXISTS (\w+)")
POLL_SECONDS = 0.02


class Database:
    """Opens one connection per thread and process; forking or spawning is safe.

    ``durable``: every transaction survives power loss, not only those that ask for it.
    """

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        self.path, self._durable = path, durable
        self._local = threading.local()

    def define(self, schema: str) -> None:
        """Create what is missing of a schema (``CREATE ... IF NOT EXISTS`` statements), all of it at once.

        Where nothing is missing nobody's writing is held up.
        """
        connection = self.connection()
        with self._worded():
            there = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
            if (wanted := CREATED.findall(schema)) and there.issuperset(wanted):
                return
            try:
                connection.executescript(f"BEGIN IMMEDIATE;{schema};COMMIT;")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def connection(self) -> sqlite3.Connection:
        """This thread's connection; rows are ``sqlite3.Row``; autocommit outside ``write``."""
        if getattr(self._local, "pid", None) != os.getpid():
            with self._worded():
                self._local.connection = _connect(self.path)
            self._local.pid = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else writes in. ``durable`` also survives power loss.

        Within another one of the same thread it is a part of that, and as durable as that.
        """
        connection = self.connection()
        if getattr(self._local, "writing", False):
            yield connection
            return
        with self._worded():
            connection.execute(f"PRAGMA synchronous={'FULL' if durable or self._durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            self._local.writing = True
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._local.writing = False
                if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Several queries that all see the same moment."""
        connection = self.connection()
        with self._worded():
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def read(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self._worded():
            return self.connection().execute(sql, values).fetchall()

    def writable(self, within: float) -> None:
        """Begin to write, and leave it at that. Raises ``Unavailable`` when that takes too many seconds."""
        connection = self.connection()
        with self._worded():
            connection.execute(f"PRAGMA busy_timeout={int(within * 1000)}")
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            finally:
                connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    def wait(self, seconds: float) -> None:
        """Return when another connection has committed, or after ``seconds``."""
        connection, until = self.connection(), time.monotonic() + seconds
        seen = getattr(self._local, "version", None)
        with self._worded():
            while (version := _data_version(connection)) == seen and time.monotonic() < until:
                time.sleep(POLL_SECONDS)
        self._local.version = version

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            self._local.pid = None

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as fault:
            raise Unavailable(
                f"The ledger {self.path} cannot be used: {fault}. {_mend(str(fault))}"
            ) from fault
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise Unavailable(
                f"The ledger {self.path} is damaged: {fault}. Stop Loupe, move the file away or restore"
                " a copy of it, and start again; the originals are not touched."
            ) from fault


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted leaves no bytes behind
    return connection


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _mend(fault: str) -> str:
    if "full" in fault:
        return "Free some space on the disk; nothing that was accepted is lost."
    if "readonly" in fault or "unable to open" in fault:
        return "Make the data folder writable for this user, or name another with --data."
    if "locked" in fault:
        return "Another program holds it; close that program."
    return "See `loupe doctor`."
