"""`make chaos`: kill -9 at random over web, bot and workers while pictures are posted; then all is counted.

Every picture is another one, small, and posted into one of many channels, so that Slack's limit of one
message a second and channel does not set the pace. One message in ten is delivered twice and out of order.
Exit status 1 when a picture was lost, a card or a result doubled, or a run parked.
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psutil

from bench.pictures import drawing
from bench.running import Up, connected, kill
from bench.workspace import RETRIES, Workspace, workspace
from sandbox.config import SandboxConfig
from sandbox.testing import ControlError

TARGETS = ("web", "bot", "worker", "spawned", "spawned", "spawned")
"""Parts that are killed, single worker processes more often than the rest."""
ODD_ONE = 10
"""One message in so many is delivered twice and out of order."""
TICK_SECONDS = 5.0
UNPACED = Path(__file__).parent / "unpaced"


@dataclass(frozen=True)
class Outcome:
    """What was posted, and what became of it."""

    posted: int
    kills: Counter[str]
    lost: int
    """Messages without a card that says the verdict."""
    doubled_cards: int
    doubled_results: int
    unsettled: int
    """Images in the ledger that have not settled, or are missing from it."""
    parked: int
    seconds: float

    @property
    def well(self) -> bool:
        """Nothing lost, nothing doubled."""
        faults = (self.lost, self.doubled_cards, self.doubled_results, self.unsettled, self.parked)
        return not any(faults)

    def __str__(self) -> str:
        kills = ", ".join(f"{part} {n}" for part, n in sorted(self.kills.items()))
        return (
            f"{self.posted} pictures, {self.kills.total()} kills ({kills}): {self.lost} lost,"
            f" {self.doubled_cards} doubled cards, {self.doubled_results} doubled results,"
            f" {self.unsettled} unsettled, {self.parked} parked; {self.seconds:.0f} s"
        )


@dataclass
class Killer:
    """Ends processes of a running Loupe at random."""

    loupe: Up
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def strike(self) -> None:
        """Kill one process, whichever is there."""
        name = self.chance.choice(TARGETS)
        with_name = self._workers() if name == "spawned" else [self.loupe.part(name)]
        there = [process for process in with_name if process]
        if there and kill(self.chance.choice(there)):
            self.kills[name] += 1

    def run(self, count: int, seconds: float, stop: Event) -> None:
        """Kill ``count`` times, spread at random over so many seconds."""
        while self.kills.total() < count and not stop.wait(self.chance.uniform(0, 2 * seconds / count)):
            self.strike()

    def _workers(self) -> Sequence[psutil.Process]:
        try:
            return self.loupe.workers()
        except psutil.NoSuchProcess:
            return []


def chaos(given: argparse.Namespace) -> Outcome:
    """Post pictures at a rate while processes are killed, then wait for the cards."""
    began, images, kills, rate = time.monotonic(), given.images, given.kills, given.rate
    config = SandboxConfig(retry_delays=RETRIES, enforce_rates=given.paced)
    settings = {} if given.paced else {"PYTHONPATH": str(UNPACED)}
    with (
        tempfile.TemporaryDirectory(prefix="loupe-chaos-") as folder,
        workspace(given.channels, config) as room,
        connected(Path(folder), room.slack, room.config, settings) as loupe,
    ):
        killer = Killer(loupe, random.Random(given.seed))
        with _killing(killer, kills, images / rate):
            sent = _post(room, images, rate, killer.chance)
        ledger = loupe.data / "ledger.sqlite"
        _wait(room, sent, ledger, began + given.patience)
        return _outcome(room, sent, killer.kills, ledger, time.monotonic() - began)


@contextmanager
def _killing(killer: Killer, count: int, seconds: float) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=killer.run, args=(count, seconds, stop), name="killer")
    thread.start()
    try:
        yield
        thread.join()
    finally:
        stop.set()
        thread.join()


def _post(room: Workspace, images: int, rate: float, chance: random.Random) -> list[str]:
    sent, began = [], time.monotonic()
    for number in range(images):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        odd = chance.randrange(ODD_ONE) == 0
        room.room.switches.turn({"duplicates": int(odd), "reorder": odd})
        posted = room.slack.post(
            (f"{number}.jpg", drawing(number)), channel=room.channels[number % len(room.channels)]
        )
        sent.append(str(posted["ts"]))
        if number % 50 == 0:
            _say(f"{number} of {images} posted, {len(room.cards())} cards")
    room.room.switches.turn({"duplicates": 0, "reorder": False})
    return sent


def _wait(room: Workspace, sent: Sequence[str], ledger: Path, until: float) -> None:
    """Until every message has its card and every image has settled: copies are made after the card."""
    missing, open_images, said = set(sent), len(sent), time.monotonic()
    while time.monotonic() < until:
        missing -= room.cards().keys()
        open_images = len(sent) - _settled(ledger)
        if not missing and open_images <= 0:
            break
        time.sleep(0.5)
        if time.monotonic() - said > TICK_SECONDS:
            said = time.monotonic()
            _say(f"{len(sent) - len(missing)} of {len(sent)} cards, {open_images} images not settled")
    try:
        room.slack.settled(60)
    except (AssertionError, ControlError):
        _say("some deliveries are still under way")


def _settled(ledger: Path) -> int:
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as db:
        [(settled,)] = db.execute("SELECT count(*) FROM images WHERE state <> 'waiting'")
    return int(settled)


def _outcome(
    room: Workspace, sent: Sequence[str], kills: Counter[str], ledger: Path, seconds: float
) -> Outcome:
    cards, threads = room.cards(), room.threads()
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as db:
        [(repeated,)] = db.execute("SELECT coalesce(sum(revision - 1), 0) FROM results")
        [(parked,)] = db.execute("SELECT count(*) FROM results WHERE parked")
        [(images,)] = db.execute("SELECT count(*) FROM images")
    return Outcome(
        posted=len(sent),
        kills=kills,
        lost=len(set(sent) - cards.keys()),
        doubled_cards=sum(len(said) - 1 for said in threads.values()),
        doubled_results=int(repeated) + max(0, int(images) - len(sent)),
        unsettled=len(sent) - _settled(ledger),
        parked=int(parked),
        seconds=seconds,
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rate", type=float, default=4.0, help="pictures posted a second")
    parser.add_argument("--channels", type=int, default=40)
    parser.add_argument("--patience", type=float, default=3600.0, help="seconds until a card is lost")
    parser.add_argument("--paced", action="store_true", help="keep and enforce Slack's rates: slow")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    _say(f"seed {given.seed}")
    outcome = chaos(given)
    print(outcome)
    sys.exit(0 if outcome.well else 1)


if __name__ == "__main__":
    main()
