"""Ways to drive an engine on the toy chain, and to see what was accepted."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.chain import Chain
from pipeline.engine import Engine
from pipeline.ledger import Outcome
from pipeline.retry import Backoff
from tests.flow import toy

AT_ONCE = Backoff(first=0.0, longest=0.0)
"""Retries without a pause."""
LOG = """
CREATE TABLE IF NOT EXISTS accepted (image TEXT, actor TEXT, revision INTEGER);
CREATE TRIGGER IF NOT EXISTS log_insert AFTER INSERT ON results
BEGIN INSERT INTO accepted VALUES (new.image, new.actor, new.revision); END;
CREATE TRIGGER IF NOT EXISTS log_update AFTER UPDATE ON results
BEGIN INSERT INTO accepted VALUES (new.image, new.actor, new.revision); END;
"""


@dataclass(frozen=True)
class Shop:
    """A ledger file with a side log of every row that was accepted."""

    path: Path
    chain: Chain = toy.TOY
    backoff: Backoff = AT_ONCE

    def database(self) -> Database:
        return Database(self.path)

    def engine(self) -> Engine:
        ledger = SqliteLedger(database := self.database())
        database.define(LOG)
        return Engine(self.chain, ledger, backoff=self.backoff)

    def accepted(self) -> Counter[tuple[str, str, int]]:
        """How often each (image, actor, revision) was accepted: once, if all is well."""
        return Counter(tuple(row) for row in self.database().read("SELECT * FROM accepted"))

    def states(self) -> dict[str, str]:
        """State by delivery key."""
        found = self.database().read("SELECT delivery, state FROM images")
        return {row["delivery"]: row["state"] for row in found}

    def reasons(self) -> dict[str, str]:
        """What was parked, by delivery key and actor, and why."""
        found = self.database().read(
            "SELECT delivery || ' ' || actor AS what, body"
            " FROM results JOIN images USING (image) WHERE parked"
        )
        return {row["what"]: row["body"] for row in found}

    def open(self) -> int:
        """Runs that are due or running."""
        return int(self.database().read("SELECT COUNT(*) AS n FROM tasks")[0]["n"])


def toy_engine(path: Path) -> Engine:
    """What a worker process builds."""
    return Shop(path).engine()


def enter(engine: Engine, *parcels: str) -> list[str]:
    """Enter parcels, each under its own name; their images."""
    return [e.arrived.image for e in engine.enter([(name, toy.parcel(name)) for name in parcels])]


def work_off(engine: Engine, worker: str = "w", want: int = 1) -> list[str]:
    """Run whatever is due until nothing is; the actors that ran, in order."""
    ran: list[str] = []
    outcomes: Sequence[Outcome] = ()
    while True:
        claimed = engine.turn(worker, outcomes, want=want)
        if not claimed:
            return ran
        ran += [work.task.actor for work in claimed]
        outcomes = [engine.run(work) for work in claimed]


def endings(engine: Engine, image: str) -> dict[str, str]:
    """How each actor settled, without the arrival."""
    return {name: row.state for name, row in engine.ledger.rows(image).items() if name != "arrival"}


def revisions(engine: Engine, image: str) -> dict[str, int]:
    """The revision of each actor's row, without the arrival."""
    return {name: row.revision for name, row in engine.ledger.rows(image).items() if name != "arrival"}


def eventually(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is true; fail when it is not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
