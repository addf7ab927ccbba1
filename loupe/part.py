"""What every process of `loupe up` does when it starts: log to stdout, end with its parent, heed a stop."""

import os
import signal
from threading import Event
from types import FrameType

from loupe import logs
from loupe.local import PARENT
from pipeline.processes import end_with_parent


def begin() -> Event:
    """Set this process up as a part; the event is set on SIGTERM or Ctrl-C."""
    logs.start_part()
    if parent := os.environ.pop(PARENT, ""):
        end_with_parent(int(parent))
    return stop_on_signal()


def stop_on_signal() -> Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    return stop
