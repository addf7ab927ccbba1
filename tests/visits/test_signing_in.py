"""Signing in by the pages, as browsers do it without a script."""

import logging
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from starlette.testclient import TestClient

from loupe import visits as people
from loupe.settings import load
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Misconfigured
from tests.validators.checking import wrong_html
from tests.visits.house import ANA, PUBLIC, House, heading, house, public
from tests.web.serving import served


@pytest.fixture
def here(tmp_path: Path) -> House:
    return house(tmp_path)


def test_who_is_not_signed_in_is_asked_to_and_comes_back(here: House) -> None:
    browser = here.browser()
    asked = browser.get("/?original=IMG-7F3K")
    assert (asked.status_code, asked.headers["location"]) == (303, "/in?next=%2F%3Foriginal%3DIMG-7F3K")
    assert 'value="/?original=IMG-7F3K"' in browser.get(asked.headers["location"]).text
    asking = here.ask(browser, next="/?original=IMG-7F3K")
    entered = browser.post(f"/in/{asking.token}")
    assert (entered.status_code, entered.headers["location"]) == (303, "/?original=IMG-7F3K")
    assert browser.get("/").status_code == 200


def test_the_link_works_in_another_browser_than_the_one_that_asked(here: House) -> None:
    desk, phone = here.browser(), here.browser()
    asking = here.ask(desk)
    assert heading(phone.get(f"/in/{asking.token}")) == f"Sign in as {ANA}?"
    phone.post(f"/in/{asking.token}")
    assert here.who(phone)
    assert here.who(desk) is None


def test_the_code_works_only_in_the_browser_that_asked(here: House) -> None:
    desk, phone = here.browser(), here.browser()
    asking = here.ask(desk)
    assert phone.post("/in/code", data={"code": asking.code}).status_code == 422
    assert here.who(phone) is None
    assert desk.post("/in/code", data={"code": asking.code}).headers["location"] == "/"
    assert here.who(desk)


