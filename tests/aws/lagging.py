"""A table whose indexes lag behind it, as DynamoDB's may."""

import time
from collections.abc import Iterator
from typing import Any

from pipeline.adapters.dynamo_table import Table

LAG = 0.03
"""Seconds."""


class Lagging(Table):
    """Its indexes answer as they stood at the last look, for a while."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._seen: dict[tuple[str, str], tuple[float, list[dict[str, Any]]]] = {}

    def index(self, name: str, key: str, **how: Any) -> Iterator[dict[str, Any]]:
        """See ``Table.index``."""
        at, items = self._seen.get((name, key), (0.0, []))
        if time.monotonic() - at > LAG:
            items = list(super().index(name, key, **how))
            self._seen[name, key] = time.monotonic(), items
        yield from items
