"""Headers and cookies of every answer that the site can give."""

from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Mount, Route

from loupe import visits as people
from tests.visits.house import PUBLIC, House, house, public

OWASP = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def paths(here: House) -> list[tuple[str, str]]:
    """Every method and path of the app, with the wildcards filled in."""
    found = []
    for route in here.app.routes:
        assert isinstance(route, Route | Mount)
        path = route.path.replace("{rest:path}", "x/y").replace("{token}", "x").replace("{id}", "0" * 32)
        methods = route.methods or {"GET"} if isinstance(route, Route) else {"GET"}
        found += [(method, path.replace("{", "").replace("}", "")) for method in sorted(methods)]
    return [*found, ("GET", "/nothing"), ("POST", "/nothing"), ("PUT", "/in")]


def answers(here: House, path_to_skip: str = "/live") -> list[tuple[str, Any]]:
    """What everybody gets: a stranger and somebody who is signed in, with a browser and without."""
    member, found = here.browser(), []
    here.sign_in(member)
    kept = dict(member.cookies)
    for accept in ("text/html", "*/*"):
        for cookies in ({}, kept):
            for method, path in paths(here):
                if path == path_to_skip and cookies:
                    continue  # a stream without an end
                browser = here.browser()
                browser.cookies.update(cookies if path != "/out" else {})
                answer = browser.request(method, path, headers={"accept": accept})
                found.append((f"{method} {path} {accept} {bool(cookies)}", answer))
    return found


@pytest.fixture(scope="module", params=["own", "public"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp(request.param)
    return public(folder) if request.param == "public" else house(folder)


@pytest.fixture(scope="module")
def all_answers(site: House) -> list[tuple[str, Any]]:
    return answers(site)


def test_every_page_says_what_it_may_load_and_that_nobody_frames_it(
    all_answers: list[tuple[str, Any]],
) -> None:
    pages = [(n, a) for n, a in all_answers if a.headers.get("content-type", "").startswith("text/html")]
    assert len(pages) > 20
    for name, answer in pages:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "base-uri 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert "*" not in policy, name
        assert " http:" not in policy, name


def test_no_answer_breaks_and_none_has_its_type_guessed(all_answers: list[tuple[str, Any]]) -> None:
    for name, answer in all_answers:
        assert answer.status_code < 500, name
        assert answer.headers["x-content-type-options"] == "nosniff", name
        assert "referrer-policy" in answer.headers, name
        assert "access-control-allow-origin" not in answer.headers or "POST /upload" in name, name


def test_tls_is_demanded_where_there_is_tls_and_there_alone(
    site: House, all_answers: list[tuple[str, Any]]
) -> None:
    demanded = {"strict-transport-security" in answer.headers for _, answer in all_answers}
    assert demanded == {site.url.startswith("https:")}


def test_the_pages_of_the_site_have_what_owasp_asks_for(site: House) -> None:
    browser = site.browser()
    for path in ("/in", "/join/x", "/in/x", "/nothing"):
        headers = browser.get(path).headers
        assert {name: headers[name] for name in OWASP} == OWASP
        assert "camera=(self)" in headers["permissions-policy"]
        assert "server" not in headers


def test_no_page_has_code_or_style_in_it(site: House) -> None:
    """What the policy would refuse is not there in the first place."""
    browser = site.browser()
    site.base.database.connection().executescript("DELETE FROM askings")
    asking = site.ask(browser)
    texts = [browser.get(path).text for path in ("/in", "/in/code", f"/in/{asking.token}", "/nothing")]
    site.sign_in(browser)
    texts += [browser.get(path).text for path in ("/", "/in")]
    for text in texts:
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "javascript:" not in text
        for script in text.split("<script")[1:]:
            assert 'type="application/json"' in script.split(">")[0] or "src=" in script.split(">")[0]


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(site: House) -> None:
    browser = site.browser()
    site.base.database.connection().executescript("DELETE FROM askings")
    given = [browser.post("/language", data={"language": "de"})]
    given.append(browser.post("/in", data={"mailbox": "eve@example.org"}))
    given.append(browser.post(f"/in/{site.pending()[0].token}"))
    given.append(browser.post("/out"))
    link = people.personal_link(site.base, "T1", "U1", "x").removeprefix(site.url)
    given.append(browser.post(link))
    cookies = [each for answer in given for each in answer.headers.get_list("set-cookie")]
    assert len(cookies) == 6
    for cookie in cookies:
        said = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= said
        assert not any(part.startswith("domain") for part in said)
        assert ("secure" in said) is site.url.startswith("https:")
    named = {cookie.partition("=")[0] for cookie in cookies}
    prefix = "__Host-" if site.url.startswith("https:") else ""
    assert named == {f"{prefix}loupe", f"{prefix}loupe-asking", "loupe-language"}


def test_troubles_are_a_page_for_people_and_json_for_scripts(tmp_path: Path) -> None:
    here = house(tmp_path)
    browser = here.browser()
    page = browser.get("/nothing")
    assert (page.status_code, "There is nothing here" in page.text) == (404, True)
    german = browser.get("/nothing", headers={"accept-language": "de-AT,en;q=0.5"})
    assert "Hier ist nichts" in german.text
    said = browser.get("/nothing", headers={"accept": "application/json"})
    assert said.json() == {"error": "The address is wrong, or what was here is gone."}
    unknown = browser.post("/tickets", json={}, headers={"accept": "*/*"})
    assert (unknown.status_code, "error" in unknown.json()) == (401, True)
    refused = browser.post("/in", headers={"origin": "https://evil.example"})
    assert (refused.status_code, "Not from here" in refused.text) == (403, True)


@pytest.mark.parametrize(("fault", "status"), [("Unavailable", 503), ("ValueError", 500)])
def test_what_went_wrong_inside_is_not_told_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, status: int
) -> None:
    from pipeline import errors
    from pipeline.adapters.sqlite_visitors import SqliteVisitors

    kind = getattr(errors, fault, ValueError)

    def fails(*_: object) -> None:
        raise kind("The disk /srv/secret is full.")

    monkeypatch.setattr(SqliteVisitors, "waiting", fails)
    answer = house(tmp_path).browser(raise_server_exceptions=False).get("/in/x")
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_language_that_was_chosen_goes_before_what_the_browser_asks_for(tmp_path: Path) -> None:
    browser = house(tmp_path).browser()
    assert '<html lang="en"' in browser.get("/in").text
    assert browser.post("/language", data={"language": "de", "next": "/in"}).headers["location"] == "/in"
    assert '<html lang="de"' in browser.get("/in").text
    browser.post("/language", data={"language": "<script>"})
    assert '<html lang="de"' in browser.get("/in").text


def test_a_site_with_tls_says_so(tmp_path: Path) -> None:
    assert public(tmp_path).browser().get("/in").url.scheme == PUBLIC.partition(":")[0]
