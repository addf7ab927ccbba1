"""A watched folder. Looked through every second: that works on network folders, too, and misses nothing.

Links are never followed. Whether somebody still writes is asked of Linux by a lease (fcntl(2), F_SETLEASE): a
read lease is not granted while any process has the file open for writing. It is given back at once; a process
that wants to write in that moment waits for some microseconds. Leases take an own file or CAP_LEASE, and a
file system of this machine; elsewhere a file counts as complete when it has not changed for a while.
"""

import fcntl
import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.drops import Found, Unreadable, complete, passed_over, report_path
from pipeline.errors import Unavailable
from pipeline.model import SourceKind
from pipeline.ports import Report

PAGE = 500
"""Files that are handed on at once."""
DEEPEST = 32
"""Folders within one another that are gone into."""
MOST = 10_000
"""Files whose end is waited for at a time; others are looked at later."""
CHUNK = 1 << 20
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_DIRECTORY
FADED = 600.0
"""Seconds after which a file that was waited for and is not seen any more is forgotten."""


@dataclass(slots=True)
class _Watched:
    """A file that may still be written to."""

    stamp: str
    since: float
    seen: float


class FolderDrop:
    """``pipeline.drops.Drop`` for a folder. ``spared``: a folder that is passed over wherever it lies."""

    kind: SourceKind = "folder"
    pause = 1.0

    def __init__(self, folder: Path, spared: Path | None = None) -> None:
        self.folder, self.address = folder, str(folder)
        self._spared = spared
        self._watched: dict[str, _Watched] = {}

    def pages(self) -> Iterator[Sequence[Found]]:
        """See ``Drop.pages``."""
        page: list[Found] = []
        for found in self._walk():
            page.append(found)
            if len(page) >= PAGE:
                yield page
                page = []
        yield page
        before = time.monotonic() - FADED
        self._watched = {path: each for path, each in self._watched.items() if each.seen > before}

    def fetch(self, found: Found, write: Callable[[bytes], object]) -> bool:
        """See ``Drop.fetch``."""
        try:
            handle = self._open(found.path)
        except FileNotFoundError:
            return False
        except OSError as fault:
            raise Unreadable(f"{self._named(found.path)} cannot be read: {fault.strerror}.") from fault
        try:
            before = os.fstat(handle)
            if _stamp(before) != found.stamp or not self._ended(found, before, handle):
                return False
            for chunk in iter(lambda: self._read(handle, found), b""):
                write(chunk)
            whole = _stamp(os.fstat(handle)) == found.stamp
        finally:
            os.close(handle)
        if whole:
            self._watched.pop(found.path, None)
        return whole

    def tell(self, path: str, report: Report) -> None:
        """See ``Drop.tell``."""
        if not os.path.lexists(self.folder / path):
            return
        place = self.folder / report_path(path)
        if os.path.lexists(place) and _told(place) is None:
            raise Unavailable(f"{self._named(str(place))} is not a report of Loupe's and is left as it is.")
        aside = place.parent / f".loupe-{secrets.token_hex(8)}.part"
        try:
            _write(aside, json.dumps(report, indent=2, default=str).encode())
            aside.replace(place)
        except FileNotFoundError:  # the folder went meanwhile
            return
        except OSError as fault:
            raise Unavailable(
                f"No report can be put into {self._named(str(place.parent))}: {fault.strerror}."
                " Make the folder writable for this user; pictures are taken in all the same."
            ) from fault
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def untell(self, path: str) -> None:
        """See ``Drop.untell``."""
        place = self.folder / report_path(path)
        try:
            if _told(place) is not None:
                place.unlink(missing_ok=True)
        except OSError as fault:
            words = f"The report {self._named(str(place))} of an erased picture cannot be removed"
            raise Unavailable(f"{words}: {fault.strerror}.") from fault

    def _walk(self) -> Iterator[Found]:
        """Every file below the folder that is somebody's picture, as far as its name tells."""
        spared = _identity(self._spared)
        below = [("", 0)]
        while below:
            folder, depth = below.pop()
            for entry in self._entries(folder):
                path = f"{folder}{entry.name}"
                try:
                    state = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        if depth < DEEPEST and not entry.name.startswith(".") and _id(state) != spared:
                            below.append((f"{path}/", depth + 1))
                    elif entry.is_file(follow_symlinks=False) and not passed_over(entry.name):
                        yield Found(path, state.st_size, _stamp(state))
                except OSError:  # gone between the two looks
                    continue

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        """What lies in a folder, in no order: one at a time, because there may be millions."""
        try:
            with os.scandir(self.folder / folder) as entries:
                yield from entries
        except OSError as fault:
            if folder:  # one below: gone, or not ours to read
                return
            raise Unavailable(f"The folder {self.folder} cannot be read: {fault.strerror}.") from fault

    def _ended(self, found: Found, state: os.stat_result, handle: int) -> bool:
        now, writers = time.monotonic(), _writers(handle)
        if found.path not in self._watched and len(self._watched) >= MOST:
            return False
        known = self._watched.setdefault(found.path, _Watched(found.stamp, now, now))
        if known.stamp != found.stamp or writers:
            known.stamp, known.since = found.stamp, now
        known.seen = now
        calm = now - known.since
        if writers is False and found.size:  # on a disk of this machine its clock is ours
            calm = max(calm, time.time() - state.st_mtime)
        return complete(found.size, calm, writers)

    def _open(self, path: str) -> int:
        """Open a file without following a link anywhere below the folder."""
        *folders, name = path.split("/")
        above = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
        try:
            for each in folders:
                inner = os.open(each, FOLDER, dir_fd=above)
                os.close(above)
                above = inner
            return os.open(name, READ, dir_fd=above)
        finally:
            os.close(above)

    def _read(self, handle: int, found: Found) -> bytes:
        try:
            return os.read(handle, CHUNK)
        except OSError as fault:
            raise Unreadable(f"{self._named(found.path)} cannot be read: {fault.strerror}.") from fault

    def _named(self, path: str) -> str:
        return os.fsencode(self.folder / path).decode("utf-8", "replace")


def heed_leases() -> None:
    """To be called once by the main thread: a lease that is asked back sends a signal that would end us."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)


def _writers(handle: int) -> bool | None:
    """Has anybody opened this file for writing? None where that cannot be told."""
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    with suppress(OSError):
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _stamp(state: os.stat_result) -> str:
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ino}"


def _id(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


def _identity(folder: Path | None) -> tuple[int, int] | None:
    try:
        return _id(folder.stat()) if folder else None
    except OSError:
        return None


def _told(place: Path) -> dict[str, Any] | None:
    """What a report of ours says; None where there is none, or something else."""
    try:
        said = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and {"id", "short", "actors"} <= said.keys() else None


def _write(path: Path, text: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
