"""What stays of an erased image in the DynamoDB table: its ids, when, and the hash of its delivery.

``tombstone`` in the image's partition is written when its erasure begins, and carries what is left to do
until its end (``traces``, and its place in the index ``open``). Beside it stay ``short#...``, so that nobody
else gets the short id, and ``delivery#SHA256``, so that the same delivery does not bring it back; both name
the image and say nothing else.
"""

import time

from pydantic import TypeAdapter

from pipeline.adapters.dynamo_due import CLOSE, due, opened
from pipeline.adapters.dynamo_items import TOMBSTONE
from pipeline.adapters.dynamo_table import NEW, Check, Put, Table, Update, Value
from pipeline.erasure import Traces

KIND = "erasing"
_traces = TypeAdapter(Traces)


def stands(table: Table, image: str) -> bool:
    """Was this image erased?"""
    return table.get(image, TOMBSTONE) is not None


def alive(image: str) -> Check:
    """The step that lets all others fail if the image was erased."""
    return Check(image, TOMBSTONE, NEW)


def laid(traces: Traces) -> Put:
    """The step that writes the tombstone of an image whose erasure begins."""
    now = time.time()
    stays: dict[str, Value] = {"pk": traces.image, "sk": TOMBSTONE, "short": traces.short, "at": now}
    until = {"state": "erasing", "traces": _text(traces), **opened(KIND, traces.image, now)}
    return Put(stays | until, NEW)


def known(table: Table, image: str) -> Traces | None:
    """What the tombstone of an image knows of it; None where it has none."""
    found = table.get(image, TOMBSTONE)
    if found is None:
        return None
    return _traces.validate_json(found["traces"]) if "traces" in found else Traces(image, found["short"])


def note(table: Table, traces: Traces) -> None:
    """Let the tombstone know what is left to do, as long as the erasure goes on."""
    given = {"traces": _text(traces), "erasing": "erasing"}
    table.write(Update(traces.image, TOMBSTONE, "SET #traces=:traces", "#state=:erasing", given))


def forget(table: Table, image: str) -> None:
    """Let the tombstone forget all but what stays."""
    change, given = f"SET #state=:erased {CLOSE},#traces", {"erased": "erased", "erasing": "erasing"}
    table.write(Update(image, TOMBSTONE, change, "#state=:erasing", given))


def unfinished(table: Table) -> list[str]:
    """Images whose erasure has begun and not ended, the oldest first."""
    return [item["pk"] for item in due(table, KIND, time.time())]


def _text(traces: Traces) -> str:
    return _traces.dump_json(traces).decode()
