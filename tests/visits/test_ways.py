"""Nobody is led away from the site, whatever an address says; cookies are taken only as they were given."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.visits.house import ANA, House, house
from web import ways

SITE = "http://127.0.0.1:8080"
AWAY = [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/%2f/evil.example",
    "javascript:alert(1)", "data:text/html,x", "/.//evil.example", "/../evil", "/a//evil.example", " /mine",
    "/mine\n", "/mine\r\nSet-Cookie: a=b", "/mine#x", "/mine?x=//evil.example", "/a/b/c", "mine", "", "////",
    "/\t/evil", "/?original=IMG-1&next=//evil", "/@evil.example", "/:80", "/mine?original=../x", "/é",
]  # fmt: skip
SPICED = st.text(st.sampled_from("/\\.:@?#%=&;\t\r\n\0 aevil中ftps2-_"), max_size=30) | st.text(max_size=60)


@pytest.mark.parametrize("way", AWAY)
def test_what_is_no_plain_path_of_ours_leads_to_the_first_page(way: str) -> None:
    assert ways.ours(way) == "/"


@pytest.mark.parametrize("way", ["/", "/mine", "/share", "/mine/IMG-7F3K", "/?original=IMG-7F3K", "/in/code"])
def test_plain_paths_stay(way: str) -> None:
    assert ways.ours(way) == way


@given(SPICED.map(lambda text: "/" + text) | SPICED)
def test_whatever_is_said_a_browser_stays_on_the_site(said: str) -> None:
    target = urlsplit(urljoin(f"{SITE}/in", ways.ours(said)))
    assert f"{target.scheme}://{target.netloc}" == SITE
    assert not ways.ours(said).startswith(("//", "/\\"))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(tmp_path_factory.mktemp("house"))


@pytest.mark.parametrize("way", AWAY)
def test_the_way_from_the_form_to_the_first_page_leads_nowhere_else(here: House, way: str) -> None:
    here.base.database.connection().executescript("DELETE FROM askings")
    browser = here.browser()
    assert "evil" not in browser.get("/in", params={"next": way}).text
    asking = here.ask(browser, next=way)
    assert browser.post(f"/in/{asking.token}").headers["location"] == "/"
    chosen = browser.post("/language", data={"language": "de", "next": way})
    assert chosen.headers["location"] == "/"


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["mailbox", "next", "code", "language", "where", "join"]), SPICED),
    st.sampled_from(["/in", "/in/code", "/in/abc", "/join/abc", "/out", "/language"]),
)
def test_whatever_a_form_says_it_is_answered(here: House, data: dict[str, str], path: str) -> None:
    browser = here.browser()
    answer = browser.post(path, data=data)
    assert answer.status_code in (200, 303, 403, 404, 422, 429)
    assert answer.headers.get("location", "/").startswith("/")
    assert not answer.headers.get("location", "/").startswith("//")


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=2_500),
    st.sampled_from(["/in", "/in/code", "/in/abc", "/join/abc", "/out", "/language"]),
)
def test_whatever_bytes_a_form_is_it_is_answered(here: House, body: bytes, path: str) -> None:
    answer = here.browser().post(path, content=body)
    assert answer.status_code < 500


@examples(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cookie_that_was_changed_lets_nobody_in(here: House, data: st.DataObject) -> None:
    browser = here.browser()
    if not here.base.database.read("SELECT 1 FROM sessions"):
        here.sign_in(browser, "sam@example.org")
    visits_cookie = _good(here)
    at = data.draw(st.integers(0, len(visits_cookie) - 1))
    letter = data.draw(st.sampled_from('abcxyzABCXYZ0189.-_%"=/+'))
    changed = visits_cookie[:at] + letter + visits_cookie[at + data.draw(st.integers(0, 3)) :]
    browser.cookies.clear()
    answer = browser.get("/", headers={"cookie": f"loupe={changed}"})
    assert (answer.status_code == 200) is (changed == visits_cookie)


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_a_cookie_of_any_bytes_lets_nobody_in(here: House, value: bytes) -> None:
    raw = bytes(each for each in value if each not in b"\r\n\0")
    answer = here.browser().get("/", headers={b"cookie": b"loupe=" + raw + b"; loupe-language=" + raw})
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")


def test_one_cookie_cannot_stand_in_for_another(here: House) -> None:
    browser = here.browser()
    here.base.database.connection().executescript("DELETE FROM askings")
    asking = here.ask(browser, ANA)
    swapped = browser.cookies["loupe-asking"]
    assert browser.get("/", headers={"cookie": f"loupe={swapped}"}).status_code == 303
    other = here.browser()
    page = other.get("/in/code", headers={"cookie": f"loupe-asking={_good(here)}"})
    assert page.status_code == 303
    assert asking.id not in page.text


_kept: dict[Path, str] = {}


def _good(here: House) -> str:
    """A cookie that lets in."""
    folder = here.base.settings.data
    if folder not in _kept:
        browser = here.browser()
        here.base.database.connection().executescript("DELETE FROM askings")
        here.sign_in(browser, "sam@example.org")
        _kept[folder] = browser.cookies["loupe"]
    return _kept[folder]
