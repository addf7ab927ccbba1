"""How images enter the table: head, arrival, what follows and all that leads to it, in one transaction."""

import time
from datetime import UTC, date, datetime, timedelta

from pipeline.adapters.dynamo_following import counted
from pipeline.adapters.dynamo_items import (
    TOMBSTONE,
    TURN,
    day,
    delivery_key,
    head_item,
    mark_key,
    message_key,
    result_key,
    row_item,
    row_of,
    short_key,
    task_item,
)
from pipeline.adapters.dynamo_table import NEW, Put, Step, Table, Update
from pipeline.errors import Unavailable
from pipeline.ledger import ARRIVAL, Entry, Follow, Plan, Row
from pipeline.model import Source
from pipeline.results import Arrived
from pipeline.shortid import candidates, new_image, payload

IMAGES = 3
"""Ids that are tried: another one only where every short id of the one before is taken."""
FIRST = ("first", "day")
"""Where the first day with an image is kept, so that nobody looks at those before it."""


def enter(table: Table, delivery: str, source: Source, follow: Follow) -> Entry:
    """Take a picture in, once per delivery."""
    for image in (new_image() for _ in range(IMAGES)):
        for short in candidates(image):
            arrived = Arrived(image, short, source, datetime.now(UTC))
            row = Row(image, ARRIVAL, arrived, arrived.at)
            if table.write(*_steps(delivery, row, arrived, follow(image, {ARRIVAL: row}, {}))):
                return Entry(arrived, new=True)
            if known := table.get(delivery_key(delivery), "delivery"):
                return Entry(_entered(table, known["image"], source), new=False)
    raise Unavailable("No short id is free for the picture.")


def note_day(table: Table, moment: float | None = None) -> None:
    """Keep the first day on which an image may have entered: today's, or that of ``moment``.

    Once per process is enough.
    """
    today = datetime.fromtimestamp(time.time() if moment is None else moment, UTC).date().isoformat()
    earlier = "attribute_not_exists(pk) OR #day>:day"
    table.write(Update(*FIRST, "SET #day=:day", earlier, {"day": today}))


def days(table: Table, after: str = "") -> list[str]:
    """The UTC days on which images after this one (an id, or "" for all) may have entered, in order."""
    found = table.get(*FIRST)
    if found is None:
        return []
    first = max(found["day"], day(after)) if after else found["day"]
    start, last = date.fromisoformat(first), datetime.now(UTC).date() + timedelta(days=1)
    return [(start + timedelta(days=n)).isoformat() for n in range((last - start).days + 1)]


def _steps(delivery: str, row: Row, arrived: Arrived, plan: Plan) -> list[Step]:
    image, state = row.image, plan.state or "waiting"
    named = {"image": image}
    steps: list[Step] = [
        Put(head_item(arrived, delivery, state, plan.facts), NEW),
        Put({"pk": image, "sk": TURN, "turns": 1}, NEW),
        Put({"pk": delivery_key(delivery), "sk": "delivery", **named}, NEW),
        Put({"pk": short_key(arrived.short), "sk": "short", **named}, NEW),
        Put({"pk": mark_key(payload(image)), "sk": "mark", **named}, NEW),
        *(Put(row_item(each), NEW) for each in (row, *plan.skip)),
        *(Put(task_item(task), NEW) for task in plan.start),
    ]
    if (source := arrived.source).message:
        steps.append(Put({"pk": message_key(source.team, source.channel, source.message), "sk": image}))
    if state != "waiting":
        steps.append(counted(image, state, 1))
    return steps


def _entered(table: Table, image: str, source: Source) -> Arrived:
    """The arrival of a known delivery; of an erased image, what its tombstone says."""
    if item := table.get(image, result_key(ARRIVAL, 1)):
        arrived = row_of(item).result
        assert isinstance(arrived, Arrived)
        return arrived
    stone = table.get(image, TOMBSTONE)
    if stone is None:
        raise Unavailable("The image of this delivery is being erased.")
    nothing = Source(kind=source.kind, name="", locator="")
    return Arrived(image, stone["short"], nothing, datetime.fromtimestamp(stone["at"], UTC))
