"""What is due at a time, in the sparse index ``open`` of the table: its keys, and how it is read.

An item lies there under its kind and its image's part, at its time. The index lags behind the table: whoever
acts on it looks at the table, or writes under a condition.
"""

import heapq
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from pipeline.adapters.dynamo_schema import SHARDS
from pipeline.adapters.dynamo_table import Table, Value

LATE = "~"
"""Behind everything that begins alike."""
CLOSE = "REMOVE #open_pk,#open_sk"
"""The change that takes an item out of the index."""


def opened(kind: str, image: str, at: float) -> dict[str, Value]:
    """The keys of an item that is due at that time (seconds since the epoch)."""
    return {"open_pk": f"{kind}#{crc32(image.encode()) % SHARDS}", "open_sk": _stamp(at)}


def due(table: Table, kind: str, until: float) -> Iterator[dict[str, Any]]:
    """The items of a kind whose time has come by then, earliest first; read as far as they are taken."""
    parts = [table.index("open", f"{kind}#{n}", before=_stamp(until) + LATE) for n in range(SHARDS)]
    return heapq.merge(*parts, key=lambda item: str(item["open_sk"]))


def _stamp(at: float) -> str:
    """A text that sorts as the times do, to the microsecond."""
    return f"{max(0.0, at):017.6f}"
