"""`python -m bench.newschaos`: kill -9 at random over senders while news comes in; then all is counted.

A sender that serves five webhooks is killed again and again, at any moment, and
started again. Exit status 1 when a sink lacks a piece, or got what is about one subject in another order.
"""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from bench.news import Hooks, hooks, until
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.news import Address, Draft

EACH = 3
"""Pieces about one subject."""


def drafts(count: int) -> list[Draft]:
    """The pieces, in the order in which they are told."""
    return [Draft(f"k{n}", "alarm", f"subject {n // EACH}", {"number": n}) for n in range(count)]


def tell(ledger: Path, pieces: Sequence[Draft], sinks: int, pause: float) -> None:
    """Write them down, one after the other."""
    newsroom = SqliteNewsroom(Database(ledger))
    for each in pieces:
        newsroom.tell(each, [Address(f"s{n}") for n in range(sinks)])
        time.sleep(pause)


def sender(ledger: Path, there: Hooks) -> "subprocess.Popen[bytes]":
    """A sender."""
    return subprocess.Popen([sys.executable, "-m", "bench.news", "send", str(ledger), *there.urls])


def kill(ledger: Path, there: Hooks, kills: int, chance: random.Random) -> None:
    """Start senders and kill them, each after it got on a little or after a while."""
    for number in range(kills):
        process, before = sender(ledger, there), sum(there.counts())
        last = time.monotonic() + 5
        while sum(there.counts()) == before and time.monotonic() < last:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.wait()
        if number % 20 == 0:
            print(f"{number} kills, {sum(there.counts())} heard", file=sys.stderr, flush=True)


def faults(pieces: Sequence[Draft], heard: list[list[tuple[float, str]]]) -> list[str]:
    """What is wrong with what the sinks heard."""
    order, found = {each.id: number for number, each in enumerate(pieces)}, []
    for sink, one in enumerate(heard):
        firsts = [order[each] for each in dict.fromkeys(each for _, each in one)]
        if missing := len(pieces) - len(firsts):
            found.append(f"sink {sink} lacks {missing} pieces")
        places = {number: place for place, number in enumerate(firsts)}
        late = sum(
            places.get(n, 0) > places.get(n + 1, 0)
            for n in range(len(pieces) - 1)
            if n // EACH == (n + 1) // EACH
        )
        if late:
            found.append(f"sink {sink} got {late} pieces before what came before them")
    return found


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.newschaos", description=__doc__)
    parser.add_argument("--pieces", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    pieces, began = drafts(given.pieces), time.monotonic()
    with ExitStack() as stack:
        there = stack.enter_context(hooks())
        ledger = Path(stack.enter_context(TemporaryDirectory())) / "ledger.sqlite"
        outbox = SqliteOutbox(Database(ledger))
        teller = Thread(target=tell, args=(ledger, pieces, len(there.urls), 0.005))
        teller.start()
        kill(ledger, there, given.kills, random.Random(given.seed))
        teller.join()
        last = sender(ledger, there)
        try:
            until(lambda: not sum(each.due for each in outbox.standings()), last)
        finally:
            last.kill()
            last.wait()
        heard = there.heard()
    wrong = faults(pieces, heard)
    twice = sum(len(one) - len({each for _, each in one}) for one in heard)
    print(f"{given.pieces} pieces to {len(heard)} sinks, {given.kills} kills: {wrong or 'nothing lost'};"
          f" {twice} heard more than once; {time.monotonic() - began:.0f} s")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
