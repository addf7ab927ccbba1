"""Chromium itself says that the site can be installed; what waits outlives the browser's sudden death."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE_MS
from tests.browser.phone_site import SCREEN, arrived, opened
from tests.browser.upload_site import DATA, web_part

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"


@contextmanager
def kept_browser(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser that remembers: chromium installs nothing from a private window."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, **SCREEN  # type: ignore[arg-type]
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        with suppress(Error):  # it was killed
            context.close()


def kill(profile: Path) -> None:
    """End the browser of a profile as a phone does that runs out of memory."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={profile}" in (process.info["cmdline"] or []):
            process.kill()


def test_chromium_finds_nothing_that_keeps_the_site_from_being_installed(
    browser: Browser, tmp_path: Path
) -> None:
    with web_part(tmp_path) as site, kept_browser(browser, tmp_path / "profile") as context:
        site.sign_in(context)
        page = opened(context, site)
        devtools = context.new_cdp_session(page)
        found = devtools.send("Page.getAppManifest")
        assert found["errors"] == []
        assert found["url"] == f"{site.url}/manifest.webmanifest"
        said = json.loads(found["data"])
        assert said["share_target"]["action"] == "/share"
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        assert devtools.send("Page.getAppId")["appId"] == f"{site.url}/"


def test_what_waits_outlives_a_browser_that_is_killed(browser: Browser, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with web_part(tmp_path) as site:
        with kept_browser(browser, profile) as context:
            ana = site.sign_in(context)
            page = opened(context, site)
            context.set_offline(True)
            page.locator("#camera").set_input_files(PLACED)
            expect(page.locator("#kept-rows li")).to_have_count(1)
            kill(profile)
        with kept_browser(browser, profile) as context:
            site.sign_in(context)
            page = opened(context, site)
            arrived(page, site, ana, PLACED)
