"""Looks anew, after an erasure, wherever an item of the DynamoDB table can speak of the image."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pipeline.adapters.dynamo_bytes import key
from pipeline.adapters.dynamo_card_items import REPORT, card_key
from pipeline.adapters.dynamo_items import RESULT, TOMBSTONE, USE, result_key
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.dynamo_traces import card_of, outside
from pipeline.erasure import Traces
from pipeline.ledger import ARRIVAL

Items = Iterable[Mapping[str, Any]]


def left(table: Table, traces: Traces) -> dict[str, int]:
    """How many items of each kind still speak of the image.

    Its own partition and what is its own elsewhere; the partitions, and the reports, of images that spoke of
    it or have its bytes; its message's card; what is kept of its bytes.
    """
    own = cache(lambda image: _own(table.query(image)))
    found = Counter(kind(item["sk"]) for item in table.query(traces.image) if item["sk"] != TOMBSTONE)
    found += Counter(kind(sk) for pk, sk in outside(table, traces) if table.get(pk, sk))
    others = dict.fromkeys((*traces.mentioned_by, *traces.twins))
    cards = dict.fromkeys([traces.message, *(card_of(table, other) for other in others)])
    for other in others:
        found += _speaking(table.query(other), traces, own(other))
    for card in filter(None, cards):
        for report in table.query(card_key(card), REPORT):
            found += _speaking([report], traces, own(report["sk"].removeprefix(REPORT)))
    for sha256 in traces.originals:
        bytes_ = list(table.query(key(sha256)))
        shared = any(item["sk"].startswith(USE) for item in bytes_)
        found += _speaking(bytes_, traces, sha256 if shared else "")
    return dict(found)


def kind(sk: str) -> str:
    """What lies under a sort key, in the plural: images, results, notes, ..."""
    return f"{sk.partition('#')[0]}s"


def _speaking(items: Items, traces: Traces, own: str) -> Counter[str]:
    """Items that name the image, or have a word of it that is not another one's own as well."""
    words = (traces.image, *(word for word in traces.words if word not in own))
    return Counter(kind(item["sk"]) for item in items if any(word in _text(item) for word in words))


def _own(items: Items) -> str:
    """Everything that an image says on its own account: its arrival, and all but its rows."""
    arrival = result_key(ARRIVAL, 1)
    return " ".join(
        _text(item) for item in items if item["sk"] == arrival or not item["sk"].startswith(RESULT)
    )


def _text(item: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in item.values())
