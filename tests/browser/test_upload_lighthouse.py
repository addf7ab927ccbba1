"""Lighthouse has nothing to say about the upload page, as a phone sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import CHROMIUM
from tests.browser.upload_page import visiting
from tests.browser.upload_site import web_part
from tests.validators.checking import lighthouse

pytestmark = pytest.mark.browser


def test_accessibility_and_good_practice_are_full(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, visiting(browser, site) as page:
        cookie = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        scores, wrong = lighthouse(site.url, cookie, CHROMIUM)
    assert scores == {"accessibility": 1, "best-practices": 1}, wrong