def test_a_code_may_be_typed_with_spaces(here: House) -> None:
    browser = here.browser()
    code = here.ask(browser).code
    assert browser.post("/in/code", data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_looking_at_a_link_changes_nothing(here: House) -> None:
    browser = here.browser()
    path = f"/in/{here.ask(browser).token}"
    for _ in range(3):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
        assert "set-cookie" not in browser.get(path).headers
    assert browser.post(path).status_code == 303


def test_used_old_and_unknown_links_are_alike(here: House) -> None:
    browser = here.browser()
    used, old = here.ask(browser), here.ask(browser)
    browser.post(f"/in/{used.token}")
    with here.base.database.write() as connection:
        connection.execute("UPDATE askings SET used=0, at=at-901 WHERE id=?", (old.id,))
    stranger = here.browser()
    for method in ("GET", "POST"):
        answers = [
            stranger.request(method, f"/in/{t}") for t in (used.token, old.token, "x" * 48, "x", "x" * 500)
        ]
        assert {each.status_code for each in answers} == {404}
        texts = {each.text.split('class="language"')[0] for each in answers}
        assert len(texts) == 1, "only the way back, which is the address itself, differs"


def test_known_and_unknown_mailboxes_get_the_same_answer(here: House) -> None:
    known, unknown = here.browser(), here.browser()
    here.sign_in(here.browser())
    pages = []
    for browser, mailbox in ((known, ANA), (unknown, "eve@example.org")):
        answer = browser.post("/in", data={"mailbox": mailbox})
        shown = browser.get(answer.headers["location"]).text.replace(mailbox, "")
        pages.append((answer.status_code, answer.text, shown, sorted(answer.headers)))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("way", ["link", "code"])
def test_of_eight_requests_at_once_one_gets_in(here: House, way: str) -> None:
    browser = here.browser()
    asking, start = here.ask(browser), Barrier(8)
    asked = dict(browser.cookies)

    def enter(_: int) -> bool:
        other = here.browser()
        other.cookies.update(asked)
        start.wait()
        path = f"/in/{asking.token}" if way == "link" else "/in/code"
        return other.post(path, data={"code": asking.code}).status_code == 303

    with ThreadPoolExecutor(8) as eight:
        assert sum(eight.map(enter, range(8))) == 1
    assert here.count("sessions") == 1


def test_wrong_codes_are_told_and_the_fifth_ends_it(here: House) -> None:
    browser = here.browser()
    asking = here.ask(browser)
    wrong = f"{(int(asking.code) + 1) % 10**6:06}"
    for _ in range(4):
        answer = browser.post("/in/code", data={"code": wrong})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
        assert "This is not the code" in answer.text
    over = browser.post("/in/code", data={"code": wrong})
    assert over.status_code == 422
    assert "ask for a new letter" in browser.post("/in/code", data={"code": asking.code}).text
    assert here.who(browser) is None
    assert browser.get("/in/code").headers["location"] == "/in"
    assert browser.post(f"/in/{asking.token}").status_code == 303, "guesses shut out no owner"


def test_a_network_that_guesses_is_told_to_use_the_link(here: House) -> None:
    for number in range(6):
        browser = here.browser()
        here.ask(browser, f"a{number}@example.org")
        for _ in range(5):
            browser.post("/in/code", data={"code": "none"})
    browser = here.browser()
    asking = here.ask(browser)
    answer = browser.post("/in/code", data={"code": asking.code})
    assert (answer.status_code, "use the link" in answer.text) == (429, True)
    assert browser.post(f"/in/{asking.token}").status_code == 303


def test_too_many_letters_are_refused_until_an_hour_is_over(here: House) -> None:
    browser = here.browser()
    for _ in range(5):
        here.ask(browser)
    answer = browser.post("/in", data={"mailbox": ANA})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert "Too many letters" in answer.text
    assert len(here.pending()) == 5


def test_networks_count_as_one_by_their_first_part(tmp_path: Path) -> None:
    here = public(tmp_path)

    def ask(host: str, number: int) -> int:
        browser = TestClient(here.app, base_url=PUBLIC, client=(host, 50000), follow_redirects=False)
        data = {"mailbox": f"a{number}@example.org"}
        return browser.post("/in", data=data, headers={"origin": PUBLIC}).status_code

    assert [ask(f"192.0.2.{n}", n) for n in range(20)] == [303] * 20
    assert ask("192.0.2.99", 20) == 429
    assert ask("::ffff:192.0.2.98", 20) == 429
    assert [ask(f"2001:db8:5:{n:x}::1", 100 + n) for n in range(20)] == [303] * 20
    assert ask("2001:db8:5:ffff::2", 21) == 429
    assert ask("2001:db8:6::2", 21) == 303
    assert ask("198.51.100.1", 20) == 303


@pytest.mark.parametrize("words", ["", "ana", "ana@", "@example.org", "ana@exa mple.org", 'a"b@x.org',
                                   "ana@example.org\r\nBcc: eve@example.org", "x" * 300 + "@example.org",
                                   "ana@example.org, eve@example.org", "<script>@example.org"])  # fmt: skip
def test_what_is_no_address_is_said_back_as_words(here: House, words: str) -> None:
    answer = here.browser().post("/in", data={"mailbox": words})
    assert answer.status_code == 422
    assert "does not look like an e-mail address" in answer.text
    assert "<script>" not in answer.text
    assert here.pending() == []


def test_signing_out_ends_the_session_itself(here: House) -> None:
    browser = here.browser()
    here.sign_in(browser)
    stolen = dict(browser.cookies)
    answer = browser.post("/out", data={"where": "here"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")
    thief = here.browser()
    thief.cookies.update(stolen)
    assert here.who(thief) is None
    assert thief.get("/").status_code == 303


def test_signing_out_everywhere_ends_all_sessions(here: House) -> None:
    phone, desk, other = here.browser(), here.browser(), here.browser()
    here.sign_in(phone)
    here.sign_in(desk)
    here.sign_in(other, "bob@example.org")
    phone.post("/out", data={"where": "everywhere"})
    assert here.who(desk) is None
    assert here.who(other)


def test_every_sign_in_is_a_new_session_and_ends_the_one_before(here: House) -> None:
    """Nobody can be given a session that another knows."""
    browser = here.browser()
    here.sign_in(browser)
    before = dict(browser.cookies)
    here.sign_in(browser)
    assert dict(browser.cookies) != before
    thief = here.browser()
    thief.cookies.update(before)
    assert here.who(thief) is None
    assert here.count("sessions") == 1


def test_who_is_signed_in_already_is_told_so(here: House) -> None:
    browser = here.browser()
    here.sign_in(browser)
    page = browser.get("/in?next=/mine").text
    assert f"As {ANA}" in page
    assert 'href="/mine"' in page


def test_a_session_that_is_used_lasts_on(here: House) -> None:
    browser = here.browser()
    here.sign_in(browser)
    assert "set-cookie" not in browser.get("/").headers
    with here.base.database.write() as connection:
        connection.execute("UPDATE sessions SET used=used-100000")
    assert "Max-Age=2592000" in browser.get("/").headers["set-cookie"]


def test_the_code_page_without_a_letter_leads_to_the_first(here: House) -> None:
    assert here.browser().get("/in/code").headers["location"] == "/in"


def test_on_this_machines_own_site_the_link_is_printed(here: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "loupe.site"):
        asking = here.ask(here.browser())
    assert f"{here.url}/in/{asking.token}" in caplog.text
    assert asking.code in caplog.text


def test_with_mail_nothing_secret_is_printed_or_written_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    here = house(tmp_path, mail="smtp://localhost:25")
    with caplog.at_level(logging.DEBUG):
        asking = here.ask(here.browser())
    printed = caplog.text + str(capsys.readouterr())
    rows = [
        tuple(row) for t in ("pieces", "deliveries") for row in here.base.database.read(f"SELECT * FROM {t}")
    ]
    for secret in (asking.token, asking.code):
        assert secret not in printed
        assert secret not in str(rows)
    (standing,) = SqliteOutbox(here.base.database).standings()
    assert (standing.sink, standing.due) == ("mail", 1)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"public_url": PUBLIC}, "LOUPE_MAIL"),
        ({"host": "0.0.0.0"}, "LOUPE_MAIL"),
        ({"host": "0.0.0.0", "mail": "smtp://mail.example.org"}, "LOUPE_PUBLIC_URL"),
        ({"public_url": PUBLIC, "mail": "smtp://mail.example.org"}, "LOUPE_UPLOAD_DOMAINS"),
    ],
)
def test_a_public_site_says_what_has_to_be_set(tmp_path: Path, given: dict[str, str], missing: str) -> None:
    here = house(tmp_path, **given)
    browser = here.browser()
    assert missing in browser.get("/in").text
    assert 'name="mailbox"' not in browser.get("/in").text
    answer = browser.post("/in", data={"mailbox": ANA})
    assert (answer.status_code, missing in answer.text) == (503, True)
    assert here.count("askings") == 0


