"""What became of deliveries, in the SQLite ledger's file; ``pipeline.breaker`` says what follows."""

from collections.abc import Sequence
from sqlite3 import Connection

from pipeline.breaker import Breaker, again, gone, missed, span, taken
from pipeline.outbox import Delivery, Gone, Missed, Outcome, Parked, Sent

SENT = "UPDATE deliveries SET state='sent', owner=NULL, fault=NULL WHERE number=? AND owner=?"
WAIT = "UPDATE deliveries SET owner=NULL, due_at=?, attempts=attempts+?, fault=? WHERE number=? AND owner=?"
PARK = (
    "UPDATE deliveries SET state='parked', owner=NULL, attempts=attempts+1, fault=?"
    " WHERE number=? AND owner=?"
)
HURRY = "UPDATE deliveries SET due_at=? WHERE sink=? AND state='due' AND owner IS NULL AND due_at>?"
TOO_OLD = (
    "UPDATE deliveries SET state='parked', fault=COALESCE(fault, ?)"
    " WHERE sink=? AND state='due' AND owner IS NULL AND born<?"
)


def settle(
    connection: Connection, breaker: Breaker, outcomes: Sequence[Outcome], now: float, waits: Sequence[float]
) -> tuple[Breaker, int]:
    """Write outcomes down, in their order; the sink's breaker afterwards, and how many pieces were taken."""
    sent = 0
    for outcome in outcomes:
        if isinstance(outcome, Sent):
            mine = connection.execute(SENT, _claim(outcome.delivery)).rowcount
            sent += mine
            breaker = taken(breaker) if mine else breaker
        else:
            breaker = _failed(connection, breaker, outcome, now, waits)
    return breaker, sent


def clear(
    connection: Connection, sink: str, before: Breaker, after: Breaker, now: float, waits: Sequence[float]
) -> None:
    """What waited is due at once when the breaker closes; until then, what is too old is parked."""
    if before.state != "closed" and after.state == "closed":
        connection.execute(HURRY, (now, sink, now))
    if after.state != "closed" and (after != before or after.paused):
        why = f"It waited longer than {span(waits) / 3600:.0f} hours for the sink to recover."
        connection.execute(TOO_OLD, (why, sink, now - span(waits)))


def _failed(
    connection: Connection,
    breaker: Breaker,
    outcome: Missed | Parked | Gone,
    now: float,
    waits: Sequence[float],
) -> Breaker:
    delivery = outcome.delivery
    if isinstance(outcome, Parked):  # the piece's own fault: it says nothing about the sink
        connection.execute(PARK, (outcome.fault, *_claim(delivery)))
        return breaker
    if isinstance(outcome, Gone):
        kept = connection.execute(WAIT, (now, 0, outcome.fault, *_claim(delivery))).rowcount
        return gone(breaker, outcome.fault) if kept else breaker
    if outcome.alone:
        breaker = taken(breaker)
    wait = again(breaker, delivery.attempts, outcome.asked, now, waits)
    if wait is None:
        kept = connection.execute(PARK, (outcome.fault, *_claim(delivery))).rowcount
    else:
        given = (wait.until, int(wait.counted), outcome.fault, *_claim(delivery))
        kept = connection.execute(WAIT, given).rowcount
    if outcome.alone or not kept:
        return breaker
    return missed(breaker, delivery.number, outcome.fault, outcome.asked, now)


def _claim(delivery: Delivery) -> tuple[int, str]:
    return delivery.number, delivery.owner
