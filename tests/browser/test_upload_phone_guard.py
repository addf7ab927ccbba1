"""What the page's own list cannot send is kept on the device too, and outlives the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.phone_site import arrived, opened, phone
from tests.browser.upload_site import DATA, web_part
from tests.flow.driving import eventually

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"
COPIES = """() => new Promise((done) => {
  indexedDB.open("loupe").onsuccess = ({target: {result: database}}) => {
    const asked = database.transaction("waiting").objectStore("waiting").count();
    asked.onsuccess = () => { database.close(); done(asked.result); };
  };
})"""


def test_a_file_of_the_pages_list_outlives_the_page(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.set_offline(True)
        page.locator("#files").set_input_files(PLACED)
        expect(page.locator("#rows")).to_contain_text("The server cannot be reached.")
        eventually(lambda: page.evaluate(COPIES) == 1)
        expect(page.locator("#kept-list")).to_be_hidden()
        page.close(run_before_unload=False)
        context.set_offline(False)
        page = opened(context, site)
        arrived(page, site, ana, PLACED)
        expect(page.locator("#rows")).to_contain_text(PLACED.name)


def test_an_open_page_sends_its_own_and_keeps_no_copy(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        sent: list[str] = []
        context.on("request", lambda request: sent.append(request.url))
        context.set_offline(True)
        page.locator("#files").set_input_files(PLACED)
        expect(page.locator("#rows")).to_contain_text("The server cannot be reached.")
        context.set_offline(False)
        arrived(page, site, ana, PLACED)
        assert len([url for url in sent if url.endswith("/upload")]) == 1
        eventually(lambda: page.evaluate(COPIES) == 0)
