"""Uploads through the door, beside the barest endpoint that writes a body to the disk.

    python -m bench.uploads [COUNT [LARGEST]]

The web process is the one that `loupe up` starts. A process of its own sends files of mixed sizes, 16 at a
time, each with a ticket that was issued before; afterwards every file lies in the box as it was sent, and the
ledger has an image for each. Then one file of 2 GB goes in, with the limit raised.
"""

import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from urllib.request import urlopen

import psutil

from bench.rows import Row, table
from bench.running import environment, free_port, until
from loupe import uploads
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.visitors import Visitor

COUNT, SMALLEST, LARGEST, AT_ONCE = 1_400, 20_000, 6_000_000, 16
"""1.5 GB in all; sizes are spread evenly over their orders of magnitude."""
HUGE = 2_000_000_000
ROUNDS = 3
READY_SECONDS = 60.0
LIMITS = {
    "LOUPE_MAX_BYTES": "3000000000",
    "LOUPE_UPLOAD_FILES": "1000000",
    "LOUPE_UPLOAD_BYTES": "1000000000000",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one round."""

    rate: float
    """Uploads a second."""
    megabytes: float
    """A second."""
    p99: float
    """Milliseconds."""
    memory: float
    """Of the process that took them, at most, in MB."""


def run(count: int = COUNT, largest: int = LARGEST) -> list[Row]:
    """All rows."""
    chance = random.Random(7)
    span = math.log(largest / SMALLEST)
    sizes = [round(SMALLEST * math.exp(span * chance.random())) for _ in range(count)]
    bare, ours = list[Figures](), list[Figures]()
    for _ in range(ROUNDS):  # taking turns, so that what else the machine does falls on both
        bare.append(_bare(sizes))
        ours.append(_ours(sizes))
    half = f"at least {median(f.rate for f in bare) / 2:.0f}: half of the bare one"
    return [
        Row("bare endpoint", "/s", tuple(f.rate for f in bare)),
        Row("bare endpoint", "MB/s", tuple(f.megabytes for f in bare)),
        Row("bare endpoint: 99 of 100 within", "ms", tuple(f.p99 for f in bare)),
        Row(f"the door, {AT_ONCE} at once", "/s", tuple(f.rate for f in ours), half),
        Row(f"the door, {AT_ONCE} at once", "MB/s", tuple(f.megabytes for f in ours)),
        Row("the door: 99 of 100 within", "ms", tuple(f.p99 for f in ours)),
        Row("the door: memory of the web process", "MB", tuple(f.memory for f in ours), "at most 120"),
        *_huge(),
    ]


def _huge() -> Sequence[Row]:
    figures = _ours([HUGE])
    return (
        Row("one file of 2 GB", "MB/s", (figures.megabytes,)),
        Row("one file of 2 GB: memory of the web process", "MB", (figures.memory,), "at most 120"),
    )


def _ours(sizes: Sequence[int]) -> Figures:
    with TemporaryDirectory(prefix="loupe-bench-") as folder:
        data, port = Path(folder), free_port()
        command = [sys.executable, "-m", "loupe", "web", "--port", str(port), "--data", str(data)]
        with _process(command, data, port) as process:
            base = ground(load(data=data, max_bytes=3_000_000_000, upload_files=10**6, upload_bytes=10**12))
            hands, visitor = uploads.desk(base), Visitor("V0123456789abcdef")
            issued = [hands.hand_out(visitor, "a.jpg", "image/jpeg", size) for size in sizes]
            files = [
                {"path": form.url, "fields": form.fields, "bytes": size}
                for (_, form), size in zip(issued, sizes, strict=True)
            ]
            told, memory = _sent(process, port, files)
            _compare(base, [ticket.id for ticket, _ in issued], told)
            return _figures(sizes, told, memory)


def _bare(sizes: Sequence[int]) -> Figures:
    with TemporaryDirectory(prefix="loupe-bench-") as folder:
        port = free_port()
        command = [sys.executable, "-m", "bench.uploads_bare", str(port), folder]
        with _process(command, Path(folder), port) as process:
            told, memory = _sent(
                process, port, [{"path": "/", "fields": {}, "bytes": size} for size in sizes]
            )
            return _figures(sizes, told, memory)


def _figures(sizes: Sequence[int], told: dict[str, Any], memory: float) -> Figures:
    times = sorted(each["seconds"] * 1000 for each in told["sent"])
    if any(each["status"] != 204 for each in told["sent"]):
        raise RuntimeError("Not every file was taken.")
    taken, p99 = told["seconds"], times[int(len(times) * 0.99)]
    return Figures(len(sizes) / taken, sum(sizes) / taken / 1e6, p99, memory)


def _compare(base: Ground, tickets: Sequence[str], told: dict[str, Any]) -> None:
    """Raise unless the box and the ledger have exactly what was sent."""
    sent = {f"{id}/{each['sha256']}" for id, each in zip(tickets, told["sent"], strict=True)}
    box = base.settings.data / "inbox"
    lying = set()
    for path in box.iterdir():
        with path.open("rb") as stream:
            lying.add(f"{path.name}/{file_digest(stream, 'sha256').hexdigest()}")
    noted = {each.source.locator for each in base.catalog.newest(len(tickets) + 1)}
    if not sent == lying == noted:
        raise RuntimeError(f"{len(sent)} files were sent, {len(lying)} lie there, {len(noted)} are noted.")


def _sent(
    process: psutil.Process, port: int, files: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], float]:
    """What the sender tells, and the memory that the process took at most, in MB."""
    asked = json.dumps({"port": port, "at_once": min(AT_ONCE, len(files)), "files": files})
    ended, peak = Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss / 1e6)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        command = [sys.executable, "-m", "bench.uploads_sender"]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    finally:
        ended.set()
        watcher.join()
    told: dict[str, Any] = json.loads(done.stdout)
    return told, peak[0]


@contextmanager
def _process(command: Sequence[str], folder: Path, port: int) -> Iterator[psutil.Process]:
    """A server that answers, until the block ends."""
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment(LIMITS), stdout=out, stderr=out)
        try:
            until(lambda: _answers(port), READY_SECONDS, f"{command[2]} does not answer")
            time.sleep(0.5)  # what it does right after its start is not what is measured
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()
            log.unlink()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    print(table("Uploads", run(*map(int, sys.argv[1:]))))
