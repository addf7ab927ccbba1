"""What other sites make a browser send changes nothing; under a name not ours nobody is signed in."""

from itertools import product
from pathlib import Path

import pytest
from starlette.requests import Request

from loupe import visits as people
from tests.visits.house import ANA, PUBLIC, House, house, public
from web.hosts import Hosts

WAYS = {
    "ours": ({"origin": "{site}", "sec-fetch-site": "same-origin"}, True),
    "an old browser": ({"origin": "{site}"}, True),
    "no origin, same": ({"sec-fetch-site": "same-origin"}, True),
    "nothing": ({}, False),
    "another site": ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, False),
    "null": ({"origin": "null"}, False),
    "null, same": ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
    "ours by a liar": ({"origin": "{site}", "sec-fetch-site": "cross-site"}, False),
    "a neighbour": ({"sec-fetch-site": "same-site"}, False),
    "typed": ({"sec-fetch-site": "none"}, False),
    "longer": ({"origin": "{site}.evil.example"}, False),
    "another port": ({"origin": "{site}1"}, False),
    "upper case": ({"origin": "{SITE}"}, False),
    "two": ({"origin": "{site} https://evil.example"}, False),
}
FORMS = (
    "/in",
    "/in/code",
    "/in/{token}",
    "/join/{join}",
    "/out",
    "/language",
    "/tickets",
    "/tickets/" + "0" * 32,
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, House]:
    return {"own": house(tmp_path_factory.mktemp("own")), "public": public(tmp_path_factory.mktemp("public"))}


@pytest.mark.parametrize(("where", "way"), list(product(("own", "public"), WAYS)))
def test_only_pages_of_ours_change_anything(sites: dict[str, House], where: str, way: str) -> None:
    here, (sent, let) = sites[where], WAYS[way]
    browser = here.browser()
    here.base.database.connection().executescript("DELETE FROM askings")
    known = {"token": here.ask(browser).token}
    known["join"] = people.personal_link(here.base, "T1", "U1", "x").rpartition("/")[2]
    browser.cookies.clear()
    before = [here.count(table) for table in ("askings", "visitors", "sessions", "tickets")]
    headers = {n: v.format(site=here.url, SITE=here.url.upper()) for n, v in sent.items()}
    browser.headers.pop("origin")
    for path in FORMS:
        answer = browser.post(path.format(**known), data={"mailbox": ANA, "code": "1"}, headers=headers)
        assert (answer.status_code == 403) is not let, (path, answer.text)
        assert let or "set-cookie" not in answer.headers
    assert let or [here.count(table) for table in ("askings", "visitors", "sessions", "tickets")] == before


@pytest.mark.parametrize("name", ["x-http-method-override", "x-method-override", "_method"])
def test_a_request_that_looks_cannot_be_made_to_change(sites: dict[str, House], name: str) -> None:
    here = sites["own"]
    browser = here.browser()
    here.sign_in(browser, f"{len(name)}@example.org")
    answer = browser.get(f"/out?{name}=POST", headers={name: "POST", "origin": "https://evil.example"})
    assert answer.status_code == 405
    assert here.who(browser)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GETX"])
def test_other_methods_are_refused(sites: dict[str, House], method: str) -> None:
    for path in ("/in", "/out", "/language", "/tickets"):
        assert sites["own"].browser().request(method, path).status_code == 405


REBOUND = ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
           "evil.example#127.0.0.1", "2130706433", "0x7f.1", "", "[", "127.0.0.1@evil.example", "0.0.0.0",
           "192.168.0.1"]  # fmt: skip


@pytest.mark.parametrize("host", REBOUND)
def test_a_name_that_is_not_ours_signs_nobody_in(tmp_path: Path, host: str) -> None:
    """DNS rebinding: the page of another site takes its own name here, and is of one origin with it."""
    here = house(tmp_path)
    browser = here.browser()
    here.sign_in(browser)
    told = {"host": host, "origin": f"http://{host}"}
    for path in ("/in", "/in/code", "/join/x", "/"):
        assert browser.get(path, headers=told).status_code == 421, path
    assert browser.post("/in", data={"mailbox": ANA}, headers=told).status_code == 421
    assert browser.get("/live", headers=told).status_code in (401, 421)
    assert browser.get("/outbox", headers=told).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.1", "LOCALHOST"])
def test_all_names_of_this_machine_are_ours(tmp_path: Path, host: str) -> None:
    browser = house(tmp_path).browser()
    told = {"host": host, "origin": f"http://{host.lower()}"}
    assert browser.get("/in", headers=told).status_code == 200
    assert browser.post("/in", data={"mailbox": ANA}, headers=told).status_code == 303


def request(host: str) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host.encode())]})


@pytest.mark.parametrize(
    ("hosts", "host", "known"),
    [
        (Hosts(PUBLIC), "pictures.example.org", True),
        (Hosts(PUBLIC), "Pictures.Example.org:443", True),
        (Hosts(PUBLIC), "127.0.0.1:8080", True),
        (Hosts(PUBLIC), "192.0.2.1", False),
        (Hosts(PUBLIC), "example.org", False),
        (Hosts("http://127.0.0.1:8080", open=True), "192.0.2.1:8080", True),
        (Hosts("http://127.0.0.1:8080", open=True), "[2001:db8::1]:8080", True),
        (Hosts("http://127.0.0.1:8080", open=True), "pictures.example.org", False),
    ],
)
def test_the_names_of_a_site(hosts: Hosts, host: str, known: bool) -> None:
    assert hosts.knows(request(host)) is known


def test_a_plain_page_under_the_name_of_a_site_with_tls_is_not_ours() -> None:
    """Whoever sits in between can write one."""
    assert Hosts(PUBLIC).origins(request("pictures.example.org")) == {PUBLIC}


@pytest.mark.parametrize(
    "told",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"},
        {"forwarded": "for=203.0.113.9;host=evil.example"},
        {"x-original-url": "/outbox", "x-rewrite-url": "/outbox"},
        {"x-forwarded-prefix": "//evil.example"},
    ],
)
def test_what_a_proxy_might_say_leads_nobody_away(tmp_path: Path, told: dict[str, str]) -> None:
    browser = public(tmp_path).browser()
    answer = browser.get("/", headers=told)
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")
    assert "evil" not in browser.get("/in", headers=told).text
