"""No network, no server, no more room: pictures stay on the device, and arrive once, unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.phone_site import handed_in, opened, phone, settled, sha256, web_part
from tests.browser.upload_site import DATA

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"
BARE = DATA / "face_recognition--two_people.jpg"


def test_pictures_taken_without_a_network_arrive_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.set_offline(True)
        page.goto(site.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
        page.locator("#camera").set_input_files(PLACED)
        page.locator("#documents").set_input_files(BARE)
        expect(page.get_by_role("heading", name="2 pictures wait on this device")).to_be_visible()
        expect(page.get_by_text("Has a location.")).to_have_count(1)
        page.reload()
        expect(page.locator("#kept-rows li")).to_have_count(2)
        assert handed_in(site, ana) == []
        context.set_offline(False)
        settled(page)
        assert handed_in(site, ana) == [(PLACED.name, sha256(PLACED)), (BARE.name, sha256(BARE))]
