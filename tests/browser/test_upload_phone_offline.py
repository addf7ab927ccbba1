"""No network, no server, no more room: pictures stay on the device, and arrive once, unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.phone_site import NO_SYNC, arrived, handed_in, opened, phone, settled
from tests.browser.upload_site import DATA, web_part

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"
BARE = DATA / "face_recognition--two_people.jpg"
NO_ROOM = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    const asked = put.apply(this, key === undefined ? [value] : [value, key]);
    if (value?.size > 1_000_000) this.transaction.abort();
    return asked;
  };
}"""
"""A disk that is full ends the transaction. Chromium's own quota cannot be set from outside any more."""


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
        arrived(page, site, ana, PLACED, BARE)


def test_a_server_that_is_gone_for_a_while_is_tried_again(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        site.kill("web")
        page.locator("#camera").set_input_files(PLACED)
        expect(page.get_by_text("Loupe cannot be reached.")).to_be_visible()
        site.start_web()
        arrived(page, site, ana, PLACED)
        page.goto("about:blank")


@pytest.mark.parametrize("moment", ["/tickets", "/upload", "/tickets/*"])
def test_an_answer_that_is_lost_makes_no_second_image(browser: Browser, tmp_path: Path, moment: str) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        context.add_init_script(NO_SYNC)
        page = opened(context, site)
        lost: list[str] = []

        def lose(route: Route) -> None:
            if lost:
                route.continue_()
                return
            lost.append(route.fetch().text())  # the server did it; nobody hears of that
            route.abort("connectionreset")

        page.route(site.url + moment, lose)
        page.locator("#camera").set_input_files(PLACED)
        arrived(page, site, ana, PLACED)
        assert len(lost) == 1


def test_two_tabs_send_each_picture_once(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        first, second = opened(context, site), opened(context, site)
        sent: list[str] = []
        context.on("request", lambda request: sent.append(request.url))
        context.set_offline(True)
        first.locator("#camera").set_input_files(PLACED)
        first.locator("#documents").set_input_files(BARE)
        for page in (first, second):
            expect(page.locator("#kept-rows li")).to_have_count(2)
        context.set_offline(False)
        arrived(first, site, ana, PLACED, BARE)
        settled(second)
        assert len([url for url in sent if url.endswith("/upload")]) == 2


def test_what_the_server_refuses_stays_with_its_words_until_it_is_removed(
    browser: Browser, tmp_path: Path
) -> None:
    with web_part(tmp_path, LOUPE_MAX_BYTES="1000") as site, phone(browser) as context:
        site.sign_in(context)
        page = opened(context, site)
        page.locator("#camera").set_input_files(BARE)
        row = page.locator("#kept-rows li")
        expect(row).to_contain_text("1 to 1,000 are taken")
        row.get_by_role("button", name="Try again").click()
        expect(row).to_contain_text("1 to 1,000 are taken")
        row.get_by_role("button", name=f"Remove: {BARE.name}").click()
        settled(page)
        expect(page.locator("#kept-list")).to_be_hidden()


def test_whoever_is_signed_out_meanwhile_is_told_and_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.clear_cookies()
        page.locator("#camera").set_input_files(PLACED)
        expect(page.locator("#kept-state")).to_contain_text("You are signed out.")
        page.locator("#kept-in").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        site.sign_in(context)
        page.goto(site.url)
        arrived(page, site, ana, PLACED)


def test_nobody_else_on_this_browser_sees_or_sends_what_waits(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.set_offline(True)
        page.locator("#camera").set_input_files(PLACED)
        expect(page.locator("#kept-rows li")).to_have_count(1)
        context.clear_cookies()
        ben = site.sign_in(context, "ben@example.org")
        context.set_offline(False)
        settled(page)
        other = opened(context, site)
        other.locator("#camera").set_input_files(BARE)
        arrived(other, site, ben, BARE)
        assert handed_in(site, ana) == []
        context.clear_cookies()
        site.sign_in(context)
        page.goto(site.url)
        arrived(page, site, ana, PLACED)


def test_what_has_no_room_is_named_and_what_fits_is_kept(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        site.sign_in(context)
        page = opened(context, site)
        context.set_offline(True)
        page.evaluate(NO_ROOM)
        page.locator("#documents").set_input_files([PLACED, BARE])
        expect(page.get_by_text(f"There is no room on this device to keep: {PLACED.name}.")).to_be_visible()
        expect(page.locator("#kept-rows li")).to_have_count(1)
        expect(page.locator("#kept-rows li")).to_contain_text(BARE.name)
