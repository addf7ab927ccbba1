"""How runs ended and how long they took, counted in the DynamoDB table.

``tally#2026-11-22`` has a count for each quarter of an hour of that UTC day (so that a day of any time zone
is a whole number of them), actor, outcome and class of duration, until it is forgotten; ``tally#ever`` has
one for each of these but for the time. Whoever counts hands in many runs at once: one write for each kind of
ending.

Nothing ties a count to its row: a stream that brings rows again counts them again, and who dies in between
counts them never. These are figures for people; what they are made of at AWS are CloudWatch's metrics.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import Table, Update
from pipeline.durations import SLOT, class_of, whole

EVER = "tally#ever"
KEPT = 400 * 86_400
"""Seconds after which the counts of a quarter of an hour are forgotten."""
ADD = "ADD #runs :runs,#ms :ms"


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended: done, failed, skipped or again, at a time in seconds since the epoch."""

    actor: str
    outcome: str
    at: float
    ms: float


def count(table: Table, ended: Iterable[Ended]) -> None:
    """Count runs."""
    sums: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    for each in ended:
        sums[int(each.at // SLOT) * SLOT, _kind(each)].append(whole(each.ms))
    for (slot, kind), ms in sums.items():
        given = {"runs": len(ms), "ms": sum(ms)}
        until = given | {"until": slot + KEPT}
        table.write(Update(_day(slot), f"{slot:012}#{kind}", f"SET #{TTL}=:until {ADD}", given=until))
        table.write(Update(EVER, kind, ADD, given=given))


def between(table: Table, start: float, end: float) -> Iterator[tuple[str, str, int, int]]:
    """Actor, outcome, class and runs of what ended in that time; both ends at a quarter of an hour."""
    for day in dict.fromkeys(_day(slot) for slot in range(int(start), int(end), SLOT)):
        for item in table.query(day):
            slot, _, kind = str(item["sk"]).partition("#")
            if start <= int(slot) < end:
                yield (*_parted(kind), item["runs"])


def ever(table: Table) -> Iterator[tuple[str, str, int, int, float]]:
    """Actor, outcome, class, runs and milliseconds of all that was ever counted."""
    for item in table.query(EVER):
        yield (*_parted(item["sk"]), item["runs"], float(item["ms"]))


def _kind(run: Ended) -> str:
    return f"{run.actor}#{run.outcome}#{class_of(run.ms):04}"


def _parted(kind: str) -> tuple[str, str, int]:
    actor, outcome, number = kind.split("#")
    return actor, outcome, int(number)


def _day(slot: float) -> str:
    return f"tally#{datetime.fromtimestamp(slot, UTC).date().isoformat()}"
