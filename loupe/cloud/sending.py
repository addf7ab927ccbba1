"""Sends what is due until nothing more is, or the function's time is nearly up.

Killed at any point, claims end with their leases, and whoever comes next goes on where the notes end.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from pipeline.cards import BUSY
from pipeline.errors import LoupeError
from pipeline.outbox import Outcome
from pipeline.sending import Sender

CARD_SECONDS = 40.0
"""A card is begun only when so much time is left: a few calls, each of which may take 12 s."""
LINGER = 8.0
"""Seconds that are waited in all for what is due soon; the schedule sees to what is due later. A card says
after 5 s that its pictures are being looked at, and a channel takes one post a second."""
DELIVERY_SECONDS = 30.0
BATCH = 3
"""Deliveries claimed at once: their carriers may take 15 s each, and the claim holds for 60."""
SINKS = 8
"""Sinks that are sent to at the same time."""
LAG = 1.0
"""Seconds for which something may be in the table and not yet in its index."""
Left = Callable[[], float]
"""Seconds until the function is stopped."""
log = logging.getLogger("loupe.sending")


class Cards(Protocol):
    """Takes one card as far as it goes now."""

    def send_next(self, owner: str) -> bool:
        """False when none is due."""


def send_cards(
    outbox: Cards,
    next_due: Callable[[], float | None],
    owner: str,
    left: Left,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send cards; how many were taken a step further.

    ``next_due``: when the next card is to be looked at, though its channel may be held by another sender.
    """
    sent, waited, still_since = 0, 0.0, clock()
    while left() > CARD_SECONDS:
        if outbox.send_next(owner):
            sent, still_since = sent + 1, clock()
            continue
        due = next_due()
        soon = due is not None and due < clock() + LINGER - waited
        if not soon and clock() >= still_since + LAG:
            break
        pause = max(BUSY, due - clock()) if due is not None and soon else BUSY
        if waited + pause > LINGER:
            break
        sleep(pause)
        waited += pause
    return sent


def deliver(sender: Sender, owner: str, left: Left) -> Mapping[str, int]:
    """Send news, to all sinks at the same time; how many deliveries were tried for each."""
    sinks = sorted(sender.carriers)
    with ThreadPoolExecutor(SINKS, "news") as pool:
        return dict(
            zip(sinks, pool.map(lambda sink: _deliver(sender, sink, owner, left), sinks), strict=True)
        )


def _deliver(sender: Sender, sink: str, owner: str, left: Left) -> int:
    tried, outcomes = 0, list[Outcome]()
    try:
        while left() > DELIVERY_SECONDS + len(outcomes):
            outcomes = sender.send_due(sink, f"{owner}/{sink}", outcomes, BATCH)
            tried += len(outcomes)
            if not outcomes:
                return tried
        sender.send_due(sink, f"{owner}/{sink}", outcomes, 0)
    except LoupeError as fault:
        log.warning("%s: %s", sink, fault.words)
    return tried


def mend(mend_next: Callable[[], bool], most: int, left: Left) -> int:
    """Look for messages of Slack that never came; how many were looked for."""
    looked = 0
    while looked < most and left() > CARD_SECONDS and mend_next():
        looked += 1
    return looked