@pytest.mark.parametrize(
    ("domains", "mailbox", "status"),
    [
        (("example.org",), "ana@example.org", 303),
        (("example.org",), "ana@EXAMPLE.ORG", 303),
        (("example.org",), "ana@sub.example.org", 403),
        (("example.org",), "ana@notexample.org", 403),
        (("example.org",), "ana@example.org.evil.test", 403),
        (("*.example.org",), "ana@a.b.example.org", 303),
        (("*.example.org",), "ana@example.org", 403),
        (("*.example.org", "example.org"), "ana@example.org", 303),
        (("Bücher.example",), "ana@bücher.example", 303),
        (("*",), "ana@anything.test", 303),
    ],
)
def test_domains_say_who_may_come(
    tmp_path: Path, domains: tuple[str, ...], mailbox: str, status: int
) -> None:
    here = public(tmp_path, upload_domains=domains)
    assert here.browser().post("/in", data={"mailbox": mailbox}).status_code == status


def test_who_is_of_no_domain_any_more_is_signed_in_no_more_and_slack_people_are(tmp_path: Path) -> None:
    before = public(tmp_path)
    ana, eve = before.browser(), before.browser()
    before.sign_in(ana)
    eve.post(people.personal_link(before.base, "T1", "U1", "x").removeprefix(PUBLIC))
    after = public(tmp_path, upload_domains=("example.com",))
    kept, gone = after.browser(), after.browser()
    kept.cookies.update(dict(eve.cookies))
    gone.cookies.update(dict(ana.cookies))
    assert after.who(kept)
    assert after.who(gone) is None


