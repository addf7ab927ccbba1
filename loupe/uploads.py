"""Joins uploads to the ledger: what signs tickets, where files lie, who takes them in."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from loupe import keys
from loupe.ground import Ground
from pipeline import inbox
from pipeline.adapters.disk_box import DiskBox
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_tickets import SqliteTickets
from pipeline.errors import Unavailable
from pipeline.post_policy import Signer
from pipeline.tickets import DOOR, Box, Quota
from pipeline.uploading import Desk
from scheduler.timetable import Every

if TYPE_CHECKING:
    from pipeline.adapters.s3_box import S3Box

log = logging.getLogger("loupe.uploads")
SECONDS, SCRAP_SECONDS = 30, 3600


def key(data: Path) -> bytes:
    """The key behind tickets, sessions and links, made once. Raises ``Unavailable``."""
    return keys.kept(data / "site.key", "The key of the upload site")


def signer(base: Ground) -> Signer:
    """Signs tickets."""
    return Signer(key(base.settings.data))


def box(base: Ground) -> Box:
    """Where uploads lie until they are accepted: in a bucket where a setting names one."""
    return bucket(base.settings.upload_bucket) if base.settings.upload_bucket else disk_box(base)


def disk_box(base: Ground) -> DiskBox:
    """The one on this machine."""
    return DiskBox(base.settings.data / "inbox", signer(base), DOOR)


@lru_cache
def bucket(said: str) -> "S3Box":
    """The one in a bucket: ``bucket`` or ``s3://bucket/prefix``."""
    from pipeline.adapters.s3_box import S3Box  # and with it botocore; only where it is used

    name, _, prefix = said.removeprefix("s3://").strip("/").partition("/")
    return S3Box(name, f"{prefix}/" if prefix else "")


def origin(base: Ground) -> str:
    """The other place that pages send files to; empty where there is none, or nobody can sign for it."""
    try:
        return bucket(base.settings.upload_bucket).origin() if base.settings.upload_bucket else ""
    except Unavailable as fault:
        log.error("%s", fault.words)
        return ""


def desk(base: Ground) -> Desk:
    """Hands tickets out and takes files in."""
    return Desk(
        engine=base.engine(),
        tickets=SqliteTickets(base.database),
        box=box(base),
        store=base.store,
        notes=SqliteNotes(base.database),
        catalog=base.catalog,
        most=base.settings.max_bytes,
        quota=Quota(base.settings.upload_files, base.settings.upload_bytes),
    )


def rows(base: Ground) -> list[Every]:
    """What the clock does about uploads."""
    hands = desk(base)
    return [
        Every("uploads", SECONDS, lambda: inbox.tend(hands, base.ledger)),
        Every("originals", SCRAP_SECONDS, lambda: inbox.scrap(hands, inbox.joined(base.store.folders))),
    ]
