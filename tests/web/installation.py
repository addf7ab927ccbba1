"""An installation that has seen something: a real ledger with facts, runs, parked runs, news and alarms.

Facts and counts are written by the adapters' own functions, as the engine does, without running any actor.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.adapters import sqlite_facts, sqlite_tallies
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.alarms import Trouble
from pipeline.engine import Engine
from pipeline.figures import Facts, State
from pipeline.ledger import Settled
from pipeline.news import Address, Draft
from pipeline.outbox import Missed, Outcome, Parked, Sent
from pipeline.results import Failed
from tests.contract.ledgers import row
from tests.flow import toy
from web.board import Watched

NOW = datetime(2026, 11, 22, 14, 3, 10, tzinfo=UTC)
ACTORS = {
    "accept_image": 40, "read_metadata": 9, "detect_nudity": 140, "detect_faces": 210, "find_place": 4,
    "read_watermark": 330, "decide_release": 2, "report_findings": 6, "make_renditions": 2600,
    "publish_image": 35, "report_publication": 7, "make_copies": 5200, "archive_original": 20,
}  # fmt: skip
"""Milliseconds that runs take, roughly."""
SINKS = {"slack": "slack", "mail": "mail", "ops": "webhook", "zap": "zapier"}


@dataclass
class Installation:
    """One data folder, and what the dashboard looks at."""

    folder: Path
    zone: str = "UTC"
    sinks: Mapping[str, str] = field(default_factory=lambda: SINKS)
    count: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.folder / "ledger.sqlite")
        self.ledger = SqliteLedger(self.database)
        self.numbers = SqliteNumbers(self.database)
        self.outbox = SqliteOutbox(self.database)
        self.beats = SqliteBeats(self.database)
        self.alarms = SqliteAlarms(self.database)
        self.chance = random.Random(7)
        self.engine = Engine(toy.TOY, self.ledger, clock=NOW.timestamp)

    def watched(self) -> Watched:
        """As `loupe web` puts it together."""
        catalog = SqliteCatalog(self.database, [actor.name for actor in toy.TOY])
        return Watched(
            "http://127.0.0.1:8080", self.zone, self.sinks, self.numbers, catalog, self.outbox, self.beats,
            self.alarms,
        )  # fmt: skip

    def images(self, at: datetime, count: int, state: State = "done", seconds: float = 1.8) -> None:
        """So many images came in around a moment."""
        with self.database.write() as connection:
            for _ in range(count):
                sqlite_facts.write(connection, self._facts(at, state, seconds))

    def runs(self, at: datetime, actor: str, ms: float, outcome: str = "done", count: int = 1) -> None:
        """So many runs of an actor ended."""
        with self.database.write() as connection:
            for _ in range(count):
                took = ms * self.chance.lognormvariate(0, 0.35)
                sqlite_tallies.count(connection, actor, outcome, at.timestamp(), took)

    def park(self, reason: str, at: datetime = NOW) -> str:
        """A run failed for good; the image's short id."""
        self.count += 1
        entry = self.engine.enter([(f"d{self.count}", toy.parcel(f"parcel {self.count}"))])[0]
        work = next(w for w in self.engine.turn("w", want=99) if w.task.image == entry.arrived.image)
        self.engine.turn("w", [Settled(replace(row(work, Failed(reason)), at=at))], want=0)
        return entry.arrived.short

    def enter(self, count: int) -> None:
        """Images whose runs are due."""
        for _ in range(count):
            self.count += 1
            self.engine.enter([(f"d{self.count}", toy.parcel(f"parcel {self.count}"))])

    def hold(self, count: int) -> None:
        """Images in the state held."""
        self.enter(count)
        with self.database.write() as connection:
            connection.execute("DELETE FROM tasks")
            connection.execute("UPDATE images SET state='held' WHERE state='waiting'")

    def news(self, sink: str, *, sent: int = 0, due: int = 0, parked: int = 0, fault: str = "") -> None:
        """Deliveries of a sink; those that are due were tried once where there is a fault."""
        newsroom = SqliteNewsroom(self.database)
        for _ in range(sent + due + parked):
            self.count += 1
            newsroom.tell(Draft(f"k{self.count}", "digest", f"s{self.count}", {}), [Address(sink, "a")])
        claimed = self.outbox.turn(sink, "o", [], want=sent + parked + (due if fault else 0), lease=60)
        outcomes: list[Outcome] = [Sent(each) for each in claimed[:sent]]
        outcomes += [Parked(each, fault) for each in claimed[sent : sent + parked]]
        outcomes += [Missed(each, fault, 1e9) for each in claimed[sent + parked :]]
        self.outbox.turn(sink, "o", outcomes, want=0, lease=60)

    def alarm(self, *words: str, at: datetime = NOW) -> None:
        """Troubles that are there now."""
        troubles = [Trouble("sink", f"s{number}", text) for number, text in enumerate(words)]
        self.alarms.follow(troubles, (), at, lambda *_: [])

    def month(self) -> None:
        """Thirty days as a busy installation has them."""
        for back in range(30):
            at = NOW - timedelta(days=back)
            self.images(at, self.chance.randint(20, 60), seconds=self.chance.uniform(1, 3))
            for state, most in (("held", 4), ("rejected", 3), ("failed", 2)):
                self.images(at, self.chance.randint(0, most), state)  # type: ignore[arg-type]
        self.images(NOW, 3, "waiting")
        for actor, ms in ACTORS.items():
            self.runs(NOW, actor, ms, count=40)
        self.runs(NOW, "find_place", 4, "skipped", 7)
        self.runs(NOW, "make_copies", 5200, "failed", 1)
        self.runs(NOW, "make_copies", 5200, "again", 3)
        for part in ("web", "bot", "worker", "clock", "news", "drop"):
            self.beats.beat(part)

    def _facts(self, at: datetime, state: State, seconds: float) -> Facts:
        self.count += 1
        shown, told = state == "done", state in ("done", "held")
        before = self.chance.randint(2_000_000, 9_000_000)
        return Facts(
            image=f"image {self.count}",
            short=f"IMG-{self.count}",
            source="slack",
            team="T1",
            channel="C1",
            private=False,
            entered_at=at,
            state=state,
            verdict_seconds=seconds * self.chance.lognormvariate(0, 0.4) if told else None,
            faces=self.chance.choice((0, 0, 1, 2)) if told else None,
            renditions=30 if shown else 0,
            bytes=1_000_000,
            bytes_before=before if shown else 0,
            bytes_after=before // 8 if shown else 0,
        )


