"""The phone's part of the page: nothing for axe to find, on small screens, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.phone_site import opened, phone
from tests.browser.upload_site import web_part
from tests.validators.checking import AXE, need

pytestmark = pytest.mark.browser
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
SMALL = """() => [...document.querySelectorAll("#phone button, #phone a")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.height && (box.height < 44 || box.width < 44);
}).map((each) => each.textContent)"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A phone without a network, on which two pictures wait; one has words of refusal."""
    data = tmp_path_factory.mktemp("phone")
    with web_part(data, LOUPE_MAX_BYTES="2000") as site, phone(browser) as context:
        site.sign_in(context)
        page = opened(context, site)
        page.locator("#camera").set_input_files(drawn(data / "a harbour in the evening.png", "#c77d3a"))
        expect(page.locator("#kept-rows")).to_contain_text("1 to 2,000 are taken")
        context.set_offline(True)
        page.locator("#camera").set_input_files(drawn(data / "hills.png", "#3a7dc7"))
        expect(page.locator("#kept-rows li")).to_have_count(2)
        expect(page.get_by_text("Loupe cannot be reached.")).to_be_visible()
        yield page


def drawn(path: Path, colour: str) -> Path:
    """A picture of ours: a coloured slope of noise, too large for this site."""
    noise = Image.effect_noise((96, 96), 60).convert("RGB")
    Image.blend(noise, Image.new("RGB", noise.size, colour), 0.7).save(path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "offline"])
def test_axe_finds_nothing_wrong(page: Page, scheme: str, path: str) -> None:
    need(AXE)
    if path:
        page.goto(page.url.rstrip("/") + "/offline" if "offline" not in page.url else page.url)
        expect(page.locator("#kept-rows li")).to_have_count(2)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.evaluate(AXE.read_text())
    found = page.evaluate(LOOK)
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("width", [390, 320])
def test_everything_fits_and_can_be_hit_with_a_thumb(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []


def test_the_focus_stays_in_the_list_when_a_row_is_removed(page: Page) -> None:
    remove = page.get_by_role("button", name="Remove: a harbour in the evening.png")
    remove.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove: hills.png")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#kept-note")).to_be_focused()


def test_the_camera_is_asked_for_a_photo(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose from files").click()
    assert chooser.value.element.get_attribute("accept") is None
    assert chooser.value.is_multiple()
