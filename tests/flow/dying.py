"""A process that is killed at the n-th of its effects: SQL statements and operations on files."""

import os
import select
import signal
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.adapters.sqlite_database import Database

FILES = ((Path, "unlink"), (Path, "rmdir"), (Path, "replace"), (os, "fsync"), (os, "fdopen"))
"""Operations on files that Loupe's stores are made of."""


BEGINS, FORKS = 20.0, 3
"""Seconds within which a child begins; one that does not was born while another thread held a lock that has
nobody to release it in the child. It has done nothing, so another one takes its place, so many times."""


def died_at(database: Database, act: Callable[[], object], moment: int) -> bool:
    """In a child process: act, dying by SIGKILL at the given effect. Did it die?"""
    for _ in range(FORKS):
        child, begun = _forked(database, act, moment)
        if begun:
            break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    else:
        raise AssertionError(f"no child began within {BEGINS} s")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), "it broke by itself"
    return status == -signal.SIGKILL


def _forked(database: Database, act: Callable[[], object], moment: int) -> tuple[int, bool]:
    """The child, and whether it has begun."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        _die_at(database, moment)
        os.write(its, b".")
        try:
            act()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(its)
    begun = bool(select.select([ours], [], [], BEGINS)[0])
    os.close(ours)
    return child, begun


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
