"""One's own pictures in chromium: every state passes axe and fits, keys and no script do, and it lives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.results import Archived, Metadata, Placed, Removed, Result
from pipeline.visitors import Visitor
from tests.mine.album import HELD, REJECTED, REVIEW, Album, drawing
from tests.validators.checking import AXE, need
from tests.web.serving import served

pytestmark = pytest.mark.browser
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
LOOKS = (("light", 1280, 860, "en-GB"), ("dark", 320, 640, "de-DE"))
SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=hidden]), nav a, summary")]
  .filter((each) => each.getClientRects().length)
  .map((each) => [each.outerHTML.slice(0, 80), (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html)"""
NOWHERE: dict[str, Result] = {
    "read_metadata": Metadata(no_location="The file says nothing about it."),
    "find_place": Placed(None, None, None),
}


@dataclass
class Stage:
    """An album behind an address."""

    album: Album
    url: str
    ana: Visitor
    pages: dict[str, str]

    def sign_in(self, context: BrowserContext, visitor: Visitor | None = None) -> None:
        name, _, value = self.album.cookie(visitor or self.ana).partition("=")
        context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def short(self, image: str) -> str:
        found = self.album.base.catalog.find(image)
        assert found
        return found.short

    def state(self, image: str) -> bool:
        return self.album.base.catalog.find(image) is not None


