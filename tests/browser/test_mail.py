"""Letters as a mail program shows them, and the pages behind their links: axe, all widths, light and dark."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from pipeline import chart
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.letters.message import html
from pipeline.letters.writing import Reader, letter
from pipeline.news import Piece
from pipeline.subscribers import Tokens
from tests.mail.pieces import ALARM, PUBLISHED, RESOLVED, VERDICT, digest_data, piece
from tests.unit.test_page import HOSTILE
from tests.validators.checking import AXE, need, wrong_html
from web.assets import static_routes
from web.mail import routes

pytestmark = pytest.mark.browser
ADA = "Ada@example.org"
TOKENS = Tokens(b"a key of the tests")
OPERATOR = Reader("ops@example.org", operator=True)
SUBSCRIBER = Reader(ADA, operator=False, stop="https://pictures.example.org/mail/stop/" + "T" * 32)
ASKED = Reader(ADA, operator=False, confirm="https://pictures.example.org/mail/confirm/" + "T" * 32)
BIG = digest_data(images=1_234_567, held=12_345, rejected=99, waiting=7, bytes_saved=987_654_321_012)
LONG = {"headline": HOSTILE + " x" * 200 + "y" * 300, "lines": [HOSTILE, "z" * 400]}
CASES: dict[str, tuple[Piece, Reader]] = {
    "digest": (piece(), OPERATOR),
    "big": (piece(data=BIG), OPERATOR),
    "subscriber": (piece(), SUBSCRIBER),
    "alarm": (piece("alarm", ALARM), OPERATOR),
    "resolved": (piece("alarm", RESOLVED), OPERATOR),
    "verdict": (piece("verdict", VERDICT), OPERATOR),
    "published": (piece("published", PUBLISHED), OPERATOR),
    "hostile": (piece("test", LONG), OPERATOR),
    "confirm": (piece("confirm", {}), ASKED),
}
LOOK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


def shown(name: str) -> str:
    """A letter's HTML part with its chart in it."""
    news, reader = CASES[name]
    png = chart.draw(news.data["week"]) if news.kind == "digest" else None
    found = f"data:image/png;base64,{base64.b64encode(png or b'').decode()}"
    return html(letter(news, reader, png), found)


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe says on a phone and on a desktop, light and dark."""
    need(AXE)
    said = []
    page.evaluate(AXE.read_text())
    for scheme, width in product(("light", "dark"), (320, 900)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        said += [(each["id"], [node["html"] for node in each["nodes"]]) for each in page.evaluate(LOOK)]
    return said


@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing_wrong_with_a_letter(page: Page, name: str) -> None:
    page.set_content(shown(name))
    assert violations(page) == []


@pytest.mark.parametrize("name", CASES)
def test_a_letter_fits_every_width_and_asks_for_nothing(page: Page, name: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(shown(name), wait_until="load")
    for width in (320, 375, 600, 900, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    assert [url for url in asked if not url.startswith("data:")] == []


def test_without_its_style_element_a_letter_is_still_laid_out(page: Page) -> None:
    """Some mail programs take it out."""
    whole = shown("digest")
    begin, end = whole.index("<style>"), whole.index("</style>") + len("</style>")
    page.set_content(whole[:begin] + whole[end:])
    card = page.locator("h1").locator("xpath=..").bounding_box()
    assert card
    assert card["width"] <= 600
    colour = page.locator("h1").evaluate("(element) => getComputedStyle(element).color")
    assert colour == "rgb(29, 33, 37)"


def test_letters_are_valid_html() -> None:
    assert wrong_html({name: shown(name) for name in CASES}) == {name: [] for name in CASES}


@dataclass
class Site:
    """The pages, and who gets mail."""

    url: str
    people: SqliteSubscribers

    def link(self) -> str:
        """Where a letter of confirmation leads."""
        return f"{self.url}/mail/confirm/{TOKENS.confirming(self.people.ask(ADA, '').nonce)}"

    @property
    def stop(self) -> str:
        """Where every letter leads."""
        return f"{self.url}/mail/stop/{TOKENS.stopping(ADA.lower())}"

    @property
    def state(self) -> str:
        """Of the one mailbox."""
        (one,) = self.people.all()
        return one.state


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    people = SqliteSubscribers(Database(tmp_path / "ledger.sqlite"), TOKENS)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[*static_routes(), *routes(people)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", people)
        finally:
            server.should_exit = True
            thread.join()


def test_axe_finds_nothing_wrong_with_the_pages(browser: Browser, site: Site) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for address in (site.link(), site.stop, f"{site.url}/mail/stop/nothing"):
        page.goto(address)
        assert violations(page) == []
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "none"])
def test_somebody_confirms_and_later_stops_with_the_keyboard_alone(
    browser: Browser, site: Site, script: bool
) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(site.link())
    expect(page.get_by_role("heading", level=1)).to_have_text("Do you want Loupe’s daily digest?")
    assert site.state == "pending"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert site.state == "confirmed"
    page.goto(site.stop)
    assert site.state == "confirmed"
    page.get_by_role("button", name="Send no more").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That is all")
    assert site.state == "stopped"
    context.close()


def test_the_pages_ask_no_other_host(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.link())
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(site.url) for url in asked)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
