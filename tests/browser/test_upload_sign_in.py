"""Signing in, in chromium: by link and by code, with the keyboard alone, on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from loupe import visits as people
from pipeline.visitors import Asking
from tests.browser.test_mail import violations
from tests.browser.upload_site import UploadSite, upload_site

pytestmark = pytest.mark.browser
ADDRESS = "somebody.with.a.long.name@a.very.long.domain.example.org"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with upload_site(tmp_path_factory.mktemp("sign-in")) as made:
        yield made


@pytest.fixture(autouse=True)
def forgotten(site: UploadSite) -> None:
    """No test stands in the way of another by how much it asked for."""
    site.base.database.connection().executescript("DELETE FROM askings; DELETE FROM wrong_codes")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", bypass_csp=True)  # for axe, which is put into the page
    made.set_default_timeout(60_000)
    yield made
    made.close()


def letter(site: UploadSite) -> Asking:
    return people.visitors(site.base).pending()[0]


def ask(page: Page, site: UploadSite, mailbox: str) -> Asking:
    page.goto(f"{site.url}/in")
    page.get_by_label("e-mail").fill(mailbox)
    page.get_by_role("button", name="Send me a letter").click()
    expect(page.get_by_label("Code")).to_be_visible()
    return letter(site)


def reach(page: Page, label: str) -> None:
    """Go there with the keyboard: few steps are enough."""
    field = page.get_by_label(label)
    expect(field).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Tab")
        if field.evaluate("(field) => field === document.activeElement"):
            return
    raise AssertionError(f"{label} is not reached")


def signed_in(page: Page, site: UploadSite, mailbox: str) -> None:
    page.goto(f"{site.url}/in")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in")
    expect(page.get_by_role("main")).to_contain_text(mailbox)


def test_somebody_signs_in_by_the_outbox_and_out_again(context: BrowserContext, site: UploadSite) -> None:
    page = context.new_page()
    ask(page, site, "link@example.org")
    page.get_by_role("link", name="Open the outbox").click()
    page.get_by_role("link", name="Open the link for link@example.org").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in as link@example.org?")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/")
    page.goto("about:blank")  # the stream of findings ends
    signed_in(page, site, "link@example.org")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("e-mail")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("e-mail")).to_be_visible()


def test_somebody_signs_in_by_the_code_with_the_keyboard_alone(
    context: BrowserContext, site: UploadSite
) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/in?next=/in")
    reach(page, "e-mail")
    page.keyboard.type("keys@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_visible()
    reach(page, "Code")
    code = letter(site).code
    page.keyboard.type(f"{(int(code) + 1) % 10**6:06}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not the code")
    described = page.get_by_label("Code").get_attribute("aria-describedby") or ""
    assert "fault" in described.split()
    reach(page, "Code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in")


def test_the_code_page_is_still_there_after_a_look_into_the_mail(
    context: BrowserContext, site: UploadSite
) -> None:
    """Phones throw pages away and load them anew; that must not ask for another letter."""
    page = context.new_page()
    ask(page, site, "phone@example.org")
    page.reload()
    expect(page.get_by_label("Code")).to_be_visible()
    assert len(people.visitors(site.base).pending()) == 1


def test_it_works_without_a_script(browser: Browser, site: UploadSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asking = ask(page, site, "plain@example.org")
    page.get_by_label("Code").fill(asking.code)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/")
    context.close()


def test_a_language_is_chosen_with_one_click_and_stays(context: BrowserContext, site: UploadSite) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/in")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.goto(f"{site.url}/nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hier ist nichts")


def test_a_page_of_another_site_cannot_sign_anybody_in_or_out(
    context: BrowserContext, site: UploadSite
) -> None:
    """Chromium sends what it sends: the form stands on another host, and the cookie is there."""
    site.sign_in(context, "victim@example.org")
    attacker = site.url.replace("127.0.0.1", "localhost")
    page = context.new_page()
    page.route(f"{attacker}/attack", lambda route: route.fulfill(content_type="text/html", body=(
        f"<form method=post action='{site.url}/out'><button>Win a prize</button></form>")))  # fmt: skip
    page.goto(f"{attacker}/attack")
    with page.expect_navigation() as arrived:
        page.get_by_role("button").click()
    assert arrived.value.status == 403
    signed_in(page, site, "victim@example.org")


def test_no_page_can_frame_it(context: BrowserContext, site: UploadSite) -> None:
    framed = context.browser.new_context() if context.browser else context
    page = framed.new_page()
    page.route("http://other.example/", lambda route: route.fulfill(
        content_type="text/html", body=f"<iframe src='{site.url}/in'></iframe>"))  # fmt: skip
    page.goto("http://other.example/")
    inside = page.frames[1]
    assert inside.locator("#mailbox").count() == 0
    framed.close()


def faces(page: Page, site: UploadSite) -> Iterator[str]:
    """Every page that lets people in, one after the other."""
    asking = ask(page, site, ADDRESS)
    page.goto(f"{site.url}/in")
    yield "in"
    page.locator("form").first.evaluate("(form) => (form.noValidate = true)")
    page.get_by_label("e-mail").fill("x" * 60)
    page.get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "no address"
    page.goto(f"{site.url}/in/code")
    page.get_by_label("Code").fill("none")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "wrong code"
    for path in ("/outbox", f"/in/{asking.token}", "/in/nothing", "/nothing"):
        page.goto(site.url + path)
        yield path
    site.sign_in(page.context, "face@example.org")
    page.goto(f"{site.url}/in")
    yield "already"
    page.goto(people.personal_link(site.base, "T1", "U012AB3CD", "x"))
    yield "join"


def test_axe_finds_nothing_wrong_light_and_dark_on_a_phone_and_a_desktop(
    context: BrowserContext, site: UploadSite
) -> None:
    page = context.new_page()
    for name in faces(page, site):
        assert (name, violations(page)) == (name, [])


def test_every_page_fits_every_width(context: BrowserContext, site: UploadSite) -> None:
    page = context.new_page()
    for name in faces(page, site):
        for width, scheme in product((320, 375, 768, 1280), ("light",)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_the_pages_ask_no_other_host(context: BrowserContext, site: UploadSite) -> None:
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for _ in faces(page, site):
        page.wait_for_load_state("networkidle")
    assert {url.split("/")[2] for url in asked} == {site.url.split("/")[2]}


def test_the_log_of_the_site_says_the_link_where_there_is_no_terminal(
    context: BrowserContext, site: UploadSite
) -> None:
    asking = ask(context.new_page(), site, "log@example.org")
    log = Path(site.data / "web.log").read_text()
    assert f"{site.url}/in/{asking.token}" in log
    assert asking.code in log
