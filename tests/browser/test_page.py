"""The image page in chromium: asks no other host, passes axe, fits every screen, copies its markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from pipeline.markup import Markup, markup
from tests.browser.small_site import Site, site
from tests.unit.pictures import rendition
from tests.unit.test_page import HOSTILE
from tests.validators.checking import AXE, PAGE, need

pytestmark = pytest.mark.browser
CASES = ["full", "hostile", "bare"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NO_CLIPBOARD = "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('none here')) }"
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


@pytest.fixture(scope="module")
def house() -> Iterator[Site]:
    with site() as made:
        full = made.publication
        made.show(replace(full, alt=HOSTILE, place=HOSTILE), "hostile")
        made.show(replace(full, alt="", place=None, spot=None, renditions=full.renditions[-4:]), "bare")
        made.show(full, "full")
        yield made


def opened(page: Page, house: Site, name: str = "full") -> Page:
    page.goto(f"{house.url}/i/{name}", wait_until="load")
    return page


def html_of(house: Site) -> Markup:
    found = markup(house.publication.renditions, house.publication.alt)
    assert found
    return found


@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing_wrong(page: Page, house: Site, name: str) -> None:
    need(AXE)
    opened(page, house, name).evaluate(AXE.read_text())
    for scheme, width in product(SCHEMES, (320, 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate(LOOK)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_axe_would_tell(page: Page) -> None:
    need(AXE)
    page.set_content(PAGE.format("<input><marquee>A</marquee>"))
    page.evaluate(AXE.read_text())
    assert {"label", "marquee"} <= {each["id"] for each in page.evaluate(LOOK)}


@pytest.mark.parametrize("name", CASES)
def test_no_other_host_is_asked_and_nothing_is_missing(page: Page, house: Site, name: str) -> None:
    asked: list[tuple[str, int]] = []
    page.on("response", lambda answer: asked.append((answer.url, answer.status)))
    page.on("requestfailed", lambda request: asked.append((request.url, 0)))
    opened(page, house, name).wait_for_load_state("networkidle")
    assert {urlsplit(url).netloc for url, _ in asked} == {urlsplit(house.url).netloc}
    assert {status for _, status in asked} == {200}
    assert len(asked) >= 3


def test_hostile_words_run_nothing_and_are_read_as_they_are(page: Page, house: Site) -> None:
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    opened(page, house, "hostile")
    expect(page.get_by_role("heading", level=1)).to_contain_text('"><script>alert(1)</script>')
    assert page.locator("script").count() == 1
    assert ran == []


@pytest.mark.parametrize("name", CASES)
def test_it_fits_every_width(page: Page, house: Site, name: str) -> None:
    opened(page, house, name)
    for width in (320, 375, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for field in page.get_by_role("textbox").all():
            box = field.bounding_box()
            assert box
            assert box["width"] >= min(width, 900) * 0.8


def test_the_browser_takes_avif_as_wide_as_its_place(page: Page, house: Site) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    picture = opened(page, house).locator(".picture img")
    taken = picture.evaluate("(image) => image.decode().then(() => image.currentSrc)")
    assert "/s640-" in taken
    assert taken.endswith(".avif")


def test_the_picture_keeps_its_place_free_before_it_comes(page: Page, house: Site) -> None:
    page.route("**/*.avif", lambda route: None)
    page.goto(f"{house.url}/i/full", wait_until="domcontentloaded")
    box = page.locator(".picture img").bounding_box()
    assert box
    assert box["height"] == pytest.approx(box["width"] * 3 / 4, abs=1)


@pytest.mark.parametrize("clipboard", ["with", "without"])
@pytest.mark.parametrize("kind", ["picture", "img", "amp-img"])
def test_a_button_copies_its_markup(browser: Browser, house: Site, clipboard: str, kind: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    opened(page, house)
    if clipboard == "without":  # as on plain http
        page.evaluate(NO_CLIPBOARD)
    button = page.get_by_role("button", name=f"Copy the {kind} markup", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied.")
    expect(button).to_be_focused()
    made = html_of(house)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == {"picture": made.picture, "img": made.img, "amp-img": made.amp}[kind]
    context.close()


def test_without_script_the_markup_can_be_selected_and_no_button_promises_more(
    browser: Browser, house: Site
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    opened(page, house)
    expect(page.get_by_role("button")).to_have_count(0)
    field = page.get_by_role("textbox", name="<picture>")
    expect(field).to_have_value(html_of(house).picture)
    expect(field).not_to_be_editable()
    context.close()


def test_everything_is_reached_by_keyboard_in_order(page: Page, house: Site) -> None:
    opened(page, house)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.id"
                             " || document.activeElement.textContent")  # fmt: skip
        if name in reached:
            break
        reached.append(name)
    wanted = ["Skip to the sizes", "Map on OpenStreetMap", "Sizes for a purpose", "art2560",
              "Copy the picture markup", "markup-picture", "Copy the amp-img markup", "GeoNames"]  # fmt: skip
    assert [each for each in reached if each in wanted] == wanted


def test_the_map_has_a_name_and_its_labels_lie_within_it(page: Page, house: Site) -> None:
    drawing = opened(page, house).get_by_role("img", name="Map with north at the top")
    whole = drawing.bounding_box()
    assert whole
    for label in page.locator(".locator text").all():
        box = label.bounding_box()
        assert box
        assert whole["x"] <= box["x"]
        assert box["x"] + box["width"] <= whole["x"] + whole["width"]


def test_on_paper_there_is_the_picture_and_no_button(page: Page, house: Site) -> None:
    opened(page, house)
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator(".picture img")).to_be_visible()
    assert len(page.pdf(format="A4")) > 1000


@pytest.fixture
def pasted(browser: Browser, house: Site) -> Iterator[tuple[BrowserContext, Site]]:
    context = browser.new_context()
    yield context, house
    context.close()


@pytest.mark.parametrize(
    ("kind", "width", "shown", "taken"),
    [("picture", 300, 284, "s320"), ("picture", 600, 584, "s640"), ("picture", 2000, 1280, "s1280"),
     ("img", 600, 584, "s640"), ("img", 2000, 1280, "s1280")],
)  # fmt: skip
def test_pasted_markup_fits_a_page_without_any_style(
    pasted: tuple[BrowserContext, Site], kind: str, width: int, shown: int, taken: str
) -> None:
    context, house = pasted
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(house.put("pasted", PAGE.format(getattr(html_of(house), kind))))
    image = page.locator("img")
    assert f"/{taken}-" in image.evaluate("(image) => image.decode().then(() => image.currentSrc)")
    box = image.bounding_box()
    assert box
    assert (round(box["width"]), round(box["height"])) == (shown, shown * 3 // 4)


def test_a_small_picture_stays_small(pasted: tuple[BrowserContext, Site]) -> None:
    context, house = pasted
    small = house.publication.renditions[0]
    only = rendition("s320", small.format, small.width, small.height, url=small.url)
    page = context.new_page()
    page.goto(house.show(replace(house.publication, renditions=(only,)), "small"))
    box = page.locator(".picture img").bounding_box()
    assert box
    assert box["width"] == 320
