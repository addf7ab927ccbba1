"""Sends news: one loop per sink, so that a slow one keeps nobody else waiting."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.errors import LoupeError, Transient, Undeliverable
from pipeline.outbox import Carrier, Delivery, Later, Outbox, Outcome, Parked, Sent
from pipeline.processes import alive

WAITS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0)
"""Seconds before the second, third, ... try; after the last the delivery is parked."""
LEASE = 120.0
BATCH = 8
IDLE = 0.5
PAUSE = 2.0
log = logging.getLogger("loupe.news")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due for the sinks that have a carrier here."""

    outbox: Outbox
    carriers: Mapping[str, Carrier]
    """By the sink's name."""
    waits: Sequence[float] = WAITS
    clock: Callable[[], float] = time.time

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        self._free_the_dead()
        threads = [
            threading.Thread(target=self._loop, args=(sink, f"{_self()}/{sink}", stop), name=f"news {sink}")
            for sink in self.carriers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def send_due(self, sink: str, owner: str, outcomes: Sequence[Outcome] = ()) -> list[Outcome]:
        """Record outcomes, claim what is due for a sink, carry it; the outcomes still to be recorded."""
        claimed = self.outbox.turn(sink, owner, outcomes, want=BATCH, lease=LEASE)
        return [self._carried(delivery) for delivery in claimed]

    def _loop(self, sink: str, owner: str, stop: threading.Event) -> None:
        outcomes: list[Outcome] = []
        while not stop.is_set() or outcomes:
            try:
                outcomes = (
                    self.send_due(sink, owner, outcomes)
                    if not stop.is_set()
                    else self._last(sink, owner, outcomes)
                )
                if not outcomes:
                    self.outbox.wait(IDLE)
            except LoupeError as fault:
                log.warning("news: %s", fault.words)
                stop.wait(PAUSE)

    def _last(self, sink: str, owner: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
        self.outbox.turn(sink, owner, outcomes, want=0, lease=LEASE)
        return []

    def _carried(self, delivery: Delivery) -> Outcome:
        try:
            self.carriers[delivery.address.sink].carry(delivery, partial(self.outbox.note, delivery))
        except Undeliverable as fault:
            return Parked(delivery, fault.words)
        except Transient as fault:
            return self._again(delivery, fault.words, fault.retry_after or 0.0)
        except Exception as fault:
            log.exception("news: a carrier broke; it is tried again")
            return self._again(delivery, f"{type(fault).__name__}: {fault}", 0.0)
        return Sent(delivery)

    def _again(self, delivery: Delivery, fault: str, asked: float) -> Outcome:
        if delivery.attempts > len(self.waits):
            return Parked(delivery, fault)
        return Later(delivery, self.clock() + max(self.waits[delivery.attempts - 1], asked), fault)

    def _free_the_dead(self) -> None:
        """Take back what senders of this machine held whose process is gone, or had the id we have now."""
        for owner in self.outbox.owners():
            host, pid, _ = (*owner.split("/", 2), "", "")[:3]
            if (
                host == socket.gethostname()
                and pid.isdigit()
                and (int(pid) == os.getpid() or not alive(int(pid)))
            ):
                self.outbox.release(owner)


def _self() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"
