"""Whose watermark says what, from the items ``mark#...`` of the DynamoDB table."""

from pipeline.adapters.dynamo_image import earlier
from pipeline.adapters.dynamo_items import mark_key
from pipeline.adapters.dynamo_table import Table
from pipeline.model import Earlier


class DynamoOwners:
    """``pipeline.ports.Owners``: the ledger notes an image's mark when the image comes in."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, payload: int) -> Earlier | None:
        """See ``Owners.of``."""
        found = next(self._table.query(mark_key(payload)), None)
        return earlier(self._table, found["image"]) if found else None
