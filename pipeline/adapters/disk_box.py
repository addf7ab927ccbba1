"""The box of uploads in a folder: written aside, synced, then linked under the ticket's id, once."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
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
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        except OSError as fault:
            raise Unavailable(f"{self.folder} cannot be written: {fault.strerror}.") from fault
        return Draft(os.fdopen(handle, "wb"), Path(name), self.folder)

    def look(self, id: str) -> Lying | None:
        """See ``Box.look``."""
        digest, size = hashlib.sha256(), 0
        try:
            with self.open(id) as stream:
                for chunk in iter(lambda: stream.read(CHUNK), b""):
                    digest.update(chunk)
                    size += len(chunk)
        except Unknown:
            return None
        return Lying(digest.hexdigest(), size)

    def open(self, id: str) -> BinaryIO:
        """See ``Box.open``."""
        try:
            return self._path(id).open("rb")
        except FileNotFoundError:
            raise Unknown("Nothing lies in the box under this ticket.") from None

    def drop(self, id: str) -> None:
        """See ``Box.drop``."""
        self._path(id).unlink(missing_ok=True)

    def lying(self, older: float) -> Iterator[str]:
        """See ``Box.lying``."""
        before = time.time() - older
        for path in self.folder.glob("[0-9a-f]*"):
            if ID.fullmatch(path.name) and path.stat().st_mtime < before:
                yield path.name

    def _path(self, id: str) -> Path:
        if not ID.fullmatch(id):
            raise Unknown("This is no ticket's id.")
        return self.folder / id


class Draft:
    """A file that is being received; it goes unless it is kept."""

    def __init__(self, file: BinaryIO, path: Path, folder: Path) -> None:
        self._file, self._path, self._folder = file, path, folder
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add to it."""
        self._file.write(chunk)
        self.size += len(chunk)

    def keep(self, id: str) -> bool:
        """Put it into the box, synced to the disk; False where something lies there under this id already."""
        self._file.flush()
        os.fsync(self._file.fileno())
        try:
            (self._folder / id).hardlink_to(self._path)
        except FileExistsError:
            return False
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return True

    def end(self) -> None:
        """Close it, and throw away what was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)
