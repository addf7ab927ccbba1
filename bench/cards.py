"""From a posted picture to its card, through the sandbox and every process of `loupe up`.

    python -m bench.cards

Idle: one 5 MB picture of 12 MP after the other, each until its web copies are linked. Queued: so many small
pictures at once, without Slack's rates, which would otherwise be what is measured. Processes that only wait
should cost next to nothing.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.chaos import UNPACED
from bench.pictures import drawing, photo_of
from bench.rows import Row, table
from bench.running import Up, connected, until
from bench.workspace import Workspace, workspace
from sandbox.config import SandboxConfig

POSTS, QUEUED, CHANNELS = 20, 200, 20
FIVE_MEGABYTES = 5_000_000
IDLE_SECONDS = 10.0
CARD_SECONDS = 120.0
MEGABYTE = 1 << 20


@contextmanager
def loupe(*, paced: bool) -> Iterator[tuple[Workspace, Up]]:
    """Loupe in a workspace with many channels, warm: it has sent its first card."""
    config = SandboxConfig(enforce_rates=paced)
    settings = {} if paced else {"PYTHONPATH": str(UNPACED)}
    with (
        TemporaryDirectory(prefix="loupe-bench-") as folder,
        workspace(CHANNELS, config) as room,
        connected(Path(folder), room.slack, config, settings) as running,
    ):
        for number in range(4):
            post_to_card(room, drawing(f"warm {number}"), room.channels[number])
        yield room, running


def post_to_card(room: Workspace, picture: bytes, channel: str) -> tuple[float, float]:
    """Seconds from before a picture is posted until its card says the verdict, and until it has links."""
    began = time.time()
    ts = str(room.slack.post(("photo.jpg", picture), channel=channel)["ts"])
    [card] = until(lambda: room.cards().get(ts, []), CARD_SECONDS, "no card")
    verdict = float(card.edited_ts or card.ts) - began
    linked = until(
        lambda: [each for each in room.cards()[ts] if "/i/" in each.text], CARD_SECONDS, "no links"
    )
    return verdict, float(linked[0].edited_ts or linked[0].ts) - began


def idle() -> Sequence[Row]:
    """Post to card on an idle machine, then what everything costs while nothing happens."""
    photo = photo_of(FIVE_MEGABYTES)
    with loupe(paced=True) as (room, running):
        times = []
        for number in range(POSTS):
            different = photo + number.to_bytes(2)
            times.append(post_to_card(room, different, room.channels[number % CHANNELS]))
        cards, links = (tuple(sorted(column)) for column in zip(*times, strict=True))
        return [
            Row(f"post to card, {len(photo) / 1e6:.1f} MB", "s", cards, "median at most 1.5"),
            Row("the same, 95 of 100", "s", (cards[int(len(cards) * 0.95) - 1],), "at most 3"),
            Row("post to links, markup and bytes saved", "s", links, "at most 5"),
            Row("CPU of all processes while idle", "%", _idle_cpu(running)),
        ]


def _idle_cpu(running: Up) -> tuple[float, ...]:
    """Per cent of one processor, in three spells."""
    time.sleep(IDLE_SECONDS)  # the last reactions go out
    spells = []
    for _ in range(3):
        before = _cpu_seconds(running)
        time.sleep(IDLE_SECONDS)
        spells.append(100 * (_cpu_seconds(running) - before) / IDLE_SECONDS)
    return tuple(spells)


def _cpu_seconds(running: Up) -> float:
    times = [process.cpu_times() for process in running.processes()]
    return sum(t.user + t.system for t in times)


def queued() -> Sequence[Row]:
    """Many pictures at once: pictures a second until the last report and the last card; peak memory."""
    with loupe(paced=False) as (room, running):
        began = time.time()
        sent = {
            str(room.slack.post((f"{n}.jpg", drawing(n)), channel=room.channels[n % CHANNELS])["ts"])
            for n in range(QUEUED)
        }
        posted = time.time() - began
        until(lambda: sent <= room.cards().keys(), CARD_SECONDS, "not all cards came")
        cards = time.time() - began
        reports = _last_report(running) - began
        peaks = tuple(_peak(process.pid) for process in running.workers())
    return [
        Row(f"{QUEUED} posted within", "s", (posted,)),
        Row("looked at", "/s", (QUEUED / reports,)),
        Row("cards", "/s", (QUEUED / cards,)),
        Row("peak memory of a worker", "MB", peaks, "at most 220"),
    ]


def _last_report(running: Up) -> float:
    with closing(sqlite3.connect(f"file:{running.data}/ledger.sqlite?mode=ro", uri=True)) as db:
        [(last,)] = db.execute("SELECT max(at) FROM results WHERE actor = 'report_findings'")
    return float(last)


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / MEGABYTE


def run() -> list[Row]:
    """All rows."""
    return [*idle(), *queued()]


if __name__ == "__main__":
    print(table("Cards", run()))
