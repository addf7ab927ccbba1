"""Add a place and Upload the original on the sandbox's page: by keyboard, by pointer, for a screen reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bot.works import Works, works
from tests.validators.checking import AXE, need

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((v) => v.id))"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """Loupe with a picture of which nobody knows where it was taken, and its card."""
    with works(tmp_path_factory.mktemp("place")) as opened:
        opened.card(opened.post("lake.jpg"))
        yield opened


def card(page: Page, home: Works) -> Page:
    """The page, with the card's thread open."""
    page.goto(home.slack.url)
    page.locator("#messages .thread-link").first.click()
    expect(page.locator("#replies").get_by_role("button", name="Add a place")).to_be_visible()
    return page


def offered(page: Page) -> Locator:
    """The list below the field."""
    return page.get_by_role("dialog").locator("[role=listbox]")


@pytest.fixture
def field(page: Page, home: Works) -> Locator:
    """The field of the modal, in focus."""
    for view in home.views():
        home.slack.call("close", user="U0ADALOVE1", view_id=view["id"])
    card(page, home).locator("#replies").get_by_role("button", name="Add a place").click()
    found = page.get_by_role("combobox", name="Where was it taken?")
    expect(found).to_be_visible(timeout=90_000)
    found.focus()
    return found


def test_a_place_is_found_by_keyboard_alone(field: Locator, page: Page, home: Works) -> None:
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("springfield")
    options = offered(page).get_by_role("option")
    expect(options.first).to_contain_text("Springfield, Missouri, United States")
    expect(page.get_by_role("status").filter(has_text="20 suggestions.")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    marked = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{marked}")).to_have_attribute("aria-selected", "true")
    words = page.locator(f"#{marked}").evaluate("(node) => node.firstChild.textContent")
    field.press("ArrowUp")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(words)
    expect(options).to_have_count(0)
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"taken in or near {words}")


def test_escape_closes_the_list_and_not_the_window(field: Locator, page: Page, home: Works) -> None:
    field.press_sequentially("sofia")
    expect(offered(page).get_by_role("option").first).to_be_visible()
    field.press("Escape")
    expect(offered(page).get_by_role("option")).to_have_count(0)
    expect(field).to_be_visible()
    field.press("Escape")
    expect(field).to_have_count(0)


def test_a_pointer_chooses_too_and_typing_on_takes_the_choice_back(field: Locator, page: Page) -> None:
    field.press_sequentially("münch")
    offered(page).get_by_role("option", name="Munich").first.click()
    expect(field).to_have_value("Munich, Germany")
    expect(field).to_be_focused()
    field.press("Backspace")
    expect(offered(page).get_by_role("option").first).to_contain_text("Munich, Germany")
    field.press("Escape")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please choose one of the places that are suggested.")).to_be_visible()


def test_nothing_found_is_said_and_one_letter_is_not_sent(field: Locator, page: Page) -> None:
    field.press_sequentially("q")
    expect(page.get_by_role("status").filter(has_text="Type 2 letters or more.")).to_be_visible()
    field.press_sequentially("qqqqq")
    expect(page.get_by_role("status").filter(has_text="Nothing is called that.")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_open_list(field: Locator, page: Page, scheme: str) -> None:
    need(AXE)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    field.press_sequentially("paris")
    expect(offered(page).get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    page.evaluate(AXE.read_text())
    assert page.evaluate(LOOK) == []


def test_on_a_phone_the_list_fits(field: Locator, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    field.press_sequentially("springfield")
    expect(offered(page).get_by_role("option").first).to_be_visible()
    box = offered(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    offered(page).get_by_role("option").last.scroll_into_view_if_needed()
    expect(offered(page).get_by_role("option").last).to_be_in_viewport()


def test_the_link_of_a_window_opens_in_another_tab(page: Page, home: Works) -> None:
    for view in home.views():
        home.slack.call("close", user="U0ADALOVE1", view_id=view["id"])
    home.card(home.post("another.jpg"))
    page.goto(home.slack.url)
    page.locator("#messages .thread-link").last.click()
    page.locator("#replies").get_by_role("button", name="Upload the original").click()
    link = page.get_by_role("dialog").get_by_role("link", name="Open the upload page")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert "/join/" in str(link.get_attribute("href"))