def empty(folder: Path) -> Installation:
    """Freshly installed."""
    return Installation(folder)


def busy(folder: Path) -> Installation:
    """A month of pictures, all well."""
    made = Installation(folder)
    made.month()
    made.news("slack", sent=30)
    made.news("mail", sent=2)
    made.news("ops", sent=120, due=2)
    made.hold(3)
    made.enter(2)
    return made


def parked(folder: Path) -> Installation:
    """As many parked runs as are shown and more, with long reasons."""
    made = busy(folder)
    for number in range(24):
        made.park(
            f"OSError: [Errno {number}] No space left on device " + "word " * 80,
            NOW - timedelta(hours=number),
        )
    return made


def alarmed(folder: Path) -> Installation:
    """Two alarms stand, and a part is silent."""
    made = busy(folder)
    made.alarm(
        "The disk of the data folder has 2.1 GB left, less than 5 GB.\nMake space, or move the folder.",
        "The sink ops has not been reached for 45 min: No answer (ConnectTimeout).\nSee `loupe sinks list`.",
        at=NOW - timedelta(minutes=45),
    )
    with made.database.write() as connection:
        connection.execute("UPDATE beats SET at=at-400 WHERE part='clock'")
    return made


def faulty(folder: Path) -> Installation:
    """Sinks that are down, and one that is set up no more."""
    made = busy(folder)
    made.news("zap", sent=4, due=17, parked=3, fault="The answer was 503.")
    made.news("gone", sent=9, parked=1, fault="No answer (ConnectTimeout).")
    made.park("Nominatim does not answer (timed out).", NOW - timedelta(minutes=4))
    return made


STATES = {"empty": empty, "busy": busy, "parked": parked, "alarm": alarmed, "fault": faulty}
