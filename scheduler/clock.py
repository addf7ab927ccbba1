"""The clock process. APScheduler wakes it; what is due is decided from the ledger, and nothing is kept in it.

The system clock may be set: APScheduler's own idea of when to wake is not trusted with that. Its job is
always one tick away, so that a leap forward is not caught up tick by tick; and where it has not woken for a
while, by a clock that nobody can set, it is put to now.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from pipeline.errors import LoupeError
from pipeline.wakes import Wake, Wakes
from scheduler.timetable import Every, Row, Turn, due, open_turn

TICK = 10.0
"""Seconds between two looks at the timetable."""
THREADS = 8
"""Rows that are done at once; those of one name are done one after the other."""
log = logging.getLogger("loupe.clock")


@dataclass(slots=True)
class Clock:
    """Looks at the timetable and does what is due."""

    rows: Callable[[float], Sequence[Row]]
    """The rows that matter at a moment (seconds since the epoch)."""
    wakes: Wakes
    stop: Event
    now: Callable[[], float] = time.time
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "clock"))
    woken: float = field(default_factory=time.monotonic)
    """When it looked the last time, by a clock that nobody can set."""
    busy: set[str] = field(default_factory=set)
    """Names of the rows that are being done."""
    _kept: set[tuple[str, str]] = field(default_factory=set)

    def run(self, tick: float = TICK) -> None:
        """Look every ``tick`` seconds until told to stop."""
        wake = BackgroundScheduler(timezone=UTC)
        job = wake.add_job(
            self.look, Soon(tick), coalesce=True, misfire_grace_time=None, next_run_time=_now()
        )
        wake.start()
        try:
            while not self.stop.wait(tick):
                if time.monotonic() - self.woken > 2 * tick:
                    job.modify(next_run_time=_now())
        finally:
            wake.shutdown()
            self.pool.shutdown(wait=False, cancel_futures=True)

    def look(self) -> None:
        """Begin what is due and not being done."""
        self.woken, busy = time.monotonic(), set(self.busy)
        try:
            turns = self._due(self.now())
        except LoupeError as fault:
            log.error("timetable: %s", fault.words)
        except Exception:  # the clock goes on, whatever a row of the timetable asks
            log.exception("The timetable cannot be read; it is tried again.")
        else:
            for name, some in groupby(turns, key=lambda turn: turn.row.name):
                if name not in busy | self.busy and not self.stop.is_set():
                    self.busy.add(name)
                    self.pool.submit(self._do, name, list(some))

    def _due(self, now: float) -> list[Turn]:
        rows = self.rows(now)
        daily = {turn.key for row in rows if not isinstance(row, Every) and (turn := open_turn(row, now))}
        self._kept &= daily
        if unsure := daily - self._kept:
            self._kept |= self.wakes.kept(unsure)
        return sorted(due(rows, now, self.wakes.all(), self._kept), key=lambda turn: turn.row.name)

    def _do(self, name: str, turns: Sequence[Turn]) -> None:
        try:
            for turn in turns:
                if not self.stop.is_set():
                    self._take(turn)
        except LoupeError as fault:
            log.error("%s cannot be noted: %s", name, fault.words)
        except Exception:
            log.exception("%s cannot be noted; it is done again.", name)
        finally:
            self.busy.discard(name)

    def _take(self, turn: Turn) -> None:
        row, begun = turn.row, self.now()
        if turn.day and self.wakes.kept([turn.key]):  # by another clock, a moment ago
            return
        try:
            turn.act()
        except Exception as fault:
            _tell(row.name, fault)
            last = self.wakes.all().get(row.id)
            self.wakes.note(Wake(row.id, begun, (last.failures if last else 0) + 1))
        else:
            if isinstance(row, Every):
                self.wakes.note(Wake(row.id, begun))
            else:
                self.wakes.keep(*turn.key)


class Soon(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Wakes one tick after now, however long ago the last time was."""

    def __init__(self, tick: float) -> None:
        self._tick = timedelta(seconds=tick)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """See ``BaseTrigger``."""
        return now + self._tick


def _tell(name: str, fault: Exception) -> None:
    if isinstance(fault, LoupeError):
        log.error("%s: %s", name, fault.words)
    else:
        log.error("%s failed; it is tried again.", name, exc_info=fault)


def _now() -> datetime:
    return datetime.now(UTC)
