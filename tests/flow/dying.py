"""A process that is killed at the n-th of its effects: SQL statements and operations on files."""

import os
import signal
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.adapters.sqlite_database import Database

FILES = ((Path, "unlink"), (Path, "rmdir"), (Path, "replace"), (os, "fsync"), (os, "fdopen"))
"""Operations on files that Loupe's stores are made of."""


def died_at(database: Database, act: Callable[[], object], moment: int) -> bool:
    """In a child process: act, dying by SIGKILL at the given effect. Did it die?"""
    child = os.fork()
    if child == 0:
        _die_at(database, moment)
        try:
            act()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), "it broke by itself"
    return status == -signal.SIGKILL


def _die_at(database: Database, moment: int) -> None:
    ticks = count()

    def tick(*_: object) -> None:
        if next(ticks) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    database.connection().set_trace_callback(tick)
    for owner, name in FILES:
        setattr(owner, name, _ticking(getattr(owner, name), tick))


def _ticking(whole: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    """The operation, with a moment to die before and after it."""

    def ticked(*given: Any, **named: Any) -> Any:
        tick()
        found = whole(*given, **named)
        tick()
        return found

    return ticked
