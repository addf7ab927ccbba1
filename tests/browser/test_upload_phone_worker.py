"""The service worker: sends without a page, gives way to its next version, and keeps nothing personal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.phone_site import NO_SYNC, arrived, handed_in, opened, phone, settled, sha256
from tests.browser.upload_site import DATA, ROOT, UploadSite, web_part
from tests.flow.driving import eventually

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const kept = await (await caches.open(name)).keys();
    found[name] = kept.map((request) => new URL(request.url).pathname);
  }
  return found;
}"""
SAID = "caches.match('/offline').then((kept) => kept.text())"
TAKEN_OVER = """() => {
  window.over = new Promise((done) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
  });
  return 0;
}"""


def registration(page: Page) -> tuple[Any, str]:
    """The developer tools' hold on the worker."""
    devtools = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    devtools.send("ServiceWorker.enable")
    eventually(lambda: page.evaluate("true") and found)
    return devtools, found[0]["registrationId"]


def newer(site: UploadSite, folder: Path) -> None:
    """Replace the running site by one whose files differ in one line of style."""
    for path in ROOT.iterdir():
        if path.name not in ("web", ".git", "data"):
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "web", folder / "web")
    with (folder / "web" / "static" / "site" / "site.css").open("a") as style:
        style.write("/* newer */\n")
    site.kill("web")
    site.environment["PYTHONPATH"] = str(folder)
    site.start_web()


def test_the_worker_sends_what_waits_when_no_page_is_open(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        devtools, id = registration(page)
        context.set_offline(True)
        page.locator("#camera").set_input_files(PLACED)
        expect(page.locator("#kept-rows li")).to_have_count(1)
        page.goto("about:blank")
        context.set_offline(False)
        woken = {"origin": site.url, "registrationId": id, "tag": "loupe-waiting", "lastChance": False}
        devtools.send("ServiceWorker.dispatchSyncEvent", woken)
        catalog = site.base.catalog
        eventually(lambda: bool(catalog.of_person("", ana, 1)))
        assert handed_in(site, ana) == [(PLACED.name, sha256(PLACED))]


def test_a_new_version_takes_over_and_a_running_upload_goes_on(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "next").mkdir()
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        context.add_init_script(NO_SYNC)
        page = opened(context, site)
        before = page.evaluate(KEPT)
        newer(site, tmp_path / "next")
        held: list[Route] = []
        page.route(f"{site.url}/upload", lambda route: held.append(route))
        page.locator("#camera").set_input_files(PLACED)
        eventually(lambda: page.evaluate("true") and held)
        page.evaluate(TAKEN_OVER)
        page.evaluate("navigator.serviceWorker.ready.then((there) => there.update()).then(() => true)")
        assert page.evaluate("window.over")
        held[0].continue_()
        arrived(page, site, ana, PLACED)
        eventually(lambda: page.evaluate(KEPT).keys().isdisjoint(before))


def test_nothing_personal_is_kept(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        site.sign_in(context)
        page = opened(context, site)
        page.locator("#camera").set_input_files(PLACED)
        settled(page)
        page.reload()
        (paths,) = page.evaluate(KEPT).values()
        assert [path for path in paths if not path.startswith("/i/static/")] == ["/offline"]
        context.set_offline(True)
        page.reload()
        assert "ana@example.org" not in page.content()


def test_the_page_for_no_network_follows_the_readers_language(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        site.sign_in(context)
        page = opened(context, site)
        page.get_by_role("button", name="Deutsch").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        eventually(lambda: "Keine Verbindung" in page.evaluate(SAID))
        context.set_offline(True)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Keine Verbindung")
