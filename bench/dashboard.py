"""The dashboard of a hundred thousand images: how long the server takes, and until chromium shows something.

    python -m bench.dashboard

First paint is what the browser itself says (first-contentful-paint of the Paint Timing API), beside a page
that holds one sentence, from the same server in the same browser: the difference is the dashboard's.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bench.rows import Row, table
from loupe.dashboard import watched
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.adapters import sqlite_facts, sqlite_tallies
from pipeline.figures import Facts
from web import assets, dashboard
from web.board import asked, board
from web.dashboard import page

IMAGES, DAYS, TIMES = 100_000, 30, 15
STATES = ("done",) * 40 + ("held", "rejected", "failed")
STEPS = ("accept_image", "detect_nudity", "detect_faces", "read_watermark", "make_renditions", "make_copies")
CHROMIUM = "/usr/bin/chromium"
BARE = '<!doctype html><html lang="en"><title>Bare</title><p>One sentence.</p>'
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) done(each.startTime);
}).observe({type: "paint", buffered: true}))"""


def run() -> list[Row]:
    """All rows."""
    with TemporaryDirectory(prefix="loupe-bench-") as folder:
        spread, crowded = _filled(Path(folder) / "spread", DAYS), _filled(Path(folder) / "crowded", 1)
        rows = [
            Row(f"{IMAGES // 1000}k images in 30 days: 7 days", "ms", _asked(spread, "7")),
            Row(f"{IMAGES // 1000}k images in 30 days: 30 days", "ms", _asked(spread, "30")),
            Row(f"{IMAGES // 1000}k images today: 7 days", "ms", _asked(crowded, "7")),
        ]
        return [*rows, *_painted(spread, crowded)]


def _filled(data: Path, days: int) -> Ground:
    """An installation with so many images, spread over the last days."""
    base, chance, now = ground(load(data=data)), random.Random(1), datetime.now(UTC)
    look = watched(base)
    midnight = now.replace(hour=0, minute=0, second=0)
    with base.database.write() as connection:
        for number in range(IMAGES):
            at = min(
                now, midnight - timedelta(days=number % days) + timedelta(seconds=chance.randrange(86_400))
            )
            sqlite_facts.write(connection, _facts(number, at, chance))
        for number in range(20_000):
            took = chance.lognormvariate(5, 1)
            sqlite_tallies.count(
                connection, STEPS[number % len(STEPS)], "done", now.timestamp() - number, took
            )
    for part in ("web", "bot", "worker", "clock", "news", "drop"):
        look.beats.beat(part)
    return base


def _facts(number: int, at: datetime, chance: random.Random) -> Facts:
    return Facts(
        image=f"{number:036}", short=f"IMG-{number}", source="slack", team="T1", channel=f"C{number % 50}",
        private=False, entered_at=at, state=chance.choice(STATES),  # type: ignore[arg-type]
        verdict_seconds=chance.lognormvariate(0.5, 0.4), bytes=3_000_000, faces=number % 3,
        contains_nudity=False, decision="cleared", renditions=30, bytes_before=9_000_000, bytes_after=900_000,
    )  # fmt: skip


def _asked(base: Ground, days: str) -> tuple[float, ...]:
    look = watched(base)

    def made() -> None:
        now = time.time()
        page(board(look, asked({"days": days}, now, "UTC"), now))

    made()
    return tuple(_milliseconds(made) for _ in range(TIMES))


def _milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _painted(spread: Ground, crowded: Ground) -> Sequence[Row]:
    with _served(spread) as month, _served(crowded) as day, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        goal = "at most 300"
        rows = [
            Row("first paint: a bare page", "ms", _paints(browser, f"{month}/bare")),
            Row("first paint: 7 days", "ms", _paints(browser, f"{month}/dashboard"), goal),
            Row("first paint: 30 days", "ms", _paints(browser, f"{month}/dashboard?days=30"), goal),
            Row("first paint: 7 days, all images today", "ms", _paints(browser, f"{day}/dashboard"), goal),
        ]
        browser.close()
        return rows


def _paints(browser: Browser, url: str) -> tuple[float, ...]:
    """Each in a browser context of its own: nothing is cached. The first one warms up and does not count."""
    times = []
    for _ in range(TIMES + 1):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        shown = context.new_page()
        shown.goto(url, wait_until="load")
        times.append(float(shown.evaluate(PAINTED)))
        context.close()
    return tuple(times[1:])


@contextmanager
def _served(base: Ground) -> Iterator[str]:
    """The dashboard and a bare page, over HTTP on a free port; open to all who are on this machine."""
    routes = [*assets.static_routes(), *dashboard.routes(watched(base), lambda e: e, lambda e: e)]
    app = Starlette(routes=[*routes, Route("/bare", lambda _: HTMLResponse(BARE))])
    with create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


if __name__ == "__main__":
    print(table("Dashboard", run()))
