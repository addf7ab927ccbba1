"""The upload page: how long the server takes to write it, and until chromium shows something.

    python -m bench site

First paint is what the browser itself says, beside a page that holds one sentence, as in ``bench.dashboard``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bench.dashboard import BARE, CHROMIUM, PAINTED, TIMES
from bench.rows import Row, table
from loupe import visits as people
from loupe.commands.web import web
from loupe.ground import Ground, ground
from loupe.settings import Settings, load

MAILBOX = "bench@example.org"
WEIGHED = """() => performance.getEntries()
  .reduce((sum, each) => sum + (each.encodedBodySize ?? 0), 0) / 1000"""


def run() -> list[Row]:
    """All rows."""
    with TemporaryDirectory(prefix="loupe-bench-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with _served(Path(folder)) as (url, cookie):
            bare = [_shown(browser, f"{url}/bare", cookie) for _ in range(TIMES + 1)][1:]
            page = [_shown(browser, url, cookie) for _ in range(TIMES + 1)][1:]
        browser.close()
    return [
        Row("first paint: a bare page", "ms", tuple(paint for paint, _ in bare)),
        Row("first paint: the upload page", "ms", tuple(paint for paint, _ in page), "at most 200"),
        Row("weight of the upload page", "kB", tuple(weight for _, weight in page), "at most 60"),
    ]


def _shown(browser: Browser, url: str, cookie: dict[str, str]) -> tuple[float, float]:
    """Milliseconds and kilobytes, in a browser context of its own: nothing is cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": url}])
    shown = context.new_page()
    shown.goto(url, wait_until="load")
    found = float(shown.evaluate(PAINTED)), float(shown.evaluate(WEIGHED))
    context.close()
    return found


@contextmanager
def _served(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The site on a free port, and the cookie of somebody who is signed in."""
    with create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        config: Settings = load(data=data, port=port)
        app = web(config)
        app.routes.insert(0, Route("/bare", lambda _: HTMLResponse(BARE)))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}", _signed_in(ground(config))
        finally:
            server.should_exit = True
            thread.join()


def _signed_in(base: Ground) -> dict[str, str]:
    known, visits = people.visitors(base), people.visits(base)
    visitor = known.by_link(known.ask(MAILBOX, "127.0.0.1").token)
    assert visitor
    return {"name": visits.cookie, "value": visits.cookie_for(visitor)}


if __name__ == "__main__":
    print(table("Upload page", run()))
