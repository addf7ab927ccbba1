"""Takes an image out of the DynamoDB table, and looks wherever items can speak of it whether it is gone.

One transaction writes the tombstone and takes the head, the turn and the arrival away: from then on nothing
is planned, demanded or noted for the image, and nobody begins to use bytes for it. Everything else goes item
by item after that; whoever dies on the way leaves the tombstone, and each step may be done twice.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pipeline.adapters import dynamo_looking as looking
from pipeline.adapters import dynamo_tombstones as tombstones
from pipeline.adapters import dynamo_traces
from pipeline.adapters.dynamo_appointments import POLICIES
from pipeline.adapters.dynamo_bytes import ORIGINAL, key, leaving
from pipeline.adapters.dynamo_following import counted
from pipeline.adapters.dynamo_items import HEAD, MENTION, OVERTAKEN, TASK, TOMBSTONE, TURN, USE, result_key
from pipeline.adapters.dynamo_table import THERE, Delete, Step, Table, Update
from pipeline.adapters.dynamo_turns import MOVING, Partition, rounds
from pipeline.erasure import Traces
from pipeline.ledger import ARRIVAL

UNHELD = "attribute_not_exists(#owner)"


class DynamoEraser:
    """``pipeline.erasure.Eraser``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, image: str) -> Traces:
        """See ``Eraser.begin``. All has gone on return, but for runs that somebody holds."""
        for _ in rounds():
            if traces := tombstones.known(self._table, image):
                return self._go_on(traces)
            seen = Partition(self._table, image)
            traces = dynamo_traces.collect(self._table, seen)
            traces = replace(traces, rows={"images": 1, "results": 1})
            if self._table.write(tombstones.laid(traces), *_closed(seen)):
                return self._go_on(traces)
        raise AssertionError  # rounds() ends with words

    def unfinished(self) -> list[str]:
        """See ``Eraser.unfinished``."""
        return tombstones.unfinished(self._table)

    def running(self, image: str) -> int:
        """See ``Eraser.running``. Those that nobody holds go; once there are none at all, none can come."""
        self._take(image, [TASK, OVERTAKEN])
        return sum(1 for kind in (TASK, OVERTAKEN) for _ in self._table.query(image, kind))

    def clear(self, image: str) -> Traces:
        """See ``Eraser.clear``."""
        return self._go_on(tombstones.known(self._table, image) or Traces(image, image))

    def last_use(self, sha256: str, remove: Callable[[], None]) -> bool:
        """See ``Eraser.last_use`` and ``dynamo_bytes``."""
        with leaving(self._table, sha256) as in_time:
            if any(self._table.query(key(sha256), USE)):
                return False
            in_time()
            remove()
            self._table.write(Delete(key(sha256), ORIGINAL))
            return True

    def left(self, traces: Traces) -> dict[str, int]:
        """See ``Eraser.left``."""
        return looking.left(self._table, traces)

    def finish(self, traces: Traces) -> dict[str, int]:
        """See ``Eraser.finish``: there are no files."""
        tombstones.forget(self._table, traces.image)
        return {}

    def _go_on(self, known: Traces) -> Traces:
        """Take out what is there; the tombstone knows of it before it goes."""
        items = Partition(self._table, known.image).items
        late = [sha256 for sha256 in dynamo_traces.after(USE, items) if sha256 not in known.originals]
        others = dict.fromkeys((*known.mentioned_by, *dynamo_traces.after(MENTION, items)))
        traces = replace(
            known,
            originals=(*known.originals, *late),
            words=(*known.words, *late),
            mentioned_by=tuple(others),
        )
        if traces != known:
            tombstones.note(self._table, traces)
        dynamo_traces.redact(self._table, traces.image, traces.mentioned_by)
        places = [*dynamo_traces.outside(self._table, traces), *dynamo_traces.spoken_of(items, traces.image)]
        gone = Counter(traces.rows) + self._outside(traces, places) + self._take(traces.image, [""])
        if gone != Counter(traces.rows):
            traces = replace(traces, rows=dict(gone))
            tombstones.note(self._table, traces)
        return traces

    def _outside(self, traces: Traces, places: Sequence[dynamo_traces.Place]) -> Counter[str]:
        """Take out what is the image's own in other partitions."""
        found = Counter[str]()
        for pk, sk in places:
            if self._table.write(Delete(pk, sk, THERE)):
                found[looking.kind(sk)] += 1
        if traces.message:
            dynamo_traces.look_again(self._table, traces.message)
        image = {"image": traces.image}
        for sha256 in traces.originals:
            self._table.write(Update(key(sha256), ORIGINAL, "REMOVE #first", "#first=:image", image))
        for policy in self._table.query(POLICIES):
            # A cursor that stands on the image: right before it is as good, and says less.
            given, change = image | {"before": traces.image[:-1]}, "SET #reached=:before"
            self._table.write(Update(POLICIES, policy["sk"], change, "#reached=:image", given))
        return found

    def _take(self, image: str, kinds: list[str]) -> Counter[str]:
        """Take out the items of the image's partition of these kinds, but for its tombstone and open runs."""
        found = Counter[str]()
        for item in [each for kind in kinds for each in self._table.query(image, kind)]:
            sk = item["sk"]
            if sk != TOMBSTONE and self._table.write(_step(item)):
                found[looking.kind(sk)] += 1
        return found


def _closed(seen: Partition) -> list[Step]:
    """The steps after which nothing begins any more."""
    image, state = seen.image, seen.head["state"]
    read = {"read": seen.turns, "now": time.time()}
    steps: list[Step] = [
        Delete(image, TURN, f"#turns=:read AND {MOVING}", read),
        Delete(image, HEAD, "#state=:state", {"state": state}),
        Delete(image, result_key(ARRIVAL, 1), THERE),
    ]
    if state != "waiting":
        steps.append(counted(image, state, -1))
    return steps


def _step(item: dict[str, Any]) -> Delete:
    """A run that has begun keeps its item until it ends: so it is known that it still runs."""
    pk, sk = item["pk"], item["sk"]
    if sk.startswith(TASK):
        return Delete(pk, sk, UNHELD)
    if sk.startswith(OVERTAKEN):
        return Delete(pk, sk, "#until<:now", {"now": time.time()})
    return Delete(pk, sk)
