"""The upload page in a browser of somebody who is signed in, and drawn pictures to hand in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import PATIENCE_MS
from tests.browser.upload_site import UploadSite

TOUCHLESS = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "timezone_id": "Europe/Rome"}
WORKER = "Service Worker registration blocked"
UNREACHED = ("Failed to load resource", "net::ERR_")
"""What the browser itself says on the console when a request fails, which some tests bring about."""
VISITORS = count(1)
"""Everybody sees their own pictures alone, so that tests can share a site."""
Report = Mapping[str, Any]


def picture(folder: Path, name: str = "drawing.jpg", seed: int = 1, side: int = 300) -> Path:
    """A drawn picture, another one for each seed."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (side, side * 3 // 4), (40 + 9 * seed % 200, 120, 180))
    ImageDraw.Draw(image).ellipse(
        (side // 5, side // 6, side // 2 + seed, side // 2), fill=(240, 200, 30 + seed)
    )
    image.save(path)
    return path


@contextmanager
def visiting(browser: Browser, site: UploadSite, may_fail: bool = False, **more: Any) -> Iterator[Page]:
    """The page of somebody who is signed in. Whatever goes wrong in it fails the test."""
    context = browser.new_context(**(TOUCHLESS | {"service_workers": "block"} | more))
    context.set_default_timeout(PATIENCE_MS)
    site.sign_in(context, f"visitor{next(VISITORS)}@example.org")
    wrong: list[str] = []
    context.on("weberror", lambda fault: wrong.append(str(fault.error)))
    context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield context.new_page()
    context.close()
    allowed = UNREACHED if may_fail else ()
    assert [each for each in wrong if not any(words in each for words in allowed)] == []


def found(page: Page, *reports: Report) -> None:
    """Let the stream bring these reports, once, and then nothing more."""
    events = "".join(f"event: image\ndata: {json.dumps(each)}\n\n" for each in reports)

    def answer(route: Route) -> None:
        route.fulfill(body=f"retry: 100000\n\n{events}", content_type="text/event-stream")

    page.route("**/live", answer)


def kept(page: Page, site: UploadSite, *images: str) -> None:
    """Open the page as somebody who has handed these images in before, in the same tab."""
    page.goto(f"{site.url}/healthz")
    page.evaluate("(ids) => sessionStorage.setItem('loupe-images', JSON.stringify(ids))", list(images))
    page.goto(site.url)
