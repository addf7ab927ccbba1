"""What lies in an image's partition of the table, and back: head, rows, tasks (docs/decisions/0023)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zlib import crc32

from pipeline import codec
from pipeline.adapters.dynamo_schema import SHARDS
from pipeline.adapters.dynamo_table import Value
from pipeline.catalog import Listed
from pipeline.errors import Unknown
from pipeline.figures import Facts
from pipeline.ledger import Row, Task
from pipeline.model import Source
from pipeline.results import Arrived, Failed, Result

HEAD, TURN, TOMBSTONE = "image", "turn", "tombstone"
"""Sort keys: the head; what every plan counts up and ``still`` holds (dynamo_turns); what stays of an erased
image. A partition that is read backwards shows the turn, then the tasks, then the rows, and the head last."""
RESULT, TASK, NOTE = "result#", "task#", "note#"
OVERTAKEN, MENTION, USE = "run#", "mention#", "use#"
"""A run that goes on while a newer revision of its task was asked for; an image whose rows speak of this one;
the sha256 of bytes that this one uses."""
LONGEST = 512
"""Characters of a key of an index that are kept as they are; DynamoDB takes 1,024 bytes or more."""
BASE = 1_000_000
"""Added to priorities in keys, which are sorted as text."""


def result_key(actor: str, revision: int) -> str:
    """Where a revision of a row lies."""
    return f"{RESULT}{actor}#{revision:06d}"


def task_key(actor: str, revision: int) -> str:
    """Where a due run lies."""
    return f"{TASK}{actor}#{revision:06d}"


def overtaken_key(actor: str, revision: int) -> str:
    """Where a run is remembered whose task is another one's by now."""
    return f"{OVERTAKEN}{actor}#{revision:06d}"


def named(sk: str) -> tuple[str, int] | None:
    """Actor and revision of a row's or task's sort key; None of one that is no such key."""
    kind, _, rest = sk.partition("#")
    actor, _, revision = rest.rpartition("#")
    known = f"{kind}#" in (RESULT, TASK) and actor and revision.isascii() and revision.isdigit()
    return (actor, int(revision)) if known else None


def shard(image: str) -> int:
    """The part of the index ``open`` that an image belongs to, with all that is its."""
    return crc32(image.encode()) % SHARDS


def day(image: str) -> str:
    """The UTC day (``2026-11-22``) that an image's id was made on: an uuid7 begins with milliseconds."""
    return datetime.fromtimestamp(int(image.replace("-", "")[:12], 16) / 1000, UTC).date().isoformat()


def delivery_key(delivery: str) -> str:
    """The partition that remembers a delivery, by its sha256: a tombstone needs no other trace of it."""
    return f"delivery#{sha256(delivery.encode()).hexdigest()}"


def short_key(short: str) -> str:
    """The partition that names the image with a short id."""
    return f"short#{short}"


def mark_key(payload: int) -> str:
    """The partition that names the image with a watermark: 16 hexadecimal digits, see ``shortid.payload``."""
    return f"mark#{payload:016x}"


def message_key(team: str, channel: str, message: str) -> str:
    """The partition that names the images of a message, in the order of their ids."""
    return f"message#{_key(team, channel, message)}"


def channel_key(team: str, channel: str) -> str:
    """A channel in the index ``channels``."""
    return _key(team, channel)


def person_key(team: str, person: str) -> str:
    """Who handed images in, in the index ``people``."""
    return _key(team, person)


def _key(*parts: str) -> str:
    text = "/".join(parts)
    return text if len(text) <= LONGEST else sha256(text.encode()).hexdigest()


def head_item(arrived: Arrived, delivery: str, state: str, facts: Facts | None) -> dict[str, Value]:
    """The head of an image."""
    image, source = arrived.image, arrived.source
    channel = channel_key(source.team, source.channel) if source.channel else None
    person = person_key(source.team, source.person) if source.person else None
    return {
        "pk": image,
        "sk": HEAD,
        "short": arrived.short,
        "delivery": delivery,
        "source": json.dumps(asdict(source)),
        "entered_at": arrived.at.timestamp(),
        "state": state,
        "facts": facts_text(facts) if facts else None,
        "days_pk": day(image),
        "days_sk": image,
        "channels_pk": channel,
        "channels_sk": image if channel else None,
        "people_pk": person,
        "people_sk": image if person else None,
        **waiting_keys(image, state),
    }


