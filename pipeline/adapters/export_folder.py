"""The folder that exports go to. Files are prepared beside their places, synced, and then renamed into them.

What is to be renamed and removed is written down first: a death in between leaves whole files of two exports
for as long as nobody exports again, and the next export finishes the change before it begins its own.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import Unavailable, Unsuitable
from pipeline.export import Exported

OWN = ".loupe-export"
"""Below the folder: the lock, what stands there in each format, and files that are being prepared."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What stands there, and what of it is still to be done."""

    exported: Exported
    moves: tuple[str, ...] = ()
    """Files to be renamed into their places."""
    gone: tuple[str, ...] = ()
    """Files to be removed."""


_noted = TypeAdapter(Noted)


class ExportFolder:
    """``pipeline.export.Folder``, while it is held."""

    def __init__(self, folder: Path, format: str) -> None:
        self._folder, self._note = folder, folder / OWN / f"{format}.json"
        self._new = folder / OWN / f"{format}.new"
        known = self._read()
        if known and (known.moves or known.gone):
            self._finish(known)
        self.tidy()

    def tidy(self) -> None:
        """Remove what was prepared and will not take any place: it may tell of images erased since."""
        known = self._read()
        if not (known and known.moves):
            shutil.rmtree(self._new, ignore_errors=True)

    def last(self) -> Exported | None:
        """See ``Folder.last``."""
        known = self._read()
        return known.exported if known else None

    def stands(self, exported: Exported) -> bool:
        """See ``Folder.stands``."""
        files = ((self._folder / name, file.bytes) for name, file in exported.files.items())
        return all(path.is_file() and path.stat().st_size == size for path, size in files)

    def prepare(self, names: Iterable[str]) -> Path:
        """See ``Folder.prepare``."""
        known = self._read()
        for name in names:
            if not (known and name in known.exported.files) and (self._folder / name).exists():
                raise Unsuitable(
                    f"{self._folder / name} was not written by an export of Loupe. Move it away,"
                    " or name another folder with --to."
                )
        self.tidy()
        self._new.mkdir()
        return self._new

    def commit(self, exported: Exported) -> None:
        """See ``Folder.commit``."""
        known = self._read()
        moves = tuple(sorted(path.name for path in self._new.iterdir()))
        gone = tuple(sorted(set(known.exported.files) - set(exported.files))) if known else ()
        for name in moves:
            _sync(self._new / name)
        _sync(self._new)
        self._finish(Noted(exported, moves, gone))

    def _finish(self, noted: Noted) -> None:
        self._write(noted)
        for name in noted.moves:
            if (self._new / name).exists():  # else it was renamed before a death
                (self._new / name).replace(self._folder / name)
        for name in noted.gone:
            (self._folder / name).unlink(missing_ok=True)
        _sync(self._folder)
        self._write(Noted(noted.exported))

    def _read(self) -> Noted | None:
        """A note that cannot be read, or that names what is not in this folder, counts as none."""
        try:
            noted = _noted.validate_json(self._note.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        named = {*noted.exported.files, *noted.moves, *noted.gone}
        return noted if all(Path(name).name == name for name in named) else None

    def _write(self, noted: Noted) -> None:
        fresh = self._note.with_suffix(".tmp")
        fresh.write_bytes(_noted.dump_json(noted))
        _sync(fresh)
        fresh.replace(self._note)
        _sync(self._note.parent)


@contextmanager
def held(folder: Path, format: str) -> Iterator[ExportFolder]:
    """The folder, made if need be, for this export alone. Raises ``Unavailable`` with words."""
    try:
        (folder / OWN).mkdir(parents=True, exist_ok=True)
        with (folder / OWN / "lock").open("a+") as lock:
            _lock(folder, lock.fileno())
            export = ExportFolder(folder, format)
            try:
                yield export
            finally:
                export.tidy()
    except OSError as fault:
        raise Unavailable(_words(folder, fault)) from fault


def _lock(folder: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unavailable(f"Another export into {folder} is under way. Wait for it to end.") from None


def _words(folder: Path, fault: OSError) -> str:
    why = fault.strerror or str(fault)
    if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room in {folder}: {why}. What was exported before still stands; free some space."
    return f"The folder {folder} cannot be written to: {why}. Make it writable, or name another with --to."


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