def stage(album: Album, url: str) -> Stage:
    return Stage(album, url, album.visitor(), {})


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stage]:
    album = Album(tmp_path)
    with served(album.app()) as url:
        yield stage(album, url)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Every state of a picture and a page."""
    album = Album(tmp_path_factory.mktemp("full"))
    with served(album.app()) as url:
        made = stage(album, url)
        kept = album.keep(drawing(), "JPEG", 320, 240)
        moved: dict[str, Result] = {
            "archive_original": Archived("k", 1, album.now),
            "remove_original": Removed(1),
        }
        images = {
            "shown": album.shown(made.ana, "a long name of a picture that nobody would call short.jpg"),
            "held": album.picture(made.ana, **HELD | {"accept_image": kept}),
            "review": album.picture(made.ana, **REVIEW | {"accept_image": kept}),
            "rejected": album.picture(made.ana, "page.html", **REJECTED),
            "waiting": album.enter(made.ana),
            "nowhere": album.picture(made.ana, **NOWHERE | {"accept_image": kept}),
            "archived": album.picture(made.ana, **moved),
        }
        made.pages = {name: f"/mine/{made.short(image)}" for name, image in images.items()}
        made.pages |= {
            "gallery": "/mine",
            "found": "/mine?place=embrun&since=2018-01-01&faces=1&verdict=cleared",
            "not found": "/mine?place=nowhere",
            "wrong day": "/mine?since=yesterday",
            "place": f"{made.pages['nowhere']}/place?q=spring",
            "no place": f"{made.pages['nowhere']}/place?q=xyz",
            "erase": f"{made.pages['held']}/erase",
        }
        yield made


@pytest.fixture(scope="module")
def contexts(browser: Browser, full: Stage) -> Iterator[list[Page]]:
    """A wide light English page, and a narrow dark German one."""
    pages = []
    for scheme, width, height, locale in LOOKS:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
        full.sign_in(context)
        pages.append(context.new_page())
        pages[-1].set_default_timeout(60_000)
    yield pages
    for page in pages:
        page.context.close()


STATES = (
    "shown", "held", "review", "rejected", "waiting", "nowhere", "archived", "gallery", "found", "not found",
    "wrong day", "place", "no place", "erase",
)  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_every_state_passes_axe_fits_and_can_be_hit(contexts: list[Page], full: Stage, state: str) -> None:
    need(AXE)
    for page in contexts:
        page.goto(full.url + full.pages[state], wait_until="load")
        for each in page.locator("details").all():
            each.evaluate("(each) => { each.open = true }")
        page.evaluate(AXE.read_text())
        found = page.evaluate(LOOK)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
        width = page.evaluate("innerWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL) == []


def test_letters_may_be_twice_as_large(contexts: list[Page], full: Stage) -> None:
    page = contexts[0]
    for state in ("shown", "gallery"):
        page.goto(full.url + full.pages[state])
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_boxes_lie_on_the_faces(contexts: list[Page], full: Stage) -> None:
    page = contexts[0]
    page.goto(full.url + full.pages["shown"])
    picture, box = page.locator(".framed img").bounding_box(), page.locator(".boxes rect").last.bounding_box()
    assert picture
    assert box
    assert (box["x"] - picture["x"]) / picture["width"] == pytest.approx(0.2, abs=0.01)
    assert (box["y"] - picture["y"]) / picture["height"] == pytest.approx(0.25, abs=0.01)
    assert box["width"] / picture["width"] == pytest.approx(0.2, abs=0.02)


def test_pictures_are_chosen_and_erased_by_keys_alone(page: Page, fresh: Stage) -> None:
    first, second, kept = (fresh.album.shown(fresh.ana, f"{n}.jpg") for n in range(3))
    fresh.sign_in(page.context)
    page.goto(f"{fresh.url}/mine")
    expect(page.get_by_role("button", name="Erase the chosen")).to_be_disabled()
    boxes = [page.get_by_role("checkbox", name=fresh.short(image)) for image in (first, second)]
    for box in boxes:
        box.focus()
        page.keyboard.press("Space")
    expect(page.locator("#chosen")).to_have_text("2 chosen")
    button = page.get_by_role("button", name="Erase the chosen")
    for _ in range(9):
        page.keyboard.press("Tab")
        if button.evaluate("(each) => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase these 2 pictures for good?")
    page.get_by_role("button", name="Erase for good").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 pictures are erased")
    assert [fresh.state(image) for image in (first, second, kept)] == [False, False, True]


def test_the_image_page_lives_and_keeps_the_focus(page: Page, fresh: Stage) -> None:
    image = fresh.album.enter(fresh.ana)
    fresh.sign_in(page.context)
    page.goto(f"{fresh.url}/mine/{image}")
    expect(page.locator("#verdict")).to_have_text("It is being looked at.")
    fresh.album.settle(image, {"accept_image": fresh.album.keep(drawing(), "JPEG", 320, 240)})
    expect(page.get_by_role("link", name="Download my original")).to_be_visible()
    page.get_by_role("link", name="Download my original").focus()
    fresh.album.settle(image, fresh.album.played(image) | fresh.album.files(image))
    expect(page.locator("#verdict")).to_contain_text("No nudity was seen")
    expect(page.get_by_text("15 of 15 have ended")).to_be_visible()
    expect(page.locator("#news")).to_have_text("All steps have ended.")
    expect(page.get_by_role("link", name="Download my original")).to_be_focused()
    assert page.locator(".framed img").evaluate("(each) => each.naturalWidth") > 0
    page.goto("about:blank")


def test_the_gallery_shows_what_comes_and_keeps_what_was_ticked(page: Page, fresh: Stage) -> None:
    first = fresh.album.shown(fresh.ana, "first.jpg")
    fresh.sign_in(page.context)
    page.goto(f"{fresh.url}/mine")
    page.get_by_role("checkbox", name=fresh.short(first)).check()
    second = fresh.album.enter(fresh.ana, "second.jpg")
    expect(page.get_by_text("second.jpg", exact=True)).to_be_visible()
    expect(page.locator(f"[data-image='{second}']")).to_contain_text("Being looked at")
    kept = {"accept_image": fresh.album.keep(drawing(), "JPEG", 320, 240)}
    fresh.album.settle(second, fresh.album.played(second) | kept)
    expect(page.locator(f"[data-image='{second}']")).to_contain_text("Cleared")
    expect(page.get_by_role("checkbox", name=fresh.short(first))).to_be_checked()
    expect(page.locator("#chosen")).to_have_text("One chosen")
    page.goto("about:blank")


def test_a_place_is_looked_up_and_added_by_keys_alone(page: Page, fresh: Stage) -> None:
    kept = fresh.album.keep(drawing(), "JPEG", 320, 240)
    image = fresh.album.picture(fresh.ana, **NOWHERE | {"accept_image": kept})
    fresh.sign_in(page.context)
    page.goto(f"{fresh.url}/mine/{image}")
    field = page.get_by_role("combobox", name="Town")
    field.press_sequentially("spri")
    options = page.get_by_role("option")
    expect(options).to_have_text(
        ["Springfield, Missouri, United States", "Springfield, Illinois, United States"]
    )
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("spri")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(options.last.get_attribute("id")))
    need(AXE)
    page.evaluate(AXE.read_text())
    assert page.evaluate(LOOK) == []
    with page.expect_navigation():
        page.keyboard.press("Enter")
    note = SqliteNotes(fresh.album.base.database).get(image, "place")
    assert note
    assert note.text == "39.80172,-89.64371"
    page.goto("about:blank")


def test_markup_is_copied(page: Page, fresh: Stage) -> None:
    image = fresh.album.shown(fresh.ana)
    fresh.sign_in(page.context)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=fresh.url)
    page.goto(f"{fresh.url}/mine/{image}")
    page.get_by_text("Markup to paste").click()
    page.get_by_role("button", name="Copy: Copy the amp-img markup").click()
    expect(page.locator("#news")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("<amp-img")
    page.goto("about:blank")


def test_everything_works_without_a_script(browser: Browser, fresh: Stage) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    fresh.sign_in(context)
    page = context.new_page()
    kept = fresh.album.keep(drawing(), "JPEG", 320, 240)
    fresh.album.picture(fresh.ana, "here.jpg")
    image = fresh.album.picture(fresh.ana, "nowhere.jpg", **NOWHERE | {"accept_image": kept})
    page.goto(f"{fresh.url}/mine")
    page.get_by_label("Place").fill("embr")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".tiles strong")).to_have_text(["here.jpg"])
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name=re.compile("nowhere.jpg")).click()
    page.get_by_label("Town").fill("spring")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("button", name="Springfield, Illinois").click()
    assert SqliteNotes(fresh.album.base.database).get(image, "place")
    page.get_by_role("button", name="Erase this picture").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The picture is erased")
    assert not fresh.state(image)
    context.close()


RUN = """(src) => new Promise((done) => {
  const it = Object.assign(document.createElement("script"), { src });
  it.onload = () => done(true);
  it.onerror = () => done(false);
  document.head.append(it);
})"""


def test_an_original_that_is_a_program_too_is_a_file_and_nothing_else(browser: Browser, fresh: Stage) -> None:
    program = b"GIF89a=1;document.title='run';/*" + b"\0" * 20 + b"*/"
    accepted = fresh.album.keep(program, "GIF", 1, 1)
    image = fresh.album.picture(fresh.ana, "<img src=x>.html", **HELD | {"accept_image": accepted})
    context = browser.new_context()
    fresh.sign_in(context)
    page = context.new_page()
    page.goto(f"{fresh.url}/mine")
    assert page.evaluate(RUN, f"/mine/{image}/original") is False
    assert page.title() != "run"
    with page.expect_download() as download:
        page.evaluate("(href) => { location.href = href }", f"/mine/{image}/original")
    assert download.value.suggested_filename.endswith(".html.gif")
    assert Path(download.value.path()).read_bytes() == program
    context.close()
