"""Everything on this machine: starts the parts as processes, restarts those that die, ends all together."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

from pipeline.errors import Misconfigured

log = logging.getLogger("loupe.up")

PARENT = "LOUPE_PARENT"
"""Names, for a part, the process that started it and with which it ends."""
WATCH_SECONDS = 0.1
GRACE_SECONDS = 8.0
PAUSE_SECONDS = (0.1, 5.0)
"""Between the death of a part and its restart: at first, and at most."""
STEADY_SECONDS = 10.0
"""A part that ran this long has recovered."""
WRONG_USAGE = 2
PROGRAM = (sys.executable, "-m", "loupe")
"""What runs a part: its name and arguments follow."""


@dataclass
class Part:
    """One process of `loupe up`."""

    name: str
    arguments: Sequence[str] = ()
    inherits: Sequence[int] = ()
    """File descriptors that it shares with us."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = PAUSE_SECONDS[0]
    """Seconds from its next end to its restart."""
    restart_at: float | None = None
    """When it is due to start again; None while it runs."""

    def start(self, environment: Mapping[str, str], program: Sequence[str] = PROGRAM) -> None:
        """Start the process; its log goes where ours goes."""
        command = [*program, self.name, *self.arguments]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, pass_fds=self.inherits
        )

    def ended(self) -> int | None:
        """Its exit status once it has ended."""
        return self.process.poll() if self.process else None


@dataclass
class Parts:
    """All processes of one `loupe up`."""

    parts: Sequence[Part]
    environment: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = PROGRAM

    def start(self) -> None:
        """Start them all."""
        for part in self.parts:
            part.start(self._environment(), self.program)

    def watch(self, stop: Event) -> None:
        """Restart what dies, until ``stop`` is set. Raises ``Misconfigured`` when a part says so."""
        while not stop.wait(WATCH_SECONDS):
            for part in self.parts:
                self._tend(part)

    def end(self) -> None:
        """Ask all to end, and end those that do not."""
        running = [p.process for p in self.parts if p.process and p.ended() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _tend(self, part: Part) -> None:
        """Start a part again once its pause is over; no part waits for the pause of another."""
        status, now = part.ended(), time.monotonic()
        if status is None:
            return
        if status == WRONG_USAGE:
            raise Misconfigured(f"Loupe stops, because its part '{part.name}' cannot run like this.")
        if part.restart_at is None:
            if now - part.started > STEADY_SECONDS:
                part.pause = PAUSE_SECONDS[0]
            log.warning("%s ended (status %s); it is started again.", part.name, status)
            part.restart_at = now + part.pause
        elif now >= part.restart_at:
            part.pause = min(PAUSE_SECONDS[1], part.pause * 2)
            part.restart_at = None
            part.start(self._environment(), self.program)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment, PARENT: str(os.getpid())}
