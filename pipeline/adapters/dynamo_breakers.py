"""How things stand with each sink, in the DynamoDB table: ``sink#NAME``, all of them in the index ``open``.

A breaker is written on the condition that it is still the one that was read.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.adapters.dynamo_due import INDEX, first
from pipeline.adapters.dynamo_table import Delete, Step, Table, Update, Value
from pipeline.breaker import Breaker

SINK = "sink"
SINKS = first(SINK)


@dataclass(frozen=True, slots=True)
class Kept:
    """A sink as it was read."""

    sink: str
    breaker: Breaker
    text: str = ""
    """As it stands in the table; empty where nothing is known of the sink."""
    sent: int = 0

    def becomes(self, after: Breaker, sent: int = 0) -> Step:
        """The breaker afterwards; ``sent``: how many pieces more were taken."""
        change = "SET #breaker=:after,#open_pk=:open,#open_sk=:sink ADD #sent :sent"
        given: dict[str, Value] = {"after": _text(after), "sent": sent, "open": SINKS, "sink": self.sink}
        if self.text:
            return Update(_pk(self.sink), SINK, change, "#breaker=:read", given | {"read": self.text})
        return Update(_pk(self.sink), SINK, change, "attribute_not_exists(pk)", given)


def load(table: Table, sink: str) -> Kept:
    """A sink's breaker; a new one where nothing is known of the sink."""
    item = table.get(_pk(sink), SINK)
    return _kept(sink, item) if item else Kept(sink, Breaker())


def every(table: Table) -> Iterator[Kept]:
    """All sinks that anything was ever done for."""
    for item in table.index(INDEX, SINKS):
        yield _kept(str(item["open_sk"]), item)


def forgotten(sink: str) -> Step:
    """Nothing is known of the sink any more."""
    return Delete(_pk(sink), SINK)


def _kept(sink: str, item: dict[str, Any]) -> Kept:
    return Kept(sink, Breaker(**json.loads(item["breaker"])), item["breaker"], item["sent"])


def _text(breaker: Breaker) -> str:
    return json.dumps(asdict(breaker), sort_keys=True)


def _pk(sink: str) -> str:
    return f"sink#{sink}"
