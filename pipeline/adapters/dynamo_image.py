"""How an image came in, and the newest row of one actor, without the rest of its partition."""

from typing import Any

from pipeline.adapters.dynamo_items import RESULT, result_key, row_of
from pipeline.adapters.dynamo_table import Table
from pipeline.ledger import ARRIVAL, Row
from pipeline.model import Earlier
from pipeline.results import Arrived


def newest(table: Table, image: str, actor: str) -> Row | None:
    """The newest row of an actor, if it has any."""
    found: dict[str, Any] | None = next(table.query(image, f"{RESULT}{actor}#", backwards=True), None)
    return row_of(found) if found else None


def earlier(table: Table, image: str) -> Earlier | None:
    """The image as another one speaks of it; None where there is none of that id."""
    found = table.get(image, result_key(ARRIVAL, 1))
    row = row_of(found) if found else None
    if row is None or not isinstance(row.result, Arrived):
        return None
    arrived = row.result
    return Earlier(arrived.image, arrived.short, arrived.at, arrived.source)
