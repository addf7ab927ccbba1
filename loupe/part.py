"""What every process of `loupe up` does: end with its parent, stop when asked, give signs of life."""

import logging
import os
import signal
import time
from threading import Event, Thread
from types import FrameType

from loupe.ground import Ground
from loupe.local import PARENT
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.beats import EVERY, Beats
from pipeline.errors import LoupeError
from pipeline.processes import end_with_parent

log = logging.getLogger("loupe.part")


def begin() -> Event:
    """Set this process up as a part; the event is set on SIGTERM or Ctrl-C."""
    if parent := os.environ.pop(PARENT, ""):
        end_with_parent(int(parent))
    return stop_on_signal()


def alive(name: str, base: Ground) -> None:
    """Say now and then that this part is there; for the first time when it has run for a while."""
    Thread(target=_beat, args=(name, SqliteBeats(base.database)), name="beat", daemon=True).start()


def stop_on_signal() -> Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    return stop


def _beat(name: str, beats: Beats) -> None:
    while True:
        time.sleep(EVERY)
        try:
            beats.beat(name)
        except LoupeError as fault:
            log.warning("%s: no sign of life can be given: %s", name, fault.words)
