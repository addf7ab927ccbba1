"""What the clock did, in the partitions ``wakes`` and ``kept`` of the DynamoDB table: an item per row."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from pipeline.adapters.dynamo_table import Delete, Put, Table, Update
from pipeline.wakes import Wake

WAKES, KEPT = "wakes", "kept"
DAYS = 40
"""Days that are remembered of each row, counted from its newest and not from what a clock says today."""
FEW = 10
"""Rows that are looked up one by one; more of them are read with all others."""


class DynamoWakes:
    """``pipeline.wakes.Wakes``. The days of a row are a set in one item, half a kilobyte at most."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Mapping[str, Wake]:
        """See ``Wakes.all``."""
        found = self._table.query(WAKES)
        return {item["sk"]: Wake(item["sk"], float(item["at"]), item["failures"]) for item in found}

    def note(self, wake: Wake) -> None:
        """See ``Wakes.note``."""
        self._table.write(Put({"pk": WAKES, "sk": wake.row, "at": wake.at, "failures": wake.failures}))

    def keep(self, row: str, date: str) -> None:
        """See ``Wakes.keep``; what failed before is forgiven."""
        kept = Update(KEPT, row, "ADD #days :days", given={"days": frozenset([date])})
        self._table.write(kept, Delete(WAKES, row))

    def kept(self, asked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """See ``Wakes.kept``."""
        rows = {row for row, _ in asked}
        items = self._some(rows) if len(rows) <= FEW else self._table.query(KEPT)
        days = {item["sk"]: item.get("days", frozenset()) for item in items}
        return {(row, day) for row, day in asked if day in days.get(row, ())}

    def tidy(self) -> int:
        """See ``Wakes.tidy``."""
        return sum(self._tidied(item) for item in self._table.query(KEPT))

    def _some(self, rows: Collection[str]) -> list[dict[str, Any]]:
        return [item for row in rows if (item := self._table.get(KEPT, row))]

    def _tidied(self, item: dict[str, Any]) -> int:
        days = item.get("days", frozenset())
        oldest = date.fromisoformat(max(days, default="9999-12-31")) - timedelta(days=DAYS)
        old = frozenset(day for day in days if day < oldest.isoformat())
        if old:
            self._table.write(Update(KEPT, item["sk"], "DELETE #days :old", given={"old": old}))
        return len(old)
