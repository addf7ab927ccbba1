"""Somebody whose picture came without its place brings the original: the place appears on the same page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.upload_page import visiting
from tests.browser.upload_site import DATA, upload_site

pytestmark = pytest.mark.browser
ORIGINAL = DATA / "exifr--IMG_20180725_163423.jpg"


def test_the_place_is_read_from_the_original(browser: Browser, tmp_path: Path) -> None:
    bare = tmp_path / "bare.jpg"
    with Image.open(ORIGINAL) as photo:
        photo.convert("RGB").resize((800, 600)).save(bare)
    data = tmp_path / "data"
    data.mkdir()
    with upload_site(data) as site, visiting(browser, site) as page:
        page.goto(site.url)
        page.locator("#files").set_input_files(bare)
        row = page.locator("#rows > li")
        expect(row).to_have_attribute("data-state", "settled")
        expect(row.locator(".map svg")).to_have_count(0)
        short = row.locator(".size", has_text="IMG-").inner_text()
        page.goto(f"{site.url}/?original={short}")
        expect(row).to_have_count(0)
        page.locator("#files").set_input_files(ORIGINAL)
        expect(row).to_contain_text("Benátky nad Jizerou")
        expect(row).to_contain_text(short)
        expect(row.locator(".map svg")).to_be_visible()
        page.goto("about:blank")
