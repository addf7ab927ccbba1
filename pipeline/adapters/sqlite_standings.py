"""How images stand with the public, from the few rows of the SQLite ledger that speak of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from sqlite3 import Connection

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import readable
from pipeline.adapters.sqlite_notes import SCHEMA
from pipeline.publication import SPEAKING, Publication, Standing, publication, standing
from pipeline.results import Result

RESULTS = "SELECT actor, kind, body FROM results WHERE image=? AND actor IN (?,?,?,?)"
RUNS = "SELECT actor FROM tasks WHERE image=?"
WISHES = "SELECT wish FROM notes WHERE image=?"


_decoded = lru_cache(maxsize=512)(readable)
"""The rows are read anew each time; text that was decoded before need not be decoded again."""


class SqliteStandings:
    """``pipeline.publication.Standings`` and ``Publications`` on the ledger's file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def publication(self, image: str) -> Publication | None:
        """See ``Publications.publication``: one snapshot of three look-ups by the image's key."""
        with self._database.snapshot() as connection:
            results, runs = _results(connection, image), _runs(connection, image)
            return publication(image, results, runs, _wishes(connection, image))

    def standing(self, image: str) -> Standing:
        """See ``Standings.standing``."""
        with self._database.snapshot() as connection:
            return _standing(connection, image)

    @contextmanager
    def still(self, image: str) -> Iterator[Standing]:
        """See ``Standings.still``: holds the file's only writer's place."""
        with self._database.write() as connection:
            yield _standing(connection, image)


def _standing(connection: Connection, image: str) -> Standing:
    return standing(_results(connection, image), _runs(connection, image), _wishes(connection, image))


def _results(connection: Connection, image: str) -> Mapping[str, Result]:
    found = connection.execute(RESULTS, (image, *SPEAKING))
    return {row["actor"]: _decoded(row["kind"], row["body"]) for row in found}


def _runs(connection: Connection, image: str) -> set[str]:
    return {row["actor"] for row in connection.execute(RUNS, (image,))}


def _wishes(connection: Connection, image: str) -> set[str]:
    return {row["wish"] for row in connection.execute(WISHES, (image,))}
