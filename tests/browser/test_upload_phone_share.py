"""Pictures shared from another app: the same form that the phone sends, taken by the service worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.phone_site import arrived, opened, phone
from tests.browser.upload_site import DATA, web_part

pytestmark = pytest.mark.browser
PLACED = DATA / "exifr--IMG_20180725_163423.jpg"
HEIC = DATA / "pigallery2--IMG_7943.HEIC"
FORM = """() => {
  const form = document.createElement("form");
  Object.assign(form, {method: "post", action: "/share", enctype: "multipart/form-data", id: "sheet"});
  const field = document.createElement("input");
  Object.assign(field, {type: "file", name: "photos", multiple: true, id: "photos"});
  form.append(field);
  document.body.append(form);
}"""


def share(page: Page, *files: Path) -> None:
    """What the share sheet of a phone does: a form is sent, and its answer is shown."""
    page.evaluate(FORM)
    page.locator("#photos").set_input_files(files)
    page.evaluate("document.querySelector('#sheet').submit()")


def test_shared_pictures_arrive_byte_by_byte(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        share(page, PLACED, HEIC)
        expect(page).to_have_url(site.url + "/")
        arrived(page, site, ana, PLACED, HEIC)


def test_pictures_shared_without_a_network_wait_and_say_whether_they_have_a_place(
    browser: Browser, tmp_path: Path
) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.set_offline(True)
        share(page, PLACED, HEIC)
        expect(page.get_by_text("2 pictures were shared with Loupe.")).to_be_visible()
        expect(page.get_by_text("Has a location.")).to_have_count(2)
        context.set_offline(False)
        arrived(page, site, ana, PLACED, HEIC)


@pytest.mark.parametrize("answer", ["Yes, hand in", "No, throw away"])
def test_what_is_shared_while_nobody_is_signed_in_belongs_to_who_says_so(
    browser: Browser, tmp_path: Path, answer: str
) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        ana = site.sign_in(context)
        page = opened(context, site)
        context.clear_cookies()
        share(page, PLACED)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        site.sign_in(context)
        page.goto(site.url)
        expect(page.get_by_text("1 picture was shared while nobody was signed in.")).to_be_visible()
        expect(page.locator("#kept-rows li")).to_have_count(0)
        page.get_by_role("button", name=answer).click()
        expect(page.get_by_role("button", name=answer)).to_be_hidden()
        arrived(page, site, ana, *([PLACED] if answer == "Yes, hand in" else []))


def test_without_a_worker_the_page_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    with web_part(tmp_path) as site, phone(browser) as context:
        page = context.new_page()
        page.goto(f"{site.url}/in")
        share(page, HEIC)
        expect(page.get_by_role("heading", level=1)).to_have_text("These pictures did not arrive")
        expect(page.get_by_role("link", name="Open Loupe once")).to_have_attribute("href", "/")
