"""Two clock processes, killed at random, with a system clock that leaps: each digest comes once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline import digest
from pipeline.adapters import sqlite_newsroom
from pipeline.adapters.sqlite_database import Database
from pipeline.figures import EVERYTHING, Day, Scope
from tests.scheduler import wall

CHANNELS = 12
SCOPES = [*(Scope("T1", f"C{number}") for number in range(CHANNELS)), EVERYTHING]
PATIENCE = 30
STEPS = 25
HOUR = 3600


@dataclass
class Town:
    """A ledger, a church clock that somebody sets, and two clock processes that look at it."""

    folder: Path
    zone: str
    at: str
    dice: random.Random
    clocks: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "ledger.sqlite")
        self.database.define(sqlite_newsroom.SCHEMA)

    def show(self, moment: float) -> None:
        new = self.folder / "time.new"
        new.write_text(str(moment))
        new.rename(self.folder / "time")

    def start(self) -> subprocess.Popen[bytes]:
        ledger, clock = self.folder / "ledger.sqlite", self.folder / "time"
        where = (str(ledger), str(clock), str(CHANNELS), self.zone, self.at)
        return subprocess.Popen([sys.executable, "-m", "tests.scheduler.clock_process", *where])

    def kill(self, number: int) -> None:
        os.kill(self.clocks[number].pid, signal.SIGKILL)
        self.clocks[number].wait()
        self.clocks[number] = self.start()

    def told(self) -> set[str]:
        return {row["key"] for row in self.database.read("SELECT key FROM pieces")}

    def comes(self, keys: set[str]) -> bool:
        until = time.monotonic() + PATIENCE
        while not keys <= self.told() and time.monotonic() < until:
            time.sleep(0.01)
        return keys <= self.told()

    def due(self, moment: float) -> date | None:
        """The day that is told about at a moment, by the wall clock."""
        local = datetime.fromtimestamp(moment, ZoneInfo(self.zone)).date()
        begin, end = wall.window(self.zone, local, self.at)
        return wall.told_in(self.zone, local) if begin <= moment < end else None


TOWNS = [("Australia/Lord_Howe", "02:15", "2026-10-02"), ("Europe/Sofia", "03:30", "2026-03-27")]


@pytest.fixture(params=TOWNS)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Town, float]]:
    zone, at, start = request.param
    made = Town(tmp_path, zone, at, random.Random(f"{zone} {at}"))
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()
    made.show(moment)
    made.clocks = [made.start(), made.start()]
    yield made, moment
    for each in made.clocks:
        each.kill()
        each.wait()


def test_each_digest_is_told_once_and_none_of_a_wrong_date(town: tuple[Town, float]) -> None:
    here, moment = town
    expected: set[str] = set()
    for _ in range(STEPS):
        moment += here.dice.choice([1, 2, 5, 9, 14, 30, -1, -5, -40]) * HOUR + here.dice.randint(0, 1800)
        here.show(moment)
        day = here.due(moment)
        keys = {digest.key(scope, Day(day)) for scope in SCOPES} if day else set()
        time.sleep(here.dice.uniform(0, 0.06))  # so that they die at any point of it
        for number in here.dice.choice([(0,), (1,), (0, 1), (), ()]):
            here.kill(number)
        expected |= keys
        assert here.comes(keys), f"{day} was not told"
    assert here.told() == expected
    assert len(expected) >= 3 * len(SCOPES)
    counted = here.database.read("SELECT COUNT(*) AS n FROM deliveries GROUP BY piece")
    assert {row["n"] for row in counted} == {1}
