"""The whole way in a browser: sign in by the printed link, hand a photo in, see what is found."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.upload_site import DATA, upload_site


def test_a_photo_is_handed_in_and_its_place_appears(page: Page, tmp_path: Path) -> None:
    with upload_site(tmp_path) as site:
        page.goto(site.url)
        expect(page).to_have_url(f"{site.url}/in")
        page.get_by_label("e-mail").fill("ana@example.org")
        page.get_by_role("button").first.click()
        expect(page.get_by_label("Code")).to_be_visible()
        link = re.findall(rf"{site.url}/in/\w+", site.log())[-1]
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.locator("#files").set_input_files(DATA / "exifr--IMG_20180725_163423.jpg")
        expect(page.locator("#rows")).to_contain_text("Benátky nad Jizerou")
        page.goto("about:blank")  # the stream of findings ends before its server does
