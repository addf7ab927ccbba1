"""How runs ended and how long they took, counted in the DynamoDB table.

``tally#2026-11-22`` has a count for each quarter of an hour of that UTC day (so that a day of any time zone
is a whole number of them), actor, outcome and class of duration, until it is forgotten. Whoever counts hands
in many runs at once: one write for each kind of ending.

Nothing ties a count to its row: a stream that brings rows again counts them again, and who dies in between
counts them never. These are figures for people; what they are made of at AWS are CloudWatch's metrics.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import Table, Update
from pipeline.durations import SLOT, class_of

KEPT = 400 * 86_400
"""Seconds after which the counts of a quarter of an hour are forgotten."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended: done, failed, skipped or again, at a time in seconds since the epoch."""

    actor: str
    outcome: str
    at: float
    ms: float


def count(table: Table, ended: Iterable[Ended]) -> None:
    """Count runs."""
    sums = Counter((int(each.at // SLOT) * SLOT, _kind(each)) for each in ended)
    for (slot, kind), runs in sums.items():
        given = {"runs": runs, "until": slot + KEPT}
        change = f"SET #{TTL}=:until ADD #runs :runs"
        table.write(Update(_day(slot), f"{slot:012}#{kind}", change, given=given))


def between(table: Table, start: float, end: float) -> Iterator[tuple[str, str, int, int]]:
    """Actor, outcome, class and runs of what ended in that time; both ends at a quarter of an hour."""
    for day in dict.fromkeys(_day(slot) for slot in range(int(start), int(end), SLOT)):
        for item in table.query(day):
            slot, _, kind = str(item["sk"]).partition("#")
            if start <= int(slot) < end:
                yield (*_parted(kind), item["runs"])


def _kind(run: Ended) -> str:
    return f"{run.actor}#{run.outcome}#{class_of(run.ms):04}"


def _parted(kind: str) -> tuple[str, str, int]:
    actor, outcome, number = kind.split("#")
    return actor, outcome, int(number)


def _day(slot: float) -> str:
    return f"tally#{datetime.fromtimestamp(slot, UTC).date().isoformat()}"
