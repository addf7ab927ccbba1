"""What is to be done and when, in the sparse index ``open`` of the table: its keys, and how it is read.

An item lies there under its kind and shard, at its time. The index lags behind the table: whoever acts on it
writes under a condition.
"""

import heapq
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from pipeline.adapters.dynamo_schema import SHARDS
from pipeline.adapters.dynamo_table import Table, Value

INDEX = "open"
LATE = "~"
"""Behind everything that begins alike."""
CLOSE = "REMOVE #open_pk,#open_sk"
"""The change that takes an item out of the index."""


def stamp(at: float) -> str:
    """Seconds since the epoch (0 or more) as a text that sorts as they do, to the microsecond."""
    return f"{max(0.0, at):017.6f}"


def first(kind: str) -> str:
    """The only shard of a kind that Slack's own limits keep small.

    Slack tells an app of 30,000 events an hour at most (docs.slack.dev/apis/events-api/#rate-limiting), about
    eight a second; a card changes a score of times. One shard takes 1,000 writes a second.
    """
    return f"{kind}#0"


def shard(kind: str, name: str) -> str:
    """The shard for the thing of a kind with this name."""
    return f"{kind}#{crc32(name.encode()) % SHARDS}"


def shards(kind: str) -> list[str]:
    """All shards of a kind."""
    return [f"{kind}#{number}" for number in range(SHARDS)]


def opened(kind: str, image: str, at: float) -> dict[str, Value]:
    """The keys of an item of an image that is due at that time (seconds since the epoch)."""
    return {"open_pk": shard(kind, image), "open_sk": stamp(at)}


def due(table: Table, kind: str, until: float) -> Iterator[dict[str, Any]]:
    """The items of a kind whose time has come by then, earliest first; read as far as they are taken."""
    parts = [table.index(INDEX, part, before=stamp(until) + LATE) for part in shards(kind)]
    return heapq.merge(*parts, key=lambda item: str(item["open_sk"]))
