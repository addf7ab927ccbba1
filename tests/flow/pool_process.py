"""A pool of toy workers as a process of its own: ``python -m tests.flow.pool_process LEDGER COUNT``."""

import signal
import sys
from functools import partial
from pathlib import Path
from threading import Event

from pipeline.workers import Pool
from tests.flow.driving import toy_engine

if __name__ == "__main__":
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Pool(toy_engine(Path(sys.argv[1])), partial(toy_engine, Path(sys.argv[1])), int(sys.argv[2])).run(stop)
