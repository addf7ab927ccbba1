"""What the local engine stands on: the data folder, the ledger in it, and everything opened on them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loupe import fonts
from loupe.settings import Settings
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_standings import SqliteStandings
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.beats import Pulse
from pipeline.chain import Chain, discover
from pipeline.engine import Engine
from pipeline.errors import Misconfigured, Unavailable
from pipeline.retry import Backoff


@dataclass(frozen=True, slots=True)
class Ground:
    """One data folder, opened."""

    settings: Settings
    chain: Chain
    database: Database
    ledger: SqliteLedger
    catalog: SqliteCatalog
    cards: SqliteCards
    standings: SqliteStandings
    store: DiskStore
    public: DiskStore
    archive: ZstdArchive

    @property
    def notes(self) -> SqliteNotes:
        """What people asked for."""
        return SqliteNotes(self.database)

    def engine(self, backoff: Backoff | None = None) -> Engine:
        """For all who take pictures in, replay or watch; it runs no actor, so it needs no ports."""
        return Engine(self.chain, self.ledger, backoff=backoff or Backoff())


def ground(settings: Settings, chain: Chain | None = None) -> Ground:
    """Open the data folder, creating what is missing.

    Raises ``Unavailable`` with words, and ``Misconfigured`` where the settings name a table on AWS: whoever
    wants this one would work beside what is meant.
    """
    if settings.table:
        raise Misconfigured(
            f"This works on the data folder of one machine, and LOUPE_TABLE names {settings.table} on AWS."
            " Leave LOUPE_TABLE out for it; docs/aws.md says what works there."
        )
    folder(settings.data)
    fonts.settle(settings.data)
    actors = chain or discover()
    database = Database(settings.ledger)
    return Ground(
        settings=settings,
        chain=actors,
        database=database,
        ledger=SqliteLedger(database),
        catalog=SqliteCatalog(database, actors.names()),
        cards=SqliteCards(database),
        standings=SqliteStandings(database),
        store=DiskStore(settings.data / "store"),
        public=DiskStore(settings.data / "public"),
        archive=ZstdArchive(settings.data / "archive"),
    )


def pulse(base: Ground, part: str) -> Pulse:
    """Says that a part lives, each time its loop turns."""
    return Pulse(SqliteBeats(base.database), part)


def folder(data: Path) -> None:
    """Make sure that the data folder is there and can be written to."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / f".writable.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        raise Unavailable(
            f"The data folder {data} cannot be written to: {fault.strerror}."
            " Make it writable for this user, or name another with --data."
        ) from fault


def occupied(data: Path) -> bool:
    """Does a `loupe up` work on the data folder at this moment?"""
    try:
        with (data / "up.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def only_instance(data: Path) -> Iterator[None]:
    """Hold the data folder for one `loupe up`. Raises ``Unavailable`` when another one holds it."""
    folder(data)
    with (data / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Unavailable(
                f"Loupe is already running on {data} (process {lock.read().strip() or 'unknown'})."
                " Stop that one, or name another folder with --data."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
