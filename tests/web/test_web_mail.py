"""The pages behind the links in letters: looking changes nothing, a button does, nobody learns more."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.errors import Unavailable
from pipeline.subscribers import Tokens
from tests.validators.checking import wrong_html
from web.assets import static_routes
from web.mail import routes

ADA = "Ada@example.org"
TOKENS = Tokens(b"a key of the tests")
STOP = f"/mail/stop/{TOKENS.stopping(ADA.lower())}"
NOWHERE = "x" * 32


@pytest.fixture
def people(tmp_path: Path) -> SqliteSubscribers:
    return SqliteSubscribers(Database(tmp_path / "ledger.sqlite"), TOKENS)


@pytest.fixture
def site(people: SqliteSubscribers) -> TestClient:
    return TestClient(Starlette(routes=[*static_routes(), *routes(people)]))


def confirm(people: SqliteSubscribers) -> str:
    """The path of a letter's link."""
    return f"/mail/confirm/{TOKENS.confirming(people.ask(ADA, '').nonce)}"


def state(people: SqliteSubscribers) -> str:
    (one,) = people.all()
    return one.state


def test_whoever_follows_a_link_confirms_nothing(people: SqliteSubscribers, site: TestClient) -> None:
    path = confirm(people)
    for _ in range(3):
        answer = site.get(path)
        assert answer.status_code == 200
        assert f"It will go to {ADA}." in answer.text
        assert '<form method="post">' in answer.text
        assert site.head(path).status_code == 200
    assert state(people) == "pending"


def test_the_button_confirms_once(people: SqliteSubscribers, site: TestClient) -> None:
    path = confirm(people)
    assert "Thank you" in site.post(path).text
    assert state(people) == "confirmed"
    again = site.post(path)
    assert (again.status_code, "This link leads nowhere" in again.text) == (404, True)


def test_looking_at_the_page_to_stop_stops_nothing_and_its_button_does(
    people: SqliteSubscribers, site: TestClient
) -> None:
    site.post(confirm(people))
    assert "Send no more" in site.get(STOP).text
    assert state(people) == "confirmed"
    for _ in range(2):
        assert "That is all" in site.post(STOP).text
        assert state(people) == "stopped"


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_a_mail_program_stops_with_one_click(people: SqliteSubscribers, site: TestClient, form: str) -> None:
    """RFC 8058, section 3.2: both forms of body, no cookie, no referrer, and no redirect in the answer."""
    site.post(confirm(people))
    body = {"List-Unsubscribe": "One-Click"}
    answer = site.post(STOP, data=body) if form == "urlencoded" else site.post(
        STOP, files={name: (None, value) for name, value in body.items()}, follow_redirects=False
    )  # fmt: skip
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert state(people) == "stopped"


@pytest.mark.parametrize("name", ["confirm", "stop"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", [NOWHERE, "x", "x" * 5000, "..%2f..", "%00", "é", "<script>"])
def test_unknown_links_all_get_the_same_page(site: TestClient, name: str, method: str, token: str) -> None:
    answer = site.request(method, f"/mail/{name}/{token}")
    assert answer.status_code == 404
    if answer.headers["content-type"].startswith("text/html"):
        assert answer.text == site.get(f"/mail/stop/{NOWHERE}").text


@pytest.mark.parametrize("path", ["/mail", "/mail/", "/mail/confirm", "/mail/confirm/", "/mail/x/y"])
def test_beside_the_links_there_is_nothing(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_no_cache_no_referrer_no_script_no_other_site(people: SqliteSubscribers, site: TestClient) -> None:
    for answer in (site.get(confirm(people)), site.get(f"/mail/stop/{NOWHERE}")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in answer.text


def test_a_mailbox_is_words_on_the_page(people: SqliteSubscribers, site: TestClient) -> None:
    people.ask("a&b'c@example.org", "")
    (one,) = people.all()
    assert "a&amp;b&#39;c@example.org" in site.get(f"/mail/confirm/{TOKENS.confirming(one.nonce)}").text


def test_a_broken_ledger_is_told_in_words() -> None:
    class Broken:
        def fails(self, token: str) -> str | None:
            raise Unavailable("The disk is full.")

        waiting = confirm = stoppable = stop = fails

    answer = TestClient(Starlette(routes=routes(Broken()))).post(STOP)
    assert (answer.status_code, "try it again" in answer.text) == (503, True)
    assert "disk" not in answer.text


def test_the_pages_are_valid_html(people: SqliteSubscribers, site: TestClient) -> None:
    path = confirm(people)
    pages = {"confirm": site.get(path).text, "confirmed": site.post(path).text, "stop": site.get(STOP).text}
    pages |= {"stopped": site.post(STOP).text, "nowhere": site.get(f"/mail/stop/{NOWHERE}").text}
    assert wrong_html(pages) == {name: [] for name in pages}
