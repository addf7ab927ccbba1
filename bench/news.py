"""How fast news goes out, what the sender needs, and whether a slow sink holds up the others.

    python -m bench news

Five webhooks on loopback in a process of their own; the sender is a process of its own as well, and so is
what it is compared with: threads that post the same bodies with requests and with urllib3, one for each
lane, without a ledger, a signature or an order to keep.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import requests
import urllib3

from bench.rows import Row
from pipeline.adapters.guarded_http import GuardedHttp
from pipeline.adapters.hook_forms import signed
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom, write
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.webhook import HttpCarrier
from pipeline.events import event, packed
from pipeline.news import Address, Draft, Piece, Sink
from pipeline.sending import Sender

PIECES, SINKS, ROUNDS, LANES = 10_000, 5, 3, 4
PACE, PACED = 0.01, 1_000
"""Seconds between two pieces, and how many, where delays are measured."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SITE = "https://pictures.example.org"
DATA = {
    "image": "019a9d3e-1f00-7000-8000-000000000001", "short": "IMG-7F3K", "source": "slack", "team": "T1",
    "entered_at": "2026-11-22T09:29:58.100+00:00", "channel": "C1", "decision": "cleared", "faces": 2,
    "contains_nudity": False, "contains_nudity_confidence": 97.1, "watermark_found": False, "format": "JPEG",
    "place": {"name": "Sofia", "region": "Sofia-Capital", "country": "Bulgaria", "country_code": "BG"},
    "location": None, "width": 4032, "height": 3024, "bytes": 3145728,
}  # fmt: skip


