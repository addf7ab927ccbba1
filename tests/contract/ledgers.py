"""The ledgers that keep the contract, and small words for driving one by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.memory_ledger import MemoryLedger
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.engine import Engine
from pipeline.ledger import Ledger, Row, Settled, Task, Work
from pipeline.results import Failed, Result, Skipped
from tests.flow import toy

Needed = Callable[[str], Any]
"""The fixture with a name."""
LEDGERS: dict[str, Callable[[Path, Needed], Ledger]] = {
    "sqlite": lambda folder, _: SqliteLedger(Database(folder / "ledger.sqlite")),
    "memory": lambda _folder, _: MemoryLedger(),
    "dynamo": lambda _folder, fixture: DynamoLedger(fixture("table")),
}
LONG = 60.0
"""A lease that does not run out while a test runs."""
NOW = 1_700_000_000.0
"""The engine's clock in these tests: long ago, so that everything is due."""
AT = datetime.fromtimestamp(NOW, UTC)

RESULTS: dict[str, Result] = {
    "weigh": toy.Weighed("parcel"),
    "paint": toy.Painted("parcel"),
    "fold": toy.Folded("parcel"),
    "wrap": toy.Wrapped(("Painted", "parcel")),
    "ship": toy.Shipped("Wrapped"),
}


def engine(ledger: Ledger) -> Engine:
    """An engine on the toy chain whose clock stands still."""
    return Engine(toy.TOY, ledger, clock=lambda: NOW)


def enter(ledger: Ledger, delivery: str = "d1", name: str = "parcel") -> str:
    """Enter one parcel; its image."""
    return engine(ledger).enter([(delivery, toy.parcel(name))])[0].arrived.image


def claim(ledger: Ledger, worker: str = "w", want: int = 1, lease: float = LONG) -> list[Work]:
    """Claim runs."""
    return engine(ledger).turn(worker, want=want, lease=lease)


def names(claimed: list[Work]) -> list[str]:
    """Which actors were claimed, in alphabetical order."""
    return sorted(work.task.actor for work in claimed)


def row(work: Work, result: Result | None = None, revision: int | None = None) -> Row:
    """The row with which a claimed run ends: well, unless another result is given."""
    task = work.task
    inputs = {name: work.rows[name].revision for name in toy.TOY.awaited(toy.TOY.actor(task.actor))}
    ending = RESULTS[task.actor] if result is None else result
    return Row(task.image, task.actor, ending, AT, revision or task.revision, 1, inputs, task.attempts, 1.5)


def settle(ledger: Ledger, *rows: Row, worker: str = "w") -> None:
    """Record rows and claim nothing."""
    engine(ledger).turn(worker, [Settled(r) for r in rows], want=0)


def finish(ledger: Ledger, worker: str = "w") -> None:
    """Let everything that is due end well."""
    while claimed := claim(ledger, worker, want=10):
        settle(ledger, *map(row, claimed), worker=worker)


def ending(ledger: Ledger, image: str) -> dict[str, str]:
    """How each actor settled."""
    return {name: found.state for name, found in ledger.rows(image).items() if name != "arrival"}


def again(ledger: Ledger, image: str, actor: str) -> Task:
    """Demand the next revision of an actor."""
    found = ledger.rows(image)[actor]
    task = Task(image, actor, found.revision + 1, 50, NOW)
    ledger.demand([task])
    return task


FAILED, REJECTED, SKIPPED = Failed("It broke."), Failed("It will never do.", rejected=True), Skipped("No.")
