"""The clock process: APScheduler wakes the rows of the timetable, nothing else is kept in it."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from pipeline.errors import LoupeError
from scheduler.timetable import Every

log = logging.getLogger("loupe.clock")


def run(timetable: Sequence[Every], stop: Event) -> None:
    """Wake every row now and then at its intervals, until ``stop`` is set. Late wakes run once."""
    clock = BackgroundScheduler(timezone=UTC)
    for row in timetable:
        clock.add_job(
            _worded(row.name, row.act),
            "interval",
            seconds=row.seconds,
            id=row.name,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    clock.start()
    try:
        stop.wait()
    finally:
        clock.shutdown(wait=False)


def _worded(name: str, act: Callable[[], object]) -> Callable[[], None]:
    def woken() -> None:
        try:
            act()
        except LoupeError as fault:
            log.error("%s: %s", name, fault.words)
        except Exception:  # a row's bug must not stop the clock
            log.exception("%s failed; it is tried again at its next time.", name)

    return woken