def test_a_new_key_ends_everything(tmp_path: Path) -> None:
    before = house(tmp_path)
    browser = before.browser()
    before.sign_in(browser)
    asking = before.ask(browser)
    (tmp_path / "site.key").unlink()
    after = house(tmp_path)
    late = after.browser()
    late.cookies.update(dict(browser.cookies))
    assert after.who(late) is None
    assert late.post(f"/in/{asking.token}").status_code == 404
    assert late.post("/in/code", data={"code": asking.code}).status_code == 422


def test_the_pages_are_valid_html(here: House) -> None:
    browser = here.browser()
    pages = {"in": browser.get("/in").text, "bad": browser.post("/in", data={"mailbox": "x"}).text}
    asking = here.ask(browser)
    pages |= {"code": browser.get("/in/code").text, "link": browser.get(f"/in/{asking.token}").text}
    pages |= {
        "wrong": browser.post("/in/code", data={"code": "x"}).text,
        "outbox": browser.get("/outbox").text,
    }
    here.sign_in(browser)
    join = people.personal_link(here.base, "T1", "U1", "x").removeprefix(here.url)
    pages |= {"in_already": browser.get("/in").text, "join": browser.get(join).text}
    pages |= {"nowhere": browser.get("/join/x").text, "trouble": browser.get("/nothing").text}
    assert wrong_html(pages) == {name: [] for name in pages}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "anybody at this machine"),
        ({"mail": "smtp://localhost:25"}, "mailboxes of any domain"),
        ({"public_url": PUBLIC}, "set LOUPE_MAIL"),
        ({"public_url": PUBLIC, "mail": "smtp://localhost:25"}, "set LOUPE_UPLOAD_DOMAINS"),
        ({"host": "0.0.0.0", "mail": "smtp://mail.example.org"}, "set LOUPE_PUBLIC_URL"),
        (
            {"public_url": PUBLIC, "mail": "smtp://localhost:25", "upload_domains": ("example.org",)},
            "mailboxes of example.org; people of Slack",
        ),
    ],
)
def test_the_doctor_says_who_may_come(tmp_path: Path, given: dict[str, object], said: str) -> None:
    assert said in people.told(load(data=tmp_path, **given))


@pytest.mark.parametrize(
    "wrong", ["exa mple.org", "@example.org", "*.", "ana@example.org", "*.*.org", "-x.org"]
)
def test_domains_that_make_no_sense_stop_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Misconfigured, match="LOUPE_UPLOAD_DOMAINS"):
        load(data=tmp_path, upload_domains=(wrong,))


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        ("", "127.0.0.0/24"),
        ("203.0.113.9", "203.0.113.0/24"),
        ("192.0.2.66, 203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("nonsense", "nonsense"),
    ],
)
def test_behind_a_proxy_the_network_is_what_the_proxy_saw(here: House, forwarded: str, network: str) -> None:
    """What people claim of themselves stands before what the proxy adds, and is passed over."""
    with served(here.app) as url:
        told = {"origin": here.url, "host": "127.0.0.1:8080"} | (
            {"x-forwarded-for": forwarded} if forwarded else {}
        )
        request = urllib.request.Request(f"{url}/in", b"mailbox=ana%40example.org", told)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
    (row,) = here.base.database.read("SELECT network FROM askings")
    assert row["network"] == network
