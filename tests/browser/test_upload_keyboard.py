"""The upload page without a mouse and without eyes: order, focus, names, and what is read out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.upload_page import found, kept, picture, visiting
from tests.browser.upload_reports import full, held
from tests.browser.upload_site import UploadSite, web_part

pytestmark = pytest.mark.browser
WHERE = """() => {
  const at = document.activeElement;
  return at.id || at.getAttribute("href") || at.textContent.trim();
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with web_part(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, site: UploadSite) -> Iterator[Page]:
    with visiting(browser, site) as made:
        yield made


def stuck(page: Page, site: UploadSite, folder: Path, count: int = 3) -> None:
    """Files that wait for a ticket that never comes."""
    page.goto(site.url)
    page.route("**/tickets", lambda route: None)
    page.locator("#files").set_input_files([picture(folder, f"{n}.jpg", n) for n in range(count)])
    expect(page.locator("#rows li")).to_have_count(count)


def test_everything_is_reached_in_order(page: Page, site: UploadSite) -> None:
    page.goto(site.url)
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate(WHERE))
    assert order == ["#main", "/", "/", "/mine", "Deutsch", "Sign out", "files", "folder"]


def test_the_skip_link_leads_past_the_header(page: Page, site: UploadSite) -> None:
    page.goto(site.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(WHERE) == "files"


def test_a_file_is_chosen_and_its_findings_are_opened_with_keys_alone(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    file = picture(tmp_path, "keys.jpg", 1)
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    page.goto(site.url)
    page.locator("#files").focus()
    page.keyboard.press("Space")
    button = page.get_by_role("button", name="Details keys.jpg")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".found")).to_be_hidden()


def test_the_focus_stays_in_a_row_whose_button_is_gone(page: Page, site: UploadSite, tmp_path: Path) -> None:
    stuck(page, site, tmp_path)
    page.get_by_role("button", name="Cancel 1.jpg").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try again 1.jpg")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel 1.jpg")).to_be_focused()


def test_the_focus_goes_to_the_next_row_when_one_is_removed(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    stuck(page, site, tmp_path)
    page.get_by_role("button", name="Cancel all").click()
    page.get_by_role("button", name="Remove 1.jpg").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try again 2.jpg")).to_be_focused()
    page.get_by_role("button", name="Remove 2.jpg").press("Enter")
    expect(page.get_by_role("button", name="Try again 0.jpg")).to_be_focused()
    page.get_by_role("button", name="Remove 0.jpg").press("Enter")
    expect(page.locator("#files")).to_be_focused()
    expect(page.locator("#queue")).to_be_hidden()


def test_the_focus_survives_a_newer_report(page: Page, site: UploadSite, tmp_path: Path) -> None:
    page.goto(site.url)
    page.locator("#files").set_input_files(picture(tmp_path, "held.jpg", 2))
    page.get_by_role("button", name="Details held.jpg").wait_for()
    script = page.locator("script[type=module][src$='/upload.js']").get_attribute("src") or ""
    rows = script.replace("upload.js", "row.js")
    said = page.evaluate(
        """async ([script, first, second]) => {
          const { Row } = await import(script);
          const words = JSON.parse(document.querySelector("#words").textContent);
          const row = new Row(null, words, {});
          document.querySelector("#rows").append(row.element);
          row.show(first, true);
          row.element.querySelector("details.markup").open = true;
          const button = row.element.querySelector(".copy button");
          button.focus();
          row.show(second, true);
          const now = document.activeElement;
          const still = row.element.querySelector("details.markup").open;
          return [now !== button, now.getAttribute("aria-label"), still];
        }""",
        [rows, full(), full(bytes=5_000_000)],
    )
    assert said == [True, "Copy: <img>", True]


def test_progress_has_a_name_and_a_value(page: Page, site: UploadSite, tmp_path: Path) -> None:
    stuck(page, site, tmp_path, 1)
    bar = page.get_by_role("progressbar", name="0.jpg")
    expect(bar).to_have_count(0)
    whole = page.get_by_role("progressbar", name="All pictures")
    expect(whole).to_have_attribute("value", "0")


def test_what_happens_is_read_out_once_and_briefly(page: Page, site: UploadSite) -> None:
    found(page, full(), held())
    kept(page, site, "full", "held")
    news = page.locator("#news")
    expect(news).to_contain_text("drawing.jpg: May be shown, 2 faces, Interlaken, 50% saved, Seen before.")
    expect(news).to_contain_text("drawing.jpg: Held: nobody is shown it")
    assert news.get_attribute("role") == "status"


def test_much_at_once_is_read_out_as_a_sum(page: Page, site: UploadSite) -> None:
    page.goto(site.url)
    script = page.locator("link[rel=modulepreload][href$='/news.js']").get_attribute("href")
    heard = page.evaluate(
        """async (script) => {
          const { teller } = await import(script);
          const region = document.querySelector("#news");
          const tell = teller(region, () => "7 of 9 sent");
          ["a.", "b.", "c."].forEach(tell);
          return new Promise((done) => new MutationObserver(() => done(region.textContent))
            .observe(region, { childList: true }));
        }""",
        script,
    )
    assert heard == "7 of 9 sent"
