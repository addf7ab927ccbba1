"""What the digest of a full ledger costs, and what a scrape of /metrics does.

    python -m bench.digest

Each figure is measured in a fresh process, so that its peak of memory is its own. The ledger has 100,000
images on the day that is told, 10,000 on each of the six days before it, and the runs of 15 actors.
"""

import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row, table
from loupe.ground import ground
from loupe.metering import meters
from loupe.settings import load
from pipeline.adapters import sqlite_facts
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.digest import data, digest
from pipeline.durations import SLOT
from pipeline.figures import EVERYTHING, Day, Facts, Scope
from pipeline.shortid import new_image
from web.metrics import Scrape

ROUNDS, IMAGES, BEFORE, CHANNELS, TOWNS, SCRAPES = 5, 100_000, 10_000, 200, 300, 10
OUTCOMES = {"done": range(20, 30), "failed": (25,), "skipped": (0,), "again": (0,)}
"""And the classes of duration that they have."""
ACTORS = tuple(f"actor_{n:02}" for n in range(15))
TODAY = Day(date(2026, 11, 22), "Europe/Sofia")
MEGABYTE = 1 << 20
_spawn = get_context("spawn")


def fill(path: Path) -> None:
    """A ledger with a busy day and a quiet week before it."""
    database = Database(path)
    SqliteLedger(database)
    SqliteNumbers(database)
    chance = random.Random(1)
    with database.write() as connection:
        for back in range(6, -1, -1):
            day = Day(TODAY.date - timedelta(days=back), TODAY.zone)
            moments = sorted(chance.uniform(day.start, day.end) for _ in range(BEFORE if back else IMAGES))
            lines = (_facts(moment, chance) for moment in moments)
            connection.executemany(sqlite_facts.WRITE, map(sqlite_facts.values, lines))
        connection.execute(
            "INSERT INTO images SELECT image, short, image, 'slack', team, channel, '', '', entered_at, state"
            " FROM facts"
        )
        connection.executemany("INSERT INTO tallies VALUES (?,?,?,?,?,?)", _tallies(chance))
    database.read("PRAGMA wal_checkpoint(TRUNCATE)")


def _facts(moment: float, chance: random.Random) -> Facts:
    image, at = new_image(), datetime.fromtimestamp(moment, UTC)
    state = chance.choices(["done", "held", "rejected", "failed", "waiting"], [90, 4, 3, 1, 2])[0]
    place, camera = f"Town {chance.randrange(TOWNS)}", chance.randrange(40)
    return Facts(
        image=image, short=f"IMG-{image[-12:]}", source="slack", team="T1",
        channel=f"C{chance.randrange(CHANNELS)}", private=False, entered_at=at, state=state,  # type: ignore[arg-type]
        verdict_seconds=round(chance.lognormvariate(0.6, 0.5), 3), decision="cleared", format="JPEG",
        width=4000, height=3000, bytes=chance.randrange(5_000_000), frames=1,
        nudity_score=round(chance.uniform(0, 100), 2), contains_nudity=chance.random() < 0.05,
        faces=chance.randrange(4), watermark_found=False, place=place, region="A region", country_code="BG",
        taken_at="2026-11-22T09:00:00+02:00", camera_make="Canon", camera_model=f"EOS {camera}",
        renditions=24, bytes_before=9_000_000, bytes_after=900_000,
    )  # fmt: skip


def _tallies(chance: random.Random) -> list[tuple[object, ...]]:
    """Every quarter of an hour of the week, every actor, ten classes of duration, and some failures."""
    start, end = TODAY.week()[0].start, TODAY.end
    return [
        (int(slot), actor, outcome, number, chance.randrange(1, 99), 100.0)
        for slot in range(int(start), int(end), SLOT)
        for actor in ACTORS
        for outcome, numbers in (
            ("done", range(20, 30)),
            ("failed", (25,)),
            ("skipped", (0,)),
            ("again", (0,)),
        )
        for number in numbers
    ]


def told(path: Path, scope: Scope) -> None:
    """The digest as it is sent: day, week, towns, steps, held and parked images, channels."""
    database = Database(path)
    numbers, cases = SqliteNumbers(database), SqliteCases(database).of(scope, TODAY)
    numbers.channels(TODAY)
    found = data(digest(numbers, scope, TODAY, cases, with_towns=True))
    assert found["images"] > 0, found


def scrapes(path: Path, day: Day) -> list[float]:
    """Milliseconds of scrapes at the end of a day; the first adds up what there is from before."""
    here = meters(ground(load(data=path.parent)))
    scrape, took = Scrape(replace(here, zone=TODAY.zone, clock=lambda: day.end - 1)), list[float]()
    for _ in range(SCRAPES):
        began = time.perf_counter()
        assert sum(len(family.samples) for family in scrape.collect()) > 100
        took.append((time.perf_counter() - began) * 1000)
    return took


def afresh(act: Callable[[], None]) -> tuple[float, float]:
    """Seconds and peak of memory (MB) of doing something in a process of its own, its start not counted."""
    answers = _spawn.SimpleQueue()
    process = _spawn.Process(target=_measured, args=(act, answers))
    process.start()
    seconds, peak = answers.get()
    process.join()
    return seconds, peak


def _measured(act: Callable[[], None], answers) -> None:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    answers.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE))


def run() -> list[Row]:
    """All rows."""
    with TemporaryDirectory(prefix="loupe-bench-") as folder:
        path = Path(folder) / "ledger.sqlite"
        fill(path)
        rows = []
        for name, scope in (("everything", EVERYTHING), ("one channel", Scope("T1", "C7"))):
            measured = [afresh(partial(told, path, scope)) for _ in range(ROUNDS)]
            seconds, peaks = zip(*measured, strict=True)
            rows.append(Row(f"digest of {name}", "s", seconds, "at most 2"))
            rows.append(Row("its peak memory", "MB", peaks, "at most 150"))
        for day, images in ((TODAY.week()[-2], BEFORE), (TODAY, IMAGES)):
            first, *others = scrapes(path, day)
            rows.append(Row(f"/metrics, {images:,} images that day", "ms", tuple(others), "at most 50"))
            rows.append(Row("the first time", "ms", (first,)))
        return rows


if __name__ == "__main__":
    sys.stdout.write(table(f"digest of {IMAGES:,} images", run()) + "\n")
