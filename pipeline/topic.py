"""The events on the topic: an actor is due, an actor has settled. Pure; docs/events.md shows both.

Sources: CloudEvents 1.0.2 (structured JSON); the schema is docs/events.schema.json. Every event is shorter
than 4 KB, so that an actor in another language can subscribe without fetching more than it gets.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import codec
from pipeline.errors import Rejected
from pipeline.events import SMALL, packed
from pipeline.ledger import Row, Task

SCHEMA = "urn:loupe:events:v1"
"""Names the schema; ``#due`` and ``#settled`` are its parts for ``data``."""
DUE, SETTLED = "loupe.due.v1", "loupe.settled.v1"


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: an id, a CloudEvent, and the attributes by which queues choose."""

    id: str
    """IMAGE/ACTOR/REVISION/due or settled: the same again is the same event."""
    body: str
    """JSON of less than 4 KB."""
    attributes: Mapping[str, str]
    """``type`` (due or settled), ``actor``; of what has settled ``state`` as well (done, failed, skipped)."""


def source(table: str) -> str:
    """What an installation calls itself in its events."""
    return f"urn:loupe:{table}"


def due(task: Task, source: str, at: datetime) -> Message:
    """Tells an actor's queue to run it. ``at``: when that was decided."""
    data = {
        "image": task.image,
        "actor": task.actor,
        "revision": task.revision,
        "priority": task.priority,
        "reply": f"result#{task.actor}#{task.revision:06}",
    }
    found = _event(DUE, data, source, at)
    return Message(found["id"], packed(found), {"type": "due", "actor": task.actor})


def settled(row: Row, source: str) -> Message:
    """Tells whoever listens how an actor settled; without the result's fields where they are too long."""
    data = {
        "image": row.image,
        "actor": row.actor,
        "revision": row.revision,
        "version": row.version,
        "state": row.state,
        "kind": codec.kind(row.result),
        "attempts": row.attempts,
        "ms": row.ms,
        "result": json.loads(codec.dump(row.result)),
        "truncated": False,
    }
    found = _event(SETTLED, data, source, row.at)
    body = packed(found)
    if len(body.encode()) >= SMALL:
        body = packed(found | {"data": data | {"result": None, "truncated": True}})
    return Message(found["id"], body, {"type": "settled", "actor": row.actor, "state": row.state})


def wanted(body: str) -> Task:
    """The run that a due event names, due at once. Raises ``Rejected`` for anything else."""
    if len(body) >= SMALL:
        raise Rejected(f"A due event is shorter than {SMALL} bytes, and this message has {len(body)}.")
    try:
        found = _Due.model_validate_json(body).data
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the message"
        raise Rejected(f"This is not a due event: {where}: {first['msg']}.") from None
    return Task(found.image, found.actor, found.revision, found.priority, due_at=0.0)


def _event(kind: str, data: Mapping[str, Any], source: str, at: datetime) -> dict[str, Any]:
    what = kind.split(".")[1]
    return {
        "specversion": "1.0",
        "id": f"{data['image']}/{data['actor']}/{data['revision']}/{what}",
        "source": source,
        "type": kind,
        "subject": data["image"],
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA}#{what}",
        "data": data,
    }


class _Identity(BaseModel):
    model_config = ConfigDict(strict=True)
    image: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    actor: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    revision: Annotated[int, Field(ge=1, le=999_999)]
    priority: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class _Due(BaseModel):
    model_config = ConfigDict(strict=True)
    type: Literal["loupe.due.v1"]
    data: _Identity
