"""A clock process whose system clock is a file: LEDGER TIME CHANNELS ZONE AT."""

import sys
from pathlib import Path
from threading import Event

from pipeline import digest
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.figures import Day, Scope
from pipeline.news import Address, Draft
from scheduler.clock import Clock
from scheduler.digests import Choice, Digests
from tests.scheduler.channels import Chosen, Pictures

TICK = 0.01


def main(ledger: str, clock: str, channels: str, zone: str, at: str) -> None:
    """Run until killed."""
    database = Database(Path(ledger))
    newsroom, wakes = SqliteNewsroom(database), SqliteWakes(database)

    def tell(scope: Scope, day: Day) -> bool:
        key = digest.key(scope, day)
        return newsroom.tell(Draft(key, "digest", key, {}), [Address("slack", scope.channel)])

    pictures = Pictures({Scope("T1", f"C{number}"): None for number in range(int(channels))})
    digests = Digests(pictures, Chosen(), Choice(at, zone), tell)
    Clock(digests.rows, wakes, Event(), now=lambda: float(Path(clock).read_text())).run(TICK)


if __name__ == "__main__":
    main(*sys.argv[1:])
