"""Real trouble with files, without pretending: another user's folder, a limit on a file's size."""

import os
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import LoupeError

NOBODY = 65534


@contextmanager
def locked_folder() -> Iterator[Path]:
    """A folder that everybody may read and nobody may write in."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def words_of(act: Callable[[], object], *, largest_file: int | None = None) -> str:
    """Do it in a child process without privileges; the words it was refused with, or "" when it worked."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _restrict(largest_file)
        try:
            act()
            words = ""
        except LoupeError as fault:
            words = fault.words
        except BaseException as fault:
            words = f"not worded: {fault!r}"
        os.write(writer, words.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        return told.read()


def _restrict(largest_file: int | None) -> None:
    if largest_file is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    elif os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
