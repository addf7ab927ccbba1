"""The dashboard in chromium: passes axe, fits every screen, keeps itself fresh without getting in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, Route, expect
from starlette.applications import Starlette

from tests.validators.checking import AXE, need
from tests.web.installation import NOW, STATES, Installation
from tests.web.serving import served
from web import dashboard
from web.access import Access
from web.assets import static_routes

pytestmark = pytest.mark.browser
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
SIZES = ((1280, 800), (375, 812), (320, 640))
LOOKS = (*(("light", size) for size in SIZES), ("dark", SIZES[0]))
"""Colours do not depend on the size."""
WEIGHT = 100_000
ROUND = 10_000
"""Milliseconds between two refreshes."""
TEXT_CUT = """() => [...document.querySelectorAll("svg.chart text")].filter((text) => {
  const [box, room] = [text.getBoundingClientRect(), document.documentElement.clientWidth];
  return box.left < 0 || box.right > room;
}).map((text) => text.textContent)"""
SMALL = """() => [...document.querySelectorAll("button, .bar a")].map((each) => each.getBoundingClientRect())
  .filter((box) => box.height && (box.height < 24 || box.width < 24)).length"""


class Sites:
    """Every state of an installation, each under an address of its own."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.made: dict[str, Installation] = {}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    found, gate = Sites(), Access(own=True)
    with ExitStack() as stack:
        for name, make in STATES.items():
            made = found.made[name] = make(tmp_path_factory.mktemp(name))
            routes = dashboard.routes(made.watched(), gate.invite, gate.guard, clock=NOW.timestamp)
            app = Starlette(routes=[*static_routes(), *routes])
            found.urls[name] = stack.enter_context(served(app))
        yield found


def opened(page: Page, sites: Sites, state: str = "busy", query: str = "") -> Page:
    page.goto(f"{sites.urls[state]}/dashboard{query}", wait_until="load")
    return page


def later(page: Page, milliseconds: int = ROUND) -> None:
    """Let the page's clock run on, and the refresh that is due be over."""
    with page.expect_response("**/dashboard*"):
        page.clock.run_for(milliseconds)
    page.wait_for_load_state("networkidle")


def shown(page: Page, name: str) -> str:
    return page.locator(f"[data-figure='{name}']").inner_text()


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_wrong(page: Page, sites: Sites, state: str) -> None:
    need(AXE)
    opened(page, sites, state, "?days=30").evaluate(AXE.read_text())
    for table in page.locator("details").all():
        table.evaluate("(each) => { each.open = true }")
    for scheme, (width, height) in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        found = page.evaluate(LOOK)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("query", ["", "?days=30"])
def test_it_fits_every_width(page: Page, sites: Sites, state: str, query: str) -> None:
    opened(page, sites, state, query)
    for width in (320, 375, 768, 1024, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TEXT_CUT) == []
        assert page.evaluate(SMALL) == 0


@pytest.mark.parametrize("state", ["busy", "fault", "alarm"])
def test_it_bears_letters_twice_as_large_and_a_zoom_of_400_per_cent(
    browser: Browser, sites: Sites, state: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page = opened(context.new_page(), sites, state)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_it_asks_nobody_else_and_weighs_little(page: Page, sites: Sites, state: str) -> None:
    got: list[Response] = []
    page.on("response", lambda answer: got.append(answer))
    opened(page, sites, state, "?days=30").wait_for_load_state("networkidle")
    assert {urlsplit(each.url).netloc for each in got} == {urlsplit(sites.urls[state]).netloc}
    assert {each.status for each in got} == {200}
    assert sum(len(each.body()) for each in got) <= WEIGHT


def test_every_chart_has_a_name_that_tells_it_in_words(page: Page, sites: Sites) -> None:
    names = [each.get_attribute("aria-label") or "" for each in opened(page, sites).get_by_role("img").all()]
    told = [name for name in names if name]
    assert [name.partition(" from ")[0] for name in told] == [
        "Images a day", "Bytes saved a day", "Seconds until people were told, a day,",
    ]  # fmt: skip
    assert "in all (" in told[0]
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Figures by day").get_by_role("row")).to_have_count(8)


def test_a_bar_tells_its_numbers_to_who_points_at_it(page: Page, sites: Sites) -> None:
    bars = opened(page, sites).locator("svg.chart").first.locator("g > title")
    assert bars.count() == 7
    title = bars.last.text_content() or ""
    assert title.startswith(f"Sun 22 Nov: {shown(page, 'images')} images (")
    assert "held" in title


def test_parts_of_a_bar_are_told_apart_without_colour(page: Page, sites: Sites) -> None:
    fills = opened(page, sites, query="?days=30").locator("svg.chart").first.locator("g > rect[fill]")
    used = {each.get_attribute("fill") for each in fills.all()}
    assert used == {f"url(#is-{name})" for name in ("done", "held", "rejected", "failed", "waiting")}
    legend = page.locator(".legend").first
    expect(legend.get_by_role("listitem")).to_have_count(5)


def test_without_script_it_is_complete_and_promises_nothing_else(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page(), sites, "parked")
    expect(page.locator("button:visible")).to_have_count(0)
    expect(page.get_by_text("reload it for newer numbers")).to_be_visible()
    expect(page.get_by_text("loupe replay IMG-").first).to_be_visible()
    page.get_by_role("link", name="21 Nov").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saturday 21 November")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Figures by day")).to_be_visible()
    context.close()


