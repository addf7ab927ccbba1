"""Sends the ways of images that settled to a collector, at least once each."""

from pipeline.ledger import Ledger
from pipeline.ways import Collector, Journal, way

MOST = 100
TURNS = 10
"""Batches of one pass."""


def send(ledger: Ledger, journal: Journal, collector: Collector) -> int:
    """Send what settled since the last time, so much of it as one pass may; how many ways that were.

    Raises ``Unavailable`` when the collector does not take them; the next pass begins where it stopped.
    """
    sent = 0
    for _ in range(TURNS):
        number, settled = journal.settled(MOST)
        if not number:
            break
        ways = [found for image, state in settled if (found := way(ledger.rows(image), state))]
        if ways:
            collector.take(ways)
        journal.took(number)
        sent += len(ways)
    return sent
