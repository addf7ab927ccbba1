"""The store in a folder: written aside, synced, then renamed into place."""

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Unavailable, Unknown

KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
"""Keys are made by Loupe; anything else is refused rather than joined to a path."""

PART = re.compile(r"\..*\.part")
"""The name of a file that is being written."""
TRIES = 5
ABANDONED_SECONDS = 3600
"""A file still half-written after this long has no writer any more: every run ends sooner."""


class DiskStore:
    """``pipeline.ports.Store`` below one folder."""

    called = "store"
    """What messages call it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, stream: BinaryIO) -> None:
        """See ``Store.put``. Synced to the disk, file and folder, when it returns."""
        path = self._path(key)
        try:
            _write(path, stream)
        except OSError as fault:
            raise Unavailable(_words(path, fault)) from fault

    def open(self, key: str) -> BinaryIO:
        """See ``Store.open``."""
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise Unknown(f"The {self.called} has nothing under '{key}'.") from None
        except OSError as fault:
            raise Unavailable(f"{self._path(key)} cannot be read: {fault.strerror}.") from fault

    def delete(self, key: str) -> None:
        """See ``Store.delete``."""
        try:
            self._path(key).unlink(missing_ok=True)
            self._prune(self._path(key).parent)
        except NotADirectoryError:
            return
        except OSError as fault:
            raise Unavailable(_words(self._path(key), fault)) from fault

    def keys(self, prefix: str) -> Iterator[str]:
        """See ``Store.keys``."""
        for path in sorted(_files(self._path(prefix))):
            if not path.name.startswith("."):
                yield path.relative_to(self.folder).as_posix()

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders directly below ``prefix``, in order; "" is the top."""
        above = self._path(prefix) if prefix else self.folder
        try:
            return sorted(entry.name for entry in os.scandir(above) if entry.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def tidy(self) -> int:
        """Remove what writers that were killed left half-written a while ago; how many files that were."""
        before = time.time() - ABANDONED_SECONDS
        parts = [path for path in _files(self.folder) if PART.fullmatch(path.name)]
        left = [part for part in parts if _age(part) < before]
        for part in left:
            part.unlink(missing_ok=True)
        return len(left)

    def _prune(self, folder: Path) -> None:
        """Folders that have become empty go, so that a million pictures that went leave none behind."""
        with suppress(OSError):
            while folder != self.folder:
                folder.rmdir()
                folder = folder.parent

    def scrap(self, prefix: str) -> int:
        """Remove what is half-written below the folder ``prefix``, and empty folders; how many files it was.

        Whoever was writing there must have ended, or has to begin anew.
        """
        folder = self._path(prefix)
        left = [path for path in _files(folder) if PART.fullmatch(path.name)]
        for part in left:
            part.unlink(missing_ok=True)
        for above, _, _ in os.walk(folder, topdown=False):
            _remove_empty(Path(above))
        return len(left)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise Unknown(f"'{key}' is not a key of the {self.called}.")
        return self.folder / key


def _make(folder: Path) -> None:
    """Create a folder, and those above it, so that they outlive a power cut as the file does."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _begin(folder: Path) -> tuple[int, Path]:
    """A new file in a folder, once more where the folder was pruned away before the file was in it."""
    for left in reversed(range(TRIES)):
        try:
            _make(folder)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        except (FileNotFoundError, FileExistsError):  # the latter from mkdir, which looks again in vain
            if not left:
                raise
        else:
            break
    return handle, Path(name)


def _write(path: Path, stream: BinaryIO) -> None:
    handle, aside = _begin(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    with suppress(FileNotFoundError):  # somebody has deleted it already, and the folder with it
        _sync_folder(path.parent)


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder. What vanishes meanwhile is passed over."""
    for above, _, names in os.walk(folder):
        yield from (Path(above, name) for name in names)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # something lies in it, or it is not there
        folder.rmdir()


def _age(part: Path) -> float:
    """When it was written to last, in seconds since the epoch; now, when it is gone already."""
    try:
        return part.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _words(path: Path, fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {path.parent} is full. Free some space; nothing that was accepted is lost."
        )
    return f"{path} cannot be written: {fault.strerror}. Make the data folder writable for this user."
