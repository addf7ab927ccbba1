"""Two things about processes that the standard library does not offer."""

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

PR_SET_PDEATHSIG = 1  # prctl(2), Linux
POLL_SECONDS = 1.0


def end_with_parent(parent: int) -> None:
    """End this process when its parent ``parent`` has ended, however that came to pass.

    On Linux the kernel sees to it, also while native code holds the interpreter; elsewhere a thread looks.
    """
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def alive(pid: int) -> bool:
    """Does a process with this id run? One that has ended and that nobody has asked about yet does not."""
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Has it ended unasked? proc_pid_stat(5): the state follows the name, which may hold any character."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return stat.rpartition(b")")[2].split()[:1] == [b"Z"]


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
