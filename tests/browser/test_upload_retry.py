"""Whatever breaks on the way mends itself: a killed server, an old ticket, a lost answer, a session's end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from loupe import uploads
from tests.browser.phone_site import handed_in, sha256
from tests.browser.upload_page import picture, visiting
from tests.browser.upload_site import UploadSite, web_part

pytestmark = pytest.mark.browser
LARGE = 1_200_000
"""Random bytes of a file that takes a while at ``SLOW``."""
SLOW = 60_000
"""Bytes a second that a page may send."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with web_part(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, site: UploadSite) -> Iterator[Page]:
    with visiting(browser, site, may_fail=True) as made:
        made.goto(site.url)
        yield made


def large(folder: Path, name: str = "large.jpg") -> Path:
    """A picture with much behind its end, which no format minds."""
    path = picture(folder, name, 1)
    path.write_bytes(path.read_bytes() + bytes(range(256)) * (LARGE // 256))
    return path


@pytest.fixture
def slowed(page: Page) -> Callable[[int], None]:
    """Lets the page send no more than so many bytes a second; -1 ends that."""
    speaker = page.context.new_cdp_session(page)
    speaker.send("Network.enable")

    def limit(rate: int) -> None:
        known = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate}
        speaker.send("Network.emulateNetworkConditions", known)

    return limit


def asked(page: Page, ending: str) -> list[str]:
    """The requests from now on whose address ends so."""
    found: list[str] = []
    page.on("request", lambda each: found.append(each.method) if each.url.endswith(ending) else None)
    return found


def person(page: Page) -> str:
    """Who is signed in here."""
    return str(page.evaluate("fetch('/who').then((a) => a.json()).then((a) => a.person)"))


def received(page: Page, count: int = 1) -> None:
    expect(page.locator("#rows [data-state=looking]")).to_have_count(count)


def test_a_server_that_is_killed_while_a_file_is_sent_gets_it_when_it_is_back(
    page: Page, site: UploadSite, tmp_path: Path, slowed: Callable[[int], None]
) -> None:
    ana, file = person(page), large(tmp_path)
    slowed(SLOW)
    page.locator("#files").set_input_files(file)
    expect(page.locator("#rows .state")).to_contain_text("kB/s")
    site.kill("web")
    slowed(-1)
    expect(page.locator("#rows [data-state=waiting]")).to_contain_text("It is tried again by itself.")
    expect(page.locator("#lost")).to_be_visible()
    site.start_web()
    received(page)
    expect(page.locator("#lost")).to_be_hidden()
    assert handed_in(site, ana) == [(file.name, sha256(file))]


def test_a_ticket_that_is_too_old_is_renewed_by_the_page(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    tickets, handed = asked(page, "/tickets"), asked(page, "/upload")

    def old(route: Route) -> None:
        if len(tickets) > 1:
            return route.continue_()
        said = route.fetch().json()
        key, kind = said["fields"]["key"], said["fields"]["Content-Type"]
        past = time.time() - 60
        said["fields"] = uploads.signer(site.base).fields(key, kind, 10_000_000, past, past - 600)
        return route.fulfill(status=201, body=json.dumps(said), content_type="application/json")

    page.route("**/tickets", old)
    page.locator("#files").set_input_files(picture(tmp_path, "late.jpg", 2))
    received(page)
    assert (len(tickets), len(handed)) == (2, 2)


def test_a_file_whose_receipt_was_lost_is_not_sent_twice(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    ana, handed = person(page), asked(page, "/upload")

    lines = page.context.new_cdp_session(page)
    lines.on("Fetch.requestPaused", lambda answer: cut(answer["requestId"]))

    def cut(request: str) -> None:
        lines.send("Fetch.failRequest", {"requestId": request, "errorReason": "ConnectionReset"})

    lines.send("Fetch.enable", {"patterns": [{"urlPattern": "*/upload", "requestStage": "Response"}]})
    page.locator("#files").set_input_files(picture(tmp_path, "once.jpg", 3))
    received(page)
    assert len(handed) == 1
    assert [name for name, _ in handed_in(site, ana)] == ["once.jpg"]


def test_a_server_in_trouble_is_asked_again(page: Page, tmp_path: Path) -> None:
    left = [503, 502, 429]

    def trouble(route: Route) -> None:
        if left:
            route.fulfill(status=left.pop())
        else:
            route.continue_()

    page.route("**/tickets", trouble)
    page.locator("#files").set_input_files(picture(tmp_path, "patient.jpg", 4))
    received(page)


def test_who_cannot_wait_tries_at_once(page: Page, tmp_path: Path) -> None:
    page.route("**/tickets", lambda route: route.abort())
    page.locator("#files").set_input_files(picture(tmp_path, "now.jpg", 5))
    button = page.get_by_role("button", name="Try now")
    expect(button).to_be_visible()
    page.unroute("**/tickets")
    button.click()
    received(page)


def test_signed_out_the_queue_waits_and_goes_on_after_signing_in(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#files").set_input_files([picture(tmp_path, f"{n}.jpg", 5 + n) for n in range(4)])
    expect(page.locator("#rows [data-state=signed-out]")).to_have_count(4)
    link = page.get_by_role("link", name="Sign in again")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "/in")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.evaluate("dispatchEvent(new Event('focus'))")
    received(page, 4)
    expect(link).to_be_hidden()


def test_somebody_else_who_signed_in_meanwhile_gets_none_of_it(
    page: Page, site: UploadSite, tmp_path: Path
) -> None:
    page.locator("#files").set_input_files(picture(tmp_path, "mine.jpg", 20))
    received(page)
    page.context.clear_cookies()
    other = site.sign_in(page.context, "other@example.org")
    page.locator("#files").set_input_files(picture(tmp_path, "mine too.jpg", 21))
    expect(page.locator("#rows [data-state=signed-out]")).to_have_count(1)
    assert handed_in(site, other) == []


def test_a_refusal_has_words_and_can_be_tried_again(page: Page, tmp_path: Path) -> None:
    said = json.dumps({"error": "You have handed in 500 files today."})
    page.route(
        "**/tickets", lambda route: route.fulfill(status=409, body=said, content_type="application/json")
    )
    page.locator("#files").set_input_files(picture(tmp_path, "more.jpg", 22))
    expect(page.locator("#rows [data-state=refused]")).to_contain_text("You have handed in 500 files today.")
    page.unroute("**/tickets")
    page.get_by_role("button", name="Try again").click()
    received(page)


def test_a_file_that_is_too_large_is_said_to_be(page: Page, tmp_path: Path) -> None:
    said = "<Error><Code>EntityTooLarge</Code></Error>"
    page.route(
        "**/upload", lambda route: route.fulfill(status=400, body=said, content_type="application/xml")
    )
    page.locator("#files").set_input_files(picture(tmp_path, "huge.jpg", 23))
    expect(page.locator("#rows [data-state=refused]")).to_contain_text("larger than the server takes")


def test_cancelled_while_it_is_sent(
    page: Page, site: UploadSite, tmp_path: Path, slowed: Callable[[int], None]
) -> None:
    ana = person(page)
    slowed(SLOW)
    page.locator("#files").set_input_files([large(tmp_path, "a.jpg"), large(tmp_path, "b.jpg")])
    expect(page.locator("#rows [data-state=sending]")).to_have_count(2)
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#rows [data-state=cancelled]")).to_have_count(2)
    slowed(-1)
    page.get_by_role("button", name="Try again a.jpg").click()
    received(page)
    assert [name for name, _ in handed_in(site, ana)] == ["a.jpg"]


def test_leaving_is_asked_about_only_while_something_is_sent(page: Page, tmp_path: Path) -> None:
    leaving = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(leaving) is False
    page.route("**/tickets", lambda route: None)
    page.locator("#files").set_input_files(picture(tmp_path, "stay.jpg", 24))
    expect(page.locator("#rows li")).to_have_count(1)
    assert page.evaluate(leaving) is True
    page.get_by_role("button", name="Cancel stay.jpg").click()
    assert page.evaluate(leaving) is False


def test_the_pauses_between_tries_grow_and_end_growing(page: Page) -> None:
    script = page.locator("link[rel=modulepreload][href$='waiting.js']").get_attribute("href")
    pauses = page.evaluate(
        f"import('{script}').then(({{ pause }}) => [0, 1, 2, 3, 9, 99].map((n) => pause(n, 0.5)))"
    )
    assert pauses == [500, 1000, 2000, 4000, 20_000, 20_000]
