"""Moving originals between the store and the archive: bytes that are checked on their way, dates in words."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, cast

from pipeline.errors import Transient, Unavailable
from pipeline.ports import Archive, Store
from pipeline.results import Accepted

CHUNK = 1 << 20
"""Bytes that are hashed at a time."""
ASK_AGAIN = timedelta(minutes=1), timedelta(hours=4)
"""At least and at most between two questions to an archive that needs time."""


def original_key(sha256: str) -> str:
    """Where the original with this hash lies, in the store and in the archive alike."""
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def has(store: Store, key: str) -> bool:
    """Does the store itself have something under ``key``?"""
    return key in store.keys(key.rpartition("/")[0])


def copy_to_archive(accepted: Accepted, store: Store, archive: Archive) -> None:
    """Put the original into the archive. Raises ``Unavailable`` where the store's copy is damaged."""
    with store.open(accepted.key) as stream:
        archive.put(accepted.key, _checked(stream, accepted.sha256, "The original in the store"))


def copy_to_store(accepted: Accepted, archive: Archive, store: Store) -> None:
    """Put the original back. Raises ``Unavailable`` where the archive's copy is damaged."""
    with archive.open(accepted.key) as stream:
        store.put(accepted.key, _checked(stream, accepted.sha256, "The archive's copy of the original"))


def be_ready(archive: Archive, key: str) -> None:
    """Go on where the archive can be read now, else raise ``Transient`` with the time to ask again."""
    if ready := archive.ready(key):
        wait = min(max(ready - datetime.now(UTC), ASK_AGAIN[0]), ASK_AGAIN[1])
        raise Transient(
            f"The archive has it ready at about {minute(ready)}.", retry_after=wait.total_seconds()
        )


def intact(accepted: Accepted, archive: Archive) -> bool:
    """Is what the archive gives out what was accepted? Reads all of it."""
    try:
        with archive.open(accepted.key) as stream:
            checked = _checked(stream, accepted.sha256, "")
            while checked.read(CHUNK):
                pass
    except Unavailable:
        return False
    return True


def day(at: datetime) -> str:
    """``22 December 2026``."""
    return f"{at.day} {at:%B} {at.year}"


def minute(at: datetime) -> str:
    """``22 December 2026 14:05 UTC``."""
    return f"{day(at)} {at:%H:%M} UTC"


def _checked(stream: BinaryIO, sha256: str, what: str) -> BinaryIO:
    return cast(BinaryIO, _Checked(stream, sha256, what))


class _Checked(io.RawIOBase):
    """Passes a stream on, and fails at its end where it was not the right one.

    So whoever keeps a stream only when it came to its end keeps nothing wrong.
    """

    def __init__(self, stream: BinaryIO, sha256: str, what: str) -> None:
        self._stream, self._sha256, self._what = stream, sha256, what
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes. Raises ``Unavailable``."""
        found = self._stream.read(size)
        self._digest.update(found)
        if size and (not found or size < 0) and self._digest.hexdigest() != self._sha256:
            raise Unavailable(
                f"{self._what} is damaged: its sha256 is {self._digest.hexdigest()}, not {self._sha256}."
                " Bring it back from a backup."
            )
        return found
