"""Worker processes: each runs one actor at a time; the pool watches, stops and replaces them.

A run that exceeds its actor's timeout is ended with its process, so a hung native call cannot hold a worker.
Workers that lose their pool end themselves. The pool alone sends heartbeats, since a worker inside native
code could not.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from threading import Event
from types import FrameType

from pipeline.beats import nobody
from pipeline.engine import LEASE_SECONDS, Engine
from pipeline.errors import Unavailable
from pipeline.ledger import Outcome
from pipeline.processes import alive, end_with_parent

log = logging.getLogger("loupe.workers")

Factory = Callable[[], Engine]
"""Builds the engine inside a worker; must be picklable."""

Deadline = ctypes.c_double
"""Shared with the worker, without a lock: a worker that is killed while it holds one would stop its pool."""

WATCH_SECONDS = 0.05
IDLE_SECONDS = 1.0
GRACE_SECONDS = 5.0
STILLBORN_SECONDS = 1.0

_spawn = multiprocessing.get_context("spawn")


class Worker:
    """One worker process as the pool sees it."""

    def __init__(self, factory: Factory, name: str) -> None:
        self.name = name
        self.deadline: Deadline = _spawn.RawValue(Deadline, 0.0)
        """Monotonic time at which the present run must have ended; 0 between runs."""
        self.started = time.monotonic()
        self.process: SpawnProcess = _spawn.Process(
            target=_work, args=(factory, name, self.deadline, os.getpid()), name=name, daemon=True
        )
        self.process.start()

    def overdue(self) -> bool:
        """Is it past its run's timeout?"""
        return 0.0 < self.deadline.value < time.monotonic()

    def kill(self) -> None:
        """End the process now, whatever it is doing."""
        self.process.kill()
        self.process.join()


class Pool:
    """Keeps ``count`` workers running until ``stop`` is set.

    ``engine`` is the pool's own, for heartbeats and burials; it runs nothing and needs no ports.
    ``turned`` is called each time the pool has looked after its workers.
    """

    def __init__(
        self, engine: Engine, factory: Factory, count: int, turned: Callable[[], None] = nobody
    ) -> None:
        self._engine, self._factory, self._count = engine, factory, count
        self._turned = turned
        self._made = 0
        self._workers: list[Worker] = []

    def run(self, stop: Event) -> None:
        """Watch over the workers; returns once ``stop`` is set and all have ended."""
        beat = 0.0
        try:
            while not stop.wait(WATCH_SECONDS):
                self.tend()
                self._turned()
                if time.monotonic() - beat > LEASE_SECONDS / 3:
                    beat = time.monotonic()
                    self._beat()
        finally:
            self.close()

    def tend(self) -> None:
        """Replace workers that died or hang, and give back what they held."""
        for worker in list(self._workers):
            if worker.overdue():
                worker.kill()
                self._bury(worker, "was stopped when its time was up")
            elif not worker.process.is_alive():
                self._bury(worker, f"ended with its process ({_ended(worker.process.exitcode)})")
        while len(self._workers) < self._count:
            self._made += 1
            self._workers.append(Worker(self._factory, f"{prefix(os.getpid())}{self._made}"))

    def close(self) -> None:
        """Let runs end within a grace period, then end the processes."""
        for worker in self._workers:
            worker.process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            worker.kill()
        with suppress(Unavailable):
            for worker in self._workers:
                self._engine.ledger.release(worker.name)
        self._workers.clear()

    def _bury(self, worker: Worker, why: str) -> None:
        log.warning("Worker %s %s; it is replaced.", worker.name, why)
        self._workers.remove(worker)
        if time.monotonic() - worker.started < STILLBORN_SECONDS:
            time.sleep(STILLBORN_SECONDS)
        self._guarded(lambda: self._engine.lost(worker.name, why))

    def _beat(self) -> None:
        self._guarded(lambda: self._engine.ledger.extend([w.name for w in self._workers], LEASE_SECONDS))
        self._guarded(self._rescue)

    def _rescue(self) -> None:
        """Free what workers held whose pool on this machine is gone, and leases that ran out."""
        mine = {worker.name for worker in self._workers}
        for holder in self._engine.ledger.holders():
            if holder not in mine and _orphaned(holder):
                self._engine.ledger.release(holder)
        self._engine.ledger.expire()

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Unavailable as fault:
            log.error("%s", fault.words)


def prefix(pid: int) -> str:
    """How the names of a pool's workers begin."""
    return f"{os.uname().nodename}.{pid}."


def _orphaned(holder: str) -> bool:
    node, _, rest = holder.rpartition(".")[0].rpartition(".")
    if node != os.uname().nodename or not rest.isdigit():
        return False
    return int(rest) == os.getpid() or not alive(int(rest))


def _work(factory: Factory, name: str, deadline: Deadline, pool: int) -> None:
    end_with_parent(pool)
    idle = Event()
    idle.set()
    stopping = _stop_on_request(idle)
    engine = factory()
    outcomes: list[Outcome] = []
    while not stopping.is_set() or outcomes:
        try:
            idle.clear()
            outcomes = _turn(engine, name, deadline, outcomes, want=0 if stopping.is_set() else 1)
            if not outcomes and not stopping.is_set():
                idle.set()
                engine.ledger.wait(IDLE_SECONDS)
        except Unavailable as fault:
            log.error("%s", fault.words)
            time.sleep(IDLE_SECONDS)


def _stop_on_request(idle: Event) -> Event:
    """On SIGTERM a worker that holds nothing ends at once, any other after its run; Ctrl-C is the pool's.

    Between claiming a task and beginning its run a worker holds it already: a deadline of 0 does not tell.
    """
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        if idle.is_set():
            os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return stopping


def _turn(engine: Engine, name: str, deadline: Deadline, outcomes: list[Outcome], want: int) -> list[Outcome]:
    """Record, claim, run; what has been run and must be recorded at the next turn."""
    claimed = engine.turn(name, outcomes, want=want)
    deadline.value = 0.0
    done: list[Outcome] = []
    for work in claimed:
        deadline.value = time.monotonic() + engine.timeout(work)
        done.append(engine.run(work))
    return done


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit status {code}"
