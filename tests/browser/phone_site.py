"""The upload site as a phone sees it: the web part alone, and a browser with a small touch screen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.upload_site import UploadSite
from tests.flow.driving import eventually

SCREEN = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
    "timezone_id": "Europe/Rome",
}
CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise((done) => {
  navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
})"""
NO_SYNC = "delete self.ServiceWorkerRegistration?.prototype.sync"
"""As in browsers without Background Sync: the page alone sends."""
UNREACHED = ("net::ERR_", "Failed to load resource")
"""What a browser says on the console while there is no network; anything else there is a fault."""


@contextmanager
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody's own."""
    context = browser.new_context(**SCREEN)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    context.on("weberror", lambda fault: wrong.append(str(fault.error)))
    context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield context
    context.close()
    odd = [said for said in wrong if not said.startswith(UNREACHED)]
    assert not odd, odd


def opened(context: BrowserContext, site: UploadSite, path: str = "/") -> Page:
    """A page that its service worker answers for."""
    page = context.new_page()
    page.goto(site.url + path)
    page.evaluate(CONTROLLED)
    return page


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def handed_in(site: UploadSite, person: str) -> list[tuple[str, str]]:
    """Name and SHA-256 of each picture that the ledger has from a person, by name."""
    found = site.base.catalog.of_person("", person, 100)
    return sorted((each.source.name, each.source.locator.rpartition("/")[2]) for each in found)


def arrived(page: Page, site: UploadSite, person: str, *paths: Path) -> None:
    """Wait until a person's pictures are in the ledger, each once and unchanged, and nothing waits."""
    catalog = site.base.catalog
    eventually(lambda: page.evaluate("true") and len(catalog.of_person("", person, 100)) >= len(paths))
    settled(page)
    found = handed_in(site, person)
    assert found == sorted((path.name, sha256(path)) for path in paths), found


def settled(page: Page) -> None:
    """Wait until nothing waits on the device."""
    expect(page.locator("#kept-rows li")).to_have_count(0)
