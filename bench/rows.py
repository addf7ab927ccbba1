"""One measured quantity, and how a table of them is printed."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, each time it was measured."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: str = ""
    """What it should be, in words; empty where it is only there to compare with."""

    @property
    def spread(self) -> tuple[float, float, float]:
        """Smallest, middle, largest."""
        return min(self.values), median(self.values), max(self.values)


def load() -> str:
    """How busy the machine is: the load of the last minute over its processors."""
    return f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors"


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows as text, with the machine's load."""
    return "\n".join([f"{title} ({load()})", *_lines(rows)])


def _lines(rows: Iterable[Row]) -> Iterable[str]:
    yield f"  {'':44} {'min':>8} {'median':>8} {'max':>8}"
    for row in rows:
        low, middle, high = row.spread
        yield f"  {row.name:44} {low:8.1f} {middle:8.1f} {high:8.1f} {row.unit:4} {row.target}".rstrip()
