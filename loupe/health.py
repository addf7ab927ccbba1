"""Can this installation take pictures, and who of its parts is missing? In words."""

import shutil

from loupe.ground import Ground, folder
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.beats import silent
from pipeline.errors import Unavailable

FLOOR = 4 << 20
"""Bytes free below which no picture can be taken for certain. An alarm calls out long before."""
PATIENCE = 2.0
"""Seconds in which a writer of the ledger should have had its turn."""


def reason(base: Ground) -> str | None:
    """Why no picture can be taken now; None when one can. Every reason there is, in sentences."""
    found = [words for look in (_folder, _ledger, _disk) if (words := look(base))]
    return " ".join(found) or None


def missing(base: Ground) -> str:
    """The parts that should be there and are not heard of; empty when all are."""
    return ", ".join(silent(SqliteBeats(base.database).ages()))


def free_bytes(base: Ground) -> int:
    """What is left on the disk with the data folder."""
    return shutil.disk_usage(base.settings.data).free


def _folder(base: Ground) -> str | None:
    try:
        folder(base.settings.data)
    except Unavailable as fault:
        return fault.words
    return None


def _ledger(base: Ground) -> str | None:
    if not base.settings.ledger.exists():
        return f"The ledger {base.settings.ledger} is gone. Stop Loupe, and bring the file back."
    try:
        base.database.writable(PATIENCE)
    except Unavailable as fault:
        return fault.words
    return None


def _disk(base: Ground) -> str | None:
    free = free_bytes(base)
    if free >= FLOOR:
        return None
    return f"The disk of {base.settings.data} has {free / 1e6:.0f} MB left. Free some space."
