"""Joins uploads to the ledger: what signs tickets, where files lie, who takes them in."""

from pathlib import Path

from loupe import keys
from loupe.ground import Ground
from pipeline.adapters.disk_box import DiskBox
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_tickets import SqliteTickets
from pipeline.post_policy import Signer
from pipeline.tickets import DOOR, Quota
from pipeline.uploading import Desk


def key(data: Path) -> bytes:
    """The key behind tickets, sessions and links, made once. Raises ``Unavailable``."""
    return keys.kept(data / "site.key", "The key of the upload site")


def signer(base: Ground) -> Signer:
    """Signs tickets."""
    return Signer(key(base.settings.data))


def box(base: Ground) -> DiskBox:
    """Where uploads lie until they are accepted."""
    return DiskBox(base.settings.data / "inbox", signer(base), DOOR)


def desk(base: Ground) -> Desk:
    """Hands tickets out and takes files in."""
    return Desk(
        engine=base.engine(),
        tickets=SqliteTickets(base.database),
        box=box(base),
        store=base.store,
        notes=SqliteNotes(base.database),
        most=base.settings.max_bytes,
        quota=Quota(base.settings.upload_files, base.settings.upload_bytes),
    )