def waiting_keys(image: str, state: str) -> dict[str, Value]:
    """A waiting image's keys in the index ``open``."""
    waits = state == "waiting"
    return {"open_pk": f"waiting#{shard(image)}" if waits else None, "open_sk": image if waits else None}


def listed(head: Mapping[str, Any]) -> Listed:
    """A line in a list of images."""
    at = datetime.fromtimestamp(head["entered_at"], UTC)
    return Listed(head["pk"], head["short"], source_of(head), at, head["state"])


def source_of(head: Mapping[str, Any]) -> Source:
    """Where the image of a head came from; what a later version knows besides is left out."""
    values = json.loads(head["source"])
    return Source(**{each.name: values[each.name] for each in fields(Source) if each.name in values})


def facts_text(facts: Facts) -> str:
    """Facts as JSON text."""
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    return json.dumps(values | {"entered_at": facts.entered_at.isoformat()})


def facts_of(text: str) -> Facts:
    """What ``facts_text`` wrote; what a later version knows besides is left out."""
    values = json.loads(text)
    known = {each.name: values[each.name] for each in fields(Facts) if each.name in values}
    return replace(Facts(**known), entered_at=datetime.fromisoformat(values["entered_at"]))


def row_item(row: Row) -> dict[str, Value]:
    """A revision of a row. A parked one stands in the index ``open``, oldest first."""
    open_sk = f"{row.at.astimezone(UTC).isoformat(timespec='microseconds')}#{row.image}#{row.actor}"
    return {
        "pk": row.image,
        "sk": result_key(row.actor, row.revision),
        "kind": codec.kind(row.result),
        "body": codec.dump(row.result),
        "at": row.at.timestamp(),
        "version": row.version,
        "inputs": json.dumps(dict(row.inputs)),
        "attempts": row.attempts,
        "ms": row.ms,
        "state": row.state,
        "open_pk": f"parked#{shard(row.image)}" if row.parked else None,
        "open_sk": open_sk if row.parked else None,
    }


def row_of(item: Mapping[str, Any]) -> Row:
    """The row of an item whose key is ``named``.

    Programs in other languages may write rows: they need ``kind`` and ``body`` and may leave out the rest.
    """
    found = named(item["sk"])
    assert found is not None
    return Row(
        image=item["pk"],
        actor=found[0],
        result=readable(str(item.get("kind", "")), str(item.get("body", ""))),
        at=datetime.fromtimestamp(_number(item.get("at")), UTC),
        revision=found[1],
        version=int(_number(item.get("version", 1))),
        inputs=_inputs(item.get("inputs")),
        attempts=int(_number(item.get("attempts"))),
        ms=_number(item.get("ms")),
    )


def readable(kind: str, body: str) -> Result:
    """The result; one that another version or program wrote and this one cannot read counts as parked."""
    try:
        return codec.load(kind, body)
    except Unknown as fault:
        return Failed(fault.words)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _inputs(value: object) -> dict[str, int]:
    try:
        found = json.loads(value) if isinstance(value, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def task_item(task: Task, *, demanded: bool = False) -> dict[str, Value]:
    """A fresh run that is due. ``demanded``: the stream tells the router of it."""
    return {
        "pk": task.image,
        "sk": task_key(task.actor, task.revision),
        "priority": task.priority,
        "due_at": task.due_at,
        "attempts": 0,
        "lost": 0,
        "demanded": demanded or None,
        "open_pk": f"{TASK}{shard(task.image)}",
        "open_sk": f"{BASE + task.priority:07d}#{task.image}#{task.actor}",
    }


def task_of(item: Mapping[str, Any]) -> Task:
    """The task of an item."""
    found = named(item["sk"])
    assert found is not None
    return Task(
        image=item["pk"],
        actor=found[0],
        revision=found[1],
        priority=item["priority"],
        due_at=float(item["due_at"]),
        attempts=item["attempts"],
        error=item.get("error"),
        lost=item["lost"],
        running="owner" in item,
    )