@dataclass(frozen=True)
class Hooks:
    """The running webhooks."""

    process: "subprocess.Popen[str]"
    urls: list[str]

    def heard(self) -> list[list[tuple[float, str]]]:
        """When each heard which id."""
        found: list[list[tuple[float, str]]] = self._asked("tell\n")
        return found

    def counts(self) -> list[int]:
        """How much each has heard."""
        found: list[int] = self._asked("count\n")
        return found

    def _asked(self, line: str) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def hooks(slow: int = 0) -> Iterator[Hooks]:
    """Webhooks in a process of their own; the last ``slow`` ones are slow."""
    command = [sys.executable, "-m", "bench.hooks", str(SINKS), str(slow)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            ports = json.loads(process.stdout.readline())
            yield Hooks(process, [f"http://127.0.0.1:{port}/hook" for port in ports])
        finally:
            process.kill()


def send(ledger: str, *urls: str) -> None:
    """What the process of the sender does: send until it is killed."""
    http, sinks = (
        GuardedHttp(["127.0.0.1"]),
        [Sink(f"s{n}", "webhook", url, SECRET) for n, url in enumerate(urls)],
    )
    carriers = {sink.name: HttpCarrier(http, signed(sink, SITE)) for sink in sinks}
    outbox = SqliteOutbox(Database(Path(ledger)))
    Sender(outbox, carriers, lanes=dict.fromkeys(carriers, LANES)).run(threading.Event())


def bare(way: str, *urls: str) -> None:
    """What it is compared with: the same bodies, posted by as many threads as the sender has lanes."""
    bodies = [packed(event(_piece(n), SITE)).encode() for n in range(PIECES)]

    def post(url: str, mine: list[bytes]) -> None:
        session, pool = requests.Session(), urllib3.PoolManager()
        headers = {"content-type": "application/cloudevents+json", "webhook-id": "0" * 36}
        for body in mine:
            if way == "requests":
                session.post(url, body, headers=headers)
            else:
                pool.request("POST", url, body=body, headers=headers)

    threads = [
        threading.Thread(target=post, args=(url, bodies[lane::LANES]))
        for url in urls
        for lane in range(LANES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rate(way: str) -> tuple[float, float]:
    """Deliveries a second from the first to the last, and the most memory that it took, in MB."""
    with hooks() as there, TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.sqlite"
        tell_all(ledger)
        given = [str(ledger), *there.urls] if way == "sender" else [way, *there.urls]
        with running("send" if way == "sender" else "bare", given) as process:
            memory = until(lambda: sum(there.counts()) >= PIECES * SINKS, process)
        heard = there.heard()
    if way == "sender":
        assert all(len({each for _, each in one}) == PIECES for one in heard)
    times = [at for one in heard for at, _ in one]
    return len(times) / (max(times) - min(times)), memory


def delays(slow: int) -> list[float]:
    """Seconds from a piece's writing to its hearing by the first four sinks, while pieces come in."""
    with hooks(slow) as there, TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.sqlite"
        database = Database(ledger)
        newsroom, outbox = SqliteNewsroom(database), SqliteOutbox(database)
        to = [Address(f"s{n}") for n in range(SINKS)]
        told = {}
        with running("send", [str(ledger), *there.urls]) as process:
            newsroom.tell(Draft("first", "verdict", "first", DATA), to[:1])
            until(lambda: there.counts()[0], process)
            for number in range(PACED):
                draft = Draft(f"k{number}", "verdict", f"i{number}", DATA)
                told[draft.id] = time.time()
                newsroom.tell(draft, to)
                time.sleep(PACE)
            until(lambda: all(count >= PACED for count in there.counts()[:4]), process)
        assert slow == 0 or {each.sink: each.due for each in outbox.standings()}["s4"] > 0
        return [at - told[each] for one in there.heard()[:4] for at, each in one if each in told]


def tell_all(ledger: Path) -> None:
    """Write the pieces, in one transaction."""
    database = Database(ledger)
    SqliteNewsroom(database)
    to = [Address(f"s{n}") for n in range(SINKS)]
    with database.write() as connection:
        for number in range(PIECES):
            draft = Draft(f"k{number}", "verdict", f"i{number}", DATA)
            write(connection, draft, to, time.time())
    database.close()


@contextmanager
def running(what: str, given: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that sends."""
    process = subprocess.Popen([sys.executable, "-m", "bench.news", what, *given])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(done: Callable[[], object], process: "subprocess.Popen[bytes]", seconds: float = 300) -> float:
    """Wait; the most memory that the process took meanwhile, in MB."""
    most, last = 0.0, time.monotonic() + seconds
    while not done():
        assert time.monotonic() < last, "it did not happen in time"
        if process.poll() is None:
            most = max(most, psutil.Process(process.pid).memory_info().rss / 1e6)
        time.sleep(0.25)
    return most


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[98]


def _piece(number: int) -> Piece:
    from datetime import UTC, datetime

    draft = Draft(f"k{number}", "verdict", f"i{number}", DATA)
    return Piece(draft.id, draft.kind, draft.subject, datetime.now(UTC), draft.data)


def run() -> list[Row]:
    """Everything above, several times."""
    measured = {way: [rate(way) for _ in range(ROUNDS)] for way in ("sender", "requests", "urllib3")}
    rates = {way: [found[0] for found in each] for way, each in measured.items()}
    shares = [100 * ours / theirs for ours, theirs in zip(rates["sender"], rates["requests"], strict=True)]
    alone, beside = ([p99(delays(slow)) for _ in range(ROUNDS)] for slow in (0, 1))
    more = [b - a for a, b in zip(sorted(alone), sorted(beside), strict=True)]
    return [
        Row(f"sender, {PIECES:,} pieces to {SINKS} webhooks", "/s", tuple(rates["sender"])),
        Row("requests alone, the same bodies", "/s", tuple(rates["requests"])),
        Row("urllib3 alone, the same bodies", "/s", tuple(rates["urllib3"])),
        Row("sender, of what requests alone does", "%", tuple(shares), ">= 50"),
        Row("memory of the sender", "MB", tuple(found[1] for found in measured["sender"]), "<= 150"),
        Row("written to heard, p99", "ms", tuple(1000 * each for each in alone)),
        Row("the same beside a sink that takes 5 s", "ms", tuple(1000 * each for each in beside)),
        Row("what that adds", "ms", tuple(1000 * each for each in more), "<= 1000"),
    ]


if __name__ == "__main__":
    {"send": send, "bare": bare}[sys.argv[1]](*sys.argv[2:])