def test_everything_is_reached_by_keyboard_in_order(page: Page, sites: Sites) -> None:
    opened(page, sites, "fault")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
        )
        if name in reached:
            break
        reached.append(name)
    wanted = ["Skip to the figures", "‹ 21 Nov", "7 days", "30 days", "Pause refreshing",
              "The same as a table", "Steps", "Sinks", "dashboard.json"]  # fmt: skip
    assert [each for each in reached if each in wanted] == wanted
    assert any(each.startswith("Copy loupe replay IMG-") for each in reached)


def test_new_pictures_show_up_without_moving_anything(page: Page, sites: Sites) -> None:
    made = sites.made["busy"]
    page.clock.install()
    opened(page, sites)
    before = int(shown(page, "images"))
    page.get_by_text("The same as a table").click()
    link = page.get_by_role("link", name="30 days")
    link.focus()
    page.evaluate("scrollTo(0, 300)")
    made.images(NOW, 5)
    made.runs(NOW, "a_new_step", 99_000)
    later(page)
    expect(page.locator("[data-figure='images']")).to_have_text(str(before + 5))
    expect(page.get_by_role("rowheader", name="a_new_step")).to_be_visible()
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == 300
    expect(page.get_by_role("region", name="Figures by day")).to_be_visible()


def test_who_pauses_it_or_looks_elsewhere_is_left_alone(page: Page, sites: Sites) -> None:
    page.clock.install()
    opened(page, sites)
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if each.url.endswith("/dashboard") else None)
    button = page.get_by_role("button", name="Pause refreshing")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(5 * ROUND)
    assert asked == []
    button.press("Enter")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(5 * ROUND)
    assert len(asked) <= 1  # what was due when the pause ended
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with page.expect_response("**/dashboard"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.clock.run_for(1)


def test_a_loupe_that_is_away_is_said_and_comes_back(browser: Browser, sites: Sites) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    opened(page, sites)

    def away(route: Route) -> None:
        route.abort()

    page.route("**/dashboard", away)
    page.clock.run_for(ROUND)
    expect(page.locator("#trouble")).to_have_text("Loupe does not answer; these numbers are old.")
    page.unroute("**/dashboard", away)
    later(page)
    expect(page.locator("#trouble")).to_have_text("")
    context.close()


def test_an_alarm_that_is_raised_meanwhile_is_told_at_once(page: Page, sites: Sites) -> None:
    page.clock.install()
    opened(page, sites, "empty")
    expect(page.get_by_text("An alarm stands")).to_have_count(0)
    sites.made["empty"].alarm("The disk is full.\nMake space.")
    later(page)
    expect(page.locator("#alarms[role=status]")).to_contain_text("An alarm stands")


@pytest.mark.parametrize("clipboard", ["with", "without"])
def test_a_button_copies_the_command(browser: Browser, sites: Sites, clipboard: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = opened(context.new_page(), sites, "fault")
    if clipboard == "without":  # as on plain http
        page.evaluate(
            "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('none here')) }"
        )
    button = page.get_by_role("button", name="Copy loupe replay IMG-")
    button.press("Enter")
    expect(page.locator("#copied")).to_have_text("Copied.")
    expect(button).to_be_focused()
    command = page.locator(".command code").inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == command
    assert command.startswith("loupe replay IMG-")
    context.close()
