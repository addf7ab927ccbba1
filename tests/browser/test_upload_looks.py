"""The upload page in every state: passes axe, fits every screen, weighs little, asks no other host."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.upload_page import found, kept, picture, visiting
from tests.browser.upload_reports import ALL, full, held
from tests.browser.upload_site import UploadSite, web_part
from tests.validators.checking import AXE, need

pytestmark = pytest.mark.browser
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
HEAVIEST = 60_000
"""Bytes of everything that the page loads, as they go over the network."""
STATES = ["empty", "dragging", "sending", "settled", "opened", "refused", "lost", "signed out", "original"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with web_part(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, site: UploadSite) -> Iterator[Page]:
    with visiting(browser, site, may_fail=True) as made:
        yield made


def brought(page: Page, site: UploadSite, state: str, folder: Path) -> None:
    """Bring the page into a state."""
    if state in ("settled", "opened"):
        found(page, *ALL)
        kept(page, site, *[each["id"] for each in ALL])
        expect(page.locator("#rows [data-state=settled]")).to_have_count(4)
        if state == "opened":
            for row in page.locator("#rows > li").all():
                row.get_by_role("button", name="Details").click()
            for more in page.locator("summary").all():
                more.click()
            expect(page.locator(".map svg")).to_be_visible()
        return
    page.goto(f"{site.url}/?original=IMG-7F3K" if state == "original" else site.url)
    files = [picture(folder, f"{n}.jpg", n) for n in range(5)]
    if state == "dragging":
        page.locator("#zone").evaluate("(zone) => zone.classList.add('over')")
    if state == "sending":
        page.route("**/upload", lambda route: None)
        (folder / "notes.txt").write_text("no picture")
        page.locator("#files").set_input_files([*files, folder / "notes.txt"])
        expect(page.locator("#rows [data-state=sending]")).to_have_count(3)
    if state == "refused":
        page.route("**/tickets", lambda route: route.fulfill(status=409, json={"error": "No more today."}))
        page.locator("#files").set_input_files(files)
        expect(page.locator("#rows [data-state=refused]")).to_have_count(5)
    if state == "lost":
        page.route("**/tickets", lambda route: route.abort())
        page.locator("#files").set_input_files(files)
        expect(page.locator("#rows [data-state=waiting]")).to_have_count(3)
    if state == "signed out":
        page.context.clear_cookies()
        page.locator("#files").set_input_files(files)
        expect(page.locator("#signed-out")).to_be_visible()


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_wrong_and_it_fits_every_width(
    page: Page, site: UploadSite, state: str, tmp_path: Path
) -> None:
    need(AXE)
    page.emulate_media(reduced_motion="reduce")
    brought(page, site, state, tmp_path)
    page.evaluate(AXE.read_text())
    for scheme, width in product(SCHEMES, (320, 390, 768, 1280, 2560)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width in (320, 1280):
            wrong = page.evaluate(LOOK)
            assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in wrong] == []


def test_it_weighs_little_and_asks_no_other_host(page: Page, site: UploadSite) -> None:
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(site.url)
    expect(page.locator("#files")).to_be_attached()
    page.wait_for_load_state("load")
    assert {urlsplit(each.url).netloc for each in asked} == {urlsplit(site.url).netloc}
    weights = {urlsplit(each.url).path: each.sizes()["responseBodySize"] for each in asked}
    assert len(weights) > 15
    assert sum(weights.values()) <= HEAVIEST, weights


def test_all_modules_are_announced_to_the_browser_at_once(page: Page, site: UploadSite) -> None:
    page.goto(site.url)
    said = {each.get_attribute("href") for each in page.locator("link[rel=modulepreload]").all()}
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').filter((r) => r.name.endsWith('.js')).map((r) => r.name)"
    )
    own = {urlsplit(url).path for url in loaded if "phone" not in url}
    assert said <= own


def test_faces_are_drawn_where_they_are(page: Page, site: UploadSite, tmp_path: Path) -> None:
    found(page)
    page.goto(site.url)
    page.locator("#files").set_input_files(picture(tmp_path, "faces.jpg", 1, 800))
    expect(page.locator("#rows canvas")).to_be_visible()
    report = full()
    draw = """({ script, faces }) => import(script)
      .then(({ overlay }) => overlay(document.querySelector('.shot'), faces))"""
    script = page.locator("link[rel=modulepreload][href$='/faces.js']").get_attribute("href")
    page.evaluate(draw, {"script": script, "faces": report["faces"]})
    shown, box = page.evaluate(
        """() => ["#rows canvas", "rect.over"]
          .map((name) => document.querySelector(name).getBoundingClientRect().toJSON())"""
    )
    x, y, width, height = report["faces"][0]["box"]
    assert box["x"] == pytest.approx(shown["x"] + x * shown["width"], abs=2)
    assert box["y"] == pytest.approx(shown["y"] + y * shown["height"], abs=2)
    assert box["width"] == pytest.approx(width * shown["width"], abs=3)
    assert box["height"] == pytest.approx(height * shown["height"], abs=3)


def test_everything_that_was_found_is_there(page: Page, site: UploadSite) -> None:
    found(page, full())
    kept(page, site, "full")
    row = page.locator("#rows li").first
    for words in (
        "May be shown", "Interlaken, Bern, Switzerland", "30 April 2026", "Pentax K-70",
        "2, the clearest 97% sure", "50%: 120 kB became 60 kB", "4,000 × 3,000", "2 copies for the web",
        "Carries the mark of IMG-OLD1",
        "The same file came before, as IMG-OLD1", "GeoNames",
    ):  # fmt: skip
        expect(row).to_contain_text(words)
    expect(row.get_by_role("link", name="OpenStreetMap")).to_have_attribute("href", "https://osm.example/")
    expect(row.get_by_role("img", name="Map with north at the top")).to_be_visible()


def test_markup_is_copied(page: Page, site: UploadSite) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    found(page, full())
    kept(page, site, "full")
    page.get_by_text("Markup to paste").click()
    page.get_by_role("button", name="Copy: <img>").click()
    expect(page.locator(".copy .told").first).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == full()["html"]["img"]


def test_what_is_held_says_why(page: Page, site: UploadSite) -> None:
    found(page, held())
    kept(page, site, "held")
    expect(page.locator("#rows li")).to_contain_text("Held: nobody is shown it")
    expect(page.locator("#rows li")).to_contain_text("Nudity score 91 is 60 or more.")


def test_hostile_names_are_only_text(page: Page, site: UploadSite) -> None:
    name = '"><img src=x onerror=alert(1)>.jpg'
    found(page, full(name=name, reason="<b>bold</b>") | {"source": {"kind": "upload", "name": name}})
    kept(page, site, "full")
    expect(page.locator("#rows h3")).to_have_text(name)
    assert page.locator("#rows b, #rows img[src=x]").count() == 0


def test_the_other_language_is_one_button_away_and_stays(page: Page, site: UploadSite) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilder hochladen")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    found(page, full())
    kept(page, site, "full")
    expect(page.locator("#rows li")).to_contain_text("50 %: aus 120 kB wurden 60 kB")
    expect(page.get_by_role("img", name="Karte mit Norden oben")).to_be_visible()


def test_nothing_moves_for_those_who_do_not_want_it(page: Page, site: UploadSite) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.url)
    assert page.locator("#zone").evaluate("(zone) => getComputedStyle(zone).transitionDuration") in ("0s", "")


def test_the_page_of_an_original_takes_one_file_for_that_image(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    sent: list[str] = []
    page.on(
        "request", lambda each: sent.append(each.post_data or "") if each.url.endswith("/tickets") else None
    )
    page.goto(f"{site.url}/?original=IMG-7F3K")
    expect(page.locator(".lead")).to_contain_text("You are adding the original of IMG-7F3K")
    assert page.locator("#files").get_attribute("multiple") is None
    page.locator("#files").set_input_files(picture(tmp_path, "original.jpg", 40))
    expect(page.locator("#rows [data-state=refused]")).to_have_count(1)  # there is no such image
    assert '"image":"IMG-7F3K"' in sent[0]
