"""What became of deliveries, as steps on the DynamoDB table; ``pipeline.breaker`` says what follows."""

from collections.abc import Sequence

from pipeline.adapters.dynamo_news_items import delivery_key, due_place, news_key, parked_place, sent_place
from pipeline.adapters.dynamo_table import Step, Update, Value
from pipeline.breaker import Breaker, again, gone, missed, taken
from pipeline.outbox import Delivery, Gone, Missed, Outcome, Parked, Sent

PLACED = "#open_pk=:open_pk,#open_sk=:open_sk"
FREE = "#owner,#lease_until"
MINE = "#owner=:owner"


def settled(
    breaker: Breaker, outcomes: Sequence[Outcome], now: float, waits: Sequence[float]
) -> tuple[Breaker, int, list[Step]]:
    """The breaker after these outcomes, in their order; how many pieces were taken; a step for each."""
    sent, steps = 0, list[Step]()
    for outcome in outcomes:
        if isinstance(outcome, Sent):
            breaker, sent = taken(breaker), sent + 1
            steps.append(_sent(outcome.delivery))
        else:
            breaker, step = _failed(breaker, outcome, now, waits)
            steps.append(step)
    return breaker, sent, steps


def _failed(
    breaker: Breaker, outcome: Missed | Parked | Gone, now: float, waits: Sequence[float]
) -> tuple[Breaker, Step]:
    delivery = outcome.delivery
    if isinstance(outcome, Parked):  # the piece's own fault: it says nothing about the sink
        return breaker, _parked(delivery, outcome.fault)
    if isinstance(outcome, Gone):
        return gone(breaker, outcome.fault), _waits(delivery, now, 0, outcome.fault)
    if outcome.alone:
        breaker = taken(breaker)
    wait = again(breaker, delivery.attempts, outcome.asked, now, waits)
    step = (
        _waits(delivery, wait.until, int(wait.counted), outcome.fault)
        if wait
        else _parked(delivery, outcome.fault)
    )
    if outcome.alone:
        return breaker, step
    return missed(breaker, delivery.number, outcome.fault, outcome.asked, now), step


def _sent(delivery: Delivery) -> Step:
    place = sent_place(delivery.piece.subject, delivery.born)
    change = f"SET #state=:state,{PLACED} REMOVE {FREE},#fault"
    return _step(delivery, change, {"state": "sent", **place})


def _waits(delivery: Delivery, until: float, counted: int, fault: str) -> Step:
    place = due_place(delivery.piece.subject, delivery.address.sink, until, delivery.number)
    change = f"SET #due_at=:due_at,#fault=:fault,#attempts=#attempts+:counted,{PLACED} REMOVE {FREE}"
    return _step(delivery, change, {"due_at": until, "fault": fault, "counted": counted, **place})


def _parked(delivery: Delivery, fault: str) -> Step:
    place = parked_place(delivery.piece.subject, delivery.address.sink, delivery.number)
    change = f"SET #state=:state,#fault=:fault,#attempts=#attempts+:one,{PLACED} REMOVE {FREE}"
    return _step(delivery, change, {"state": "parked", "fault": fault, "one": 1, **place})


def _step(delivery: Delivery, change: str, given: dict[str, Value]) -> Step:
    pk, sk = news_key(delivery.piece.subject), delivery_key(delivery.address, delivery.number)
    return Update(pk, sk, change, MINE, given | {"owner": delivery.owner})
