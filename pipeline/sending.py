"""Sends news: lanes of its own for every sink, so that a slow one keeps nobody else waiting."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from pipeline.beats import nobody
from pipeline.errors import Deferred, LoupeError, Transient, Undeliverable, Unwanted
from pipeline.outbox import UNPACED, Carrier, Delivery, Gone, Missed, Outbox, Outcome, Parked, Sent
from pipeline.processes import alive

LEASE = 60.0
"""Seconds that a claim holds without a heartbeat."""
HEARTBEAT = 15.0
BATCH = 64
"""Deliveries that a lane claims at most."""
BATCH_SECONDS = 0.25
"""What a lane claims should take about this long, so that little is sent twice after a crash."""
IDLE = 0.5
PAUSE = 2.0
LIFE = uuid4().hex[:8]
"""Tells this process from an earlier one with the same id."""
log = logging.getLogger("loupe.news")


class Bell:
    """Wakes the lanes when something was written."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.rung = 0

    def ring(self) -> None:
        """Wake everybody."""
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Return when it has rung more often than ``heard``, or after ``seconds``."""
        with self._changed:
            self._changed.wait_for(lambda: self.rung != heard, seconds)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due for the sinks that have a carrier here."""

    outbox: Outbox
    carriers: Mapping[str, Carrier]
    """By the sink's name."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Pieces a second at most, by the sink's name."""
    lanes: Mapping[str, int] = field(default_factory=dict)
    """How many deliveries of a sink may be under way at once; one, where nothing is said."""
    turned: Callable[[], None] = nobody
    """Called each time the lanes were looked after."""

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        self._free_the_dead()
        bell, owners = Bell(), [*self._owners()]
        threads = [
            threading.Thread(target=self._lane, args=(sink, owner, bell, stop), name=f"news {sink}")
            for sink, owner in owners
        ]
        for thread in threads:
            thread.start()
        self._watch([owner for _, owner in owners], bell, stop)
        for thread in threads:
            thread.join()

    def send_due(
        self, sink: str, owner: str, outcomes: Sequence[Outcome] = (), want: int = BATCH
    ) -> list[Outcome]:
        """Record outcomes, claim what is due for a sink, carry it; the outcomes still to be recorded."""
        return [self._carried(delivery) for delivery in self._turn(sink, owner, outcomes, want)]

    def _owners(self) -> list[tuple[str, str]]:
        return [
            (sink, f"{_self()}/{sink}/{lane}")
            for sink in self.carriers
            for lane in range(self.lanes.get(sink, 1))
        ]

    def _watch(self, owners: Sequence[str], bell: Bell, stop: threading.Event) -> None:
        """Ring when something was written, and keep what the lanes have claimed."""
        beat_at = 0.0
        while not stop.is_set():
            self.turned()
            try:
                if time.monotonic() >= beat_at:
                    self.outbox.extend(owners, LEASE)
                    beat_at = time.monotonic() + HEARTBEAT
                self.outbox.wait(IDLE)
            except LoupeError as fault:
                log.warning("news: %s", fault.words)
                stop.wait(PAUSE)
            bell.ring()

    def _lane(self, sink: str, owner: str, bell: Bell, stop: threading.Event) -> None:
        outcomes: list[Outcome] = []
        want = 1
        while not stop.is_set():
            heard = bell.rung
            try:
                claimed = self._turn(sink, owner, outcomes, want)
            except LoupeError as fault:
                log.warning("news: %s", fault.words)
                stop.wait(PAUSE)
                continue
            outcomes, want = self._batch(claimed, stop)
            if not claimed:
                bell.wait(heard, IDLE)
        self._end(sink, owner, outcomes)

    def _batch(self, claimed: Sequence[Delivery], stop: threading.Event) -> tuple[list[Outcome], int]:
        """Carry what was claimed; the outcomes, and how many to claim next."""
        outcomes: list[Outcome] = []
        began = time.monotonic()
        for delivery in claimed:
            if stop.is_set():
                break
            outcomes.append(self._carried(delivery))
        each = (time.monotonic() - began) / max(1, len(outcomes))
        return outcomes, max(1, min(BATCH, int(BATCH_SECONDS / max(each, 1e-6))))

    def _end(self, sink: str, owner: str, outcomes: Sequence[Outcome]) -> None:
        try:
            self._turn(sink, owner, outcomes, 0)
            self.outbox.release(owner)
        except LoupeError as fault:
            log.warning("news: %s What was sent last may be sent again.", fault.words)

    def _turn(self, sink: str, owner: str, outcomes: Sequence[Outcome], want: int) -> list[Delivery]:
        rate = self.rates.get(sink, UNPACED)
        return self.outbox.turn(sink, owner, outcomes, want=want, lease=LEASE, rate=rate)

    def _carried(self, delivery: Delivery) -> Outcome:
        try:
            self.carriers[delivery.address.sink].carry(delivery, partial(self.outbox.note, delivery))
        except Undeliverable as fault:
            return Parked(delivery, fault.words)
        except Unwanted as fault:
            return Gone(delivery, fault.words)
        except Transient as fault:
            alone = isinstance(fault, Deferred)
            return Missed(delivery, fault.words, fault.retry_after or 0.0, alone)
        except Exception as fault:
            log.exception("news: a carrier broke; it is tried again")
            return Missed(delivery, f"A fault of Loupe's own: {type(fault).__name__}.")
        return Sent(delivery)

    def _free_the_dead(self) -> None:
        """Take back what senders of this machine held whose process is gone, or had the id we have now."""
        for owner in self.outbox.owners():
            host, pid, life = (*owner.split("/", 3), "", "", "")[:3]
            if host != socket.gethostname() or not pid.isdigit():
                continue
            if life != LIFE if int(pid) == os.getpid() else not alive(int(pid)):
                self.outbox.release(owner)


def _self() -> str:
    return f"{socket.gethostname()}/{os.getpid()}/{LIFE}"
