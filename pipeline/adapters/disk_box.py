"""The box of uploads in a folder: written aside, synced, then linked under the ticket's id, once."""

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Unavailable, Unknown
from pipeline.post_policy import Signer
from pipeline.tickets import ID, Form, Lying, Ticket

CHUNK = 1 << 20
"""Bytes that are hashed at a time."""


class DiskBox:
    """``pipeline.tickets.Box`` below one folder; ``url`` is the door that the forms are sent to."""

    def __init__(
        self, folder: Path, signer: Signer, url: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder, self._signer, self._url, self._clock = folder, signer, url, clock

    def form(self, ticket: Ticket) -> Form:
        """See ``Box.form``."""
        fields = self._signer.fields(ticket.id, ticket.type, ticket.most, ticket.expires, self._clock())
        return Form(self._url, fields)

    def begin(self) -> "Draft":
        """A file that is being received. Raises ``Unavailable``."""
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
                _sync(self.folder.parent)
            return Draft(os.fspath(self.folder))
        except OSError as fault:
            raise Unavailable(_words(self.folder, fault)) from fault

    def look(self, id: str) -> Lying | None:
        """See ``Box.look``. What lies here is never written again."""
        return _seen(self._path(id))

    def open(self, id: str, sha256: str) -> BinaryIO:
        """See ``Box.open``."""
        try:
            return self._path(id).open("rb")
        except FileNotFoundError:
            raise Unknown("Nothing lies in the box under this ticket.") from None
        except OSError as fault:
            raise Unavailable(f"{self._path(id)} cannot be read: {fault.strerror}.") from fault

    def sync(self) -> None:
        """See ``Box.sync``."""
        _synced(self.folder)

    def has(self, id: str) -> bool:
        """See ``Box.has``."""
        return self._path(id).exists()

    def drop(self, id: str) -> None:
        """See ``Box.drop``."""
        self._path(id).unlink(missing_ok=True)

    def lying(self, older: float) -> Iterator[str]:
        """See ``Box.lying``."""
        before = time.time() - older
        for path in self.folder.glob("[0-9a-f]*"):
            if ID.fullmatch(path.name) and _written(path) < before:
                yield path.name

    def tidy(self, older: float) -> int:
        """See ``Box.tidy``."""
        before = time.time() - older
        left = [path for path in self.folder.glob(".*.part") if _written(path) < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path(self, id: str) -> Path:
        if not ID.fullmatch(id):
            raise Unknown("This is no ticket's id.")
        return self.folder / id


class Draft:
    """A file that is being received; it goes unless it is kept."""

    def __init__(self, folder: str) -> None:
        self._folder, self._path = folder, f"{folder}/.{secrets.token_hex(8)}.part"
        self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, chunk: memoryview) -> None:
        """Add to it. Raises ``Unavailable``: the disk is full."""
        try:
            written = 0
            while written < len(chunk):
                written += os.write(self._handle, chunk[written:])
        except OSError as fault:
            raise Unavailable(_words(self._folder, fault)) from fault
        self._digest.update(chunk)
        self.size += len(chunk)

    def keep(self, id: str) -> Lying | None:
        """Put it into the box, synced to the disk; what lies there then. None: it is another file.

        Raises ``Unavailable``.
        """
        lying = self.lay(id)
        _synced(self._folder)
        return lying

    def lay(self, id: str) -> Lying | None:
        """The same for whoever has the box synced afterwards: only then its name outlives a power cut."""
        mine, path = Lying(self._digest.hexdigest(), self.size), f"{self._folder}/{id}"
        try:
            os.fsync(self._handle)
            os.link(self._path, path)
        except FileExistsError:  # perhaps this file, when somebody was stopped before he could say so
            return mine if _seen(path) == mine else None
        except OSError as fault:
            raise Unavailable(_words(self._folder, fault)) from fault
        return mine

    def end(self) -> None:
        """Close it, and throw away what was not kept."""
        with suppress(OSError):  # a disk that was full may say so once more
            os.close(self._handle)
        with suppress(FileNotFoundError):
            os.unlink(self._path)


def _seen(path: str | Path) -> Lying | None:
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise Unavailable(f"{path} cannot be read: {fault.strerror}.") from fault
    return Lying(digest.hexdigest(), size)


def _synced(folder: str | Path) -> None:
    try:
        _sync(folder)
    except OSError as fault:
        raise Unavailable(_words(folder, fault)) from fault


def _sync(folder: str | Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(path: Path) -> float:
    """When it was written to last, in seconds since the epoch; now, when it is gone already."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _words(folder: str | Path, fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder} is full. Free some space; nothing that was accepted is lost."
    return f"{folder} cannot be written: {fault.strerror}. Make the data folder writable for this user."
