"""Deliveries of news in the DynamoDB table: claimed under a lease, in order within a subject.

Outcomes and the sink's breaker are one transaction; so are claims and what they use up of the sink's rate.
Whoever meets another one there reads again. News of an image that may not be shown at this moment is marked
``redacted``; the image's rows and notes are read with the claim.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.adapters import dynamo_breakers, dynamo_deliveries
from pipeline.adapters.dynamo_cards import GLANCE
from pipeline.adapters.dynamo_deliveries import Item
from pipeline.adapters.dynamo_news_items import (
    DELIVERY,
    DUE,
    LAST,
    PARKED,
    delivery_key,
    delivery_of,
    due_place,
    news_key,
    parked_place,
    subject_of,
)
from pipeline.adapters.dynamo_outcomes import FREE, MINE, PLACED, settled
from pipeline.adapters.dynamo_table import THERE, Delete, Table, Update, Value
from pipeline.adapters.dynamo_turns import rounds
from pipeline.breaker import WAITS, Breaker, claimed, free, span
from pipeline.errors import Unavailable
from pipeline.outbox import UNPACED, Delivery, Outcome, Progress, Standing

NOBODYS = "#state=:was AND attribute_not_exists(#owner)"
TRIES = 6
"""Of a claim while others claim."""


class DynamoOutbox:
    """``pipeline.outbox.Outbox``. Safe for any number of processes."""

    def __init__(
        self, table: Table, clock: Callable[[], float] = time.time, waits: Sequence[float] = WAITS
    ) -> None:
        self._table, self._clock, self._waits = table, clock, tuple(waits)

    def turn(
        self,
        sink: str,
        owner: str,
        outcomes: Sequence[Outcome],
        *,
        want: int,
        lease: float,
        rate: float = UNPACED,
    ) -> list[Delivery]:
        """See ``Outbox.turn``: two transactions, one for what is recorded and one for what is claimed."""
        if outcomes:
            self._record(sink, outcomes)
        return self._claim(sink, owner, want, lease, rate)

    def extend(self, owners: Sequence[str], lease: float) -> None:
        """See ``Outbox.extend``. It looks through all that is due: for senders that live long."""
        for item in self._held():
            if item["owner"] in owners:
                self._hold(item, item["owner"], self._clock() + lease)

    def note(self, delivery: Delivery, progress: Progress) -> None:
        """See ``Outbox.note``."""
        pk, sk = news_key(delivery.piece.subject), delivery_key(delivery.address, delivery.number)
        given = {"progress": json.dumps(dict(progress)), "owner": delivery.owner}
        if not self._table.write(Update(pk, sk, "SET #progress=:progress", MINE, given)):
            raise Unavailable(f"Another sender took over delivery {delivery.number}.")

    def release(self, owner: str) -> None:
        """See ``Outbox.release``."""
        for item in self._held():
            if item["owner"] == owner:
                place = due_place(item["subject"], item["sink"], item["due_at"], item["number"])
                change = f"SET {PLACED} REMOVE {FREE}"
                self._table.write(Update(item["pk"], item["sk"], change, MINE, {"owner": owner, **place}))

    def owners(self) -> list[str]:
        """See ``Outbox.owners``."""
        return sorted({item["owner"] for item in self._held()})

    def replay(self, sink: str) -> int:
        """See ``Outbox.replay``."""
        for _ in rounds():
            known = dynamo_breakers.load(self._table, sink)
            fresh = replace(Breaker(), next_at=known.breaker.next_at)
            if not (known.breaker.failures or known.breaker.paused) or self._table.write(
                known.becomes(fresh)
            ):
                break
        now = self._clock()
        found = [*dynamo_deliveries.of_kind(self._table, PARKED, sink)]
        count = sum(self._again(item, now) for item in found)
        self._hurry(sink, now)
        return count

    def drop(self, sink: str) -> int:
        """See ``Outbox.drop``."""
        self._table.write(dynamo_breakers.forgotten(sink))
        waiting = [*dynamo_deliveries.of_kind(self._table, DUE, sink)]
        waiting += dynamo_deliveries.of_kind(self._table, PARKED, sink)
        sent = dynamo_deliveries.sent_before(self._table, self._clock() + 1)
        for item in [*waiting, *(each for each in sent if each["sink"] == sink)]:
            self._table.write(Delete(item["pk"], item["sk"]))
        return len(waiting)

    def tidy(self, before: float) -> int:
        """See ``Outbox.tidy``."""
        count = 0
        for item in [*dynamo_deliveries.sent_before(self._table, before)]:
            count += self._table.write(Delete(item["pk"], item["sk"], "#state=:sent", {"sent": "sent"}))
            count += self._forget(item)
        return count

    def standings(self) -> list[Standing]:
        """See ``Outbox.standings``."""
        due: Counter[str] = Counter()
        parked: Counter[str] = Counter()
        oldest, faults = dict[str, float](), dict[str, str]()
        for item in dynamo_deliveries.of_kind(self._table, DUE):
            due[item["sink"]] += 1
            oldest[item["sink"]] = min(item["born"], oldest.get(item["sink"], item["born"]))
        for item in dynamo_deliveries.of_kind(self._table, PARKED):
            parked[item["sink"]] += 1
            faults[item["sink"]] = max(item.get("fault", ""), faults.get(item["sink"], ""))
        known = {each.sink: each for each in dynamo_breakers.every(self._table)}
        now = self._clock()
        return [
            _standing(
                known.get(sink, dynamo_breakers.Kept(sink, Breaker())),
                due[sink], parked[sink], now - oldest.get(sink, now), faults.get(sink, ""),
            )
            for sink in sorted(known.keys() | due.keys() | parked.keys())
        ]  # fmt: skip

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or soon: look again then."""
        time.sleep(min(seconds, GLANCE))

    def _record(self, sink: str, outcomes: Sequence[Outcome]) -> None:
        """Those whose claim was lost change nothing."""
        for _ in rounds():
            known, now = dynamo_breakers.load(self._table, sink), self._clock()
            mine = [each for each in outcomes if self._is_mine(each.delivery)]
            after, sent, steps = settled(known.breaker, mine, now, self._waits)
            changed = after != known.breaker or sent
            if self._table.write(*steps, *([known.becomes(after, sent)] if changed else [])):
                break
        if known.breaker.state != "closed" and after.state == "closed":
            self._hurry(sink, now)
        if after.state != "closed" and after != known.breaker:
            self._give_up(sink, now)

    def _is_mine(self, delivery: Delivery) -> bool:
        item = dynamo_deliveries.kept(self._table, delivery)
        return item is not None and item.get("owner") == delivery.owner

    def _claim(self, sink: str, owner: str, want: int, lease: float, rate: float) -> list[Delivery]:
        for _ in range(TRIES):
            known, now = dynamo_breakers.load(self._table, sink), self._clock()
            if known.breaker.paused:
                self._give_up(sink, now)
            most = free(known.breaker, rate, want, now)
            found = list(islice(dynamo_deliveries.ready(self._table, sink, now), most)) if most else []
            if not found:
                return []
            after = claimed(known.breaker, [item["number"] for item in found], rate, now)
            steps = [_claim(item, owner, now, lease) for item in found]
            if self._table.write(*steps, *([known.becomes(after)] if after != known.breaker else [])):
                return [each for item in found if (each := self._delivery(item, owner))]
        return []

    def _delivery(self, item: Item, owner: str) -> Delivery | None:
        piece = dynamo_deliveries.piece_of(self._table, item)
        if piece is None:  # erased this moment
            return None
        hidden = dynamo_deliveries.redacted(self._table, item["image"])
        return delivery_of(item, piece, owner, redacted=hidden)

    def _held(self) -> Iterator[Item]:
        return (item for item in dynamo_deliveries.of_kind(self._table, DUE) if "owner" in item)

    def _hold(self, item: Item, owner: str, until: float) -> None:
        place = due_place(item["subject"], item["sink"], until, item["number"])
        given = {"owner": owner, "until": until, **place}
        self._table.write(Update(item["pk"], item["sk"], f"SET #lease_until=:until,{PLACED}", MINE, given))

    def _hurry(self, sink: str, now: float) -> None:
        """What waits for its next try is due at once."""
        for item in [*dynamo_deliveries.of_kind(self._table, DUE, sink)]:
            if item["due_at"] > now and "owner" not in item:
                place = due_place(item["subject"], sink, now, item["number"])
                given = {"was": "due", "now": now, **place}
                self._table.write(
                    Update(item["pk"], item["sk"], f"SET #due_at=:now,{PLACED}", NOBODYS, given)
                )

    def _give_up(self, sink: str, now: float) -> None:
        """What is older than the whole schedule is parked."""
        why = f"It waited longer than {span(self._waits) / 3600:.0f} hours for the sink to recover."
        change = f"SET #state=:parked,#fault=if_not_exists(#fault,:why),{PLACED}"
        for item in [*dynamo_deliveries.of_kind(self._table, DUE, sink)]:
            if item["born"] < now - span(self._waits) and "owner" not in item:
                given: dict[str, Value] = {"was": "due", "parked": "parked", "why": why}
                given |= parked_place(item["subject"], sink, item["number"])
                self._table.write(Update(item["pk"], item["sk"], change, NOBODYS, given))

    def _again(self, item: Item, now: float) -> bool:
        place = due_place(item["subject"], item["sink"], now, item["number"])
        change = f"SET #state=:due,#attempts=:none,#due_at=:now,#born=:now,{PLACED} REMOVE {FREE},#fault"
        given = {"was": "parked", "due": "due", "none": 0, "now": now, **place}
        return self._table.write(Update(item["pk"], item["sk"], change, "#state=:was", given))

    def _forget(self, item: Item) -> bool:
        """Forget the piece of a delivery that is gone, if nobody else waits for it.

        Of the last piece about an image the fingerprint stays, in the partition's ``last``.
        """
        others = self._table.query(item["pk"], DELIVERY)
        if any(each["piece"] == item["piece"] for each in others):
            return False
        piece = dynamo_deliveries.piece_of(self._table, item)
        if piece is None:
            return False
        subject = subject_of(item["subject"], self._table.get(item["pk"], LAST))
        newest = subject.kinds.get(piece["kind"])
        if piece["image"] and newest and newest.number == item["piece"]:
            self._table.write(Update(piece["pk"], piece["sk"], "REMOVE #data", THERE))
            return False
        return self._table.write(Delete(piece["pk"], piece["sk"]))


def _claim(item: Item, owner: str, now: float, lease: float) -> Update:
    place = due_place(item["subject"], item["sink"], now + lease, item["number"])
    change = f"SET #owner=:owner,#lease_until=:until,{PLACED}"
    free = "#state=:due AND #due_at<=:now AND (attribute_not_exists(#owner) OR #lease_until<:now)"
    given = {"owner": owner, "until": now + lease, "due": "due", "now": now, **place}
    return Update(item["pk"], item["sk"], change, free, given)


def _standing(known: dynamo_breakers.Kept, due: int, parked: int, age: float, fault: str) -> Standing:
    breaker = known.breaker
    return Standing(
        sink=known.sink,
        due=due,
        sent=known.sent,
        parked=parked,
        oldest_seconds=max(0.0, age),
        failures=breaker.failures,
        fault=breaker.fault or fault,
        state=breaker.state,
        open_until=breaker.open_until,
    )
