"""The outbox shows what letters would bring, to whoever sits at this machine and to nobody else."""

from pathlib import Path

import pytest

from tests.visits.house import ANA, PUBLIC, house


def test_it_shows_the_letters_that_are_still_good(tmp_path: Path) -> None:
    here = house(tmp_path)
    browser = here.browser()
    assert "Nobody waits" in browser.get("/outbox").text
    asking, other = here.ask(browser), here.ask(browser, "bob@example.org")
    page = browser.get("/outbox").text
    for each in (asking, other):
        assert f'href="/in/{here_token(page, each.token)}"' in page
        assert each.code in page
        assert each.mailbox in page
    browser.post(f"/in/{other.token}")
    with here.base.database.write() as connection:
        connection.execute("UPDATE askings SET at=at-901 WHERE mailbox=?", (ANA,))
    assert "Nobody waits" in browser.get("/outbox").text


def here_token(page: str, token: str) -> str:
    assert page.count(token) == 1
    return token


def test_the_page_that_asks_for_the_code_leads_there(tmp_path: Path) -> None:
    here = house(tmp_path)
    browser = here.browser()
    here.ask(browser)
    assert 'href="/outbox"' in browser.get("/in/code").text


@pytest.mark.parametrize(
    "given",
    [
        {"public_url": PUBLIC},
        {"host": "0.0.0.0"},
        {"host": "192.0.2.1"},
        {"mail": "smtp://localhost:25"},
        {"public_url": PUBLIC, "metrics_token": "a token"},
    ],
    ids=str,
)
def test_a_site_that_others_reach_or_that_sends_mail_has_none(tmp_path: Path, given: dict[str, str]) -> None:
    here = house(tmp_path, **given)
    for url in (here.url, "http://127.0.0.1:8080"):
        for headers in ({}, {"authorization": "Bearer a token"}):
            assert here.browser(url).get("/outbox", headers=headers).status_code == 404
    assert 'href="/outbox"' not in here.browser().get("/in").text


@pytest.mark.parametrize(
    "told",
    [
        {"x-forwarded-for": "203.0.113.9"},
        {"x-forwarded-host": "pictures.example.org"},
        {"forwarded": "for=203.0.113.9"},
        {"x-real-ip": "203.0.113.9"},
        {"via": "1.1 proxy"},
        {"host": "pictures.example.org"},
        {"host": "192.168.1.5:8080"},
    ],
    ids=str,
)
def test_whoever_comes_by_a_proxy_or_another_name_sees_nothing(tmp_path: Path, told: dict[str, str]) -> None:
    here = house(tmp_path)
    asking = here.ask(here.browser())
    answer = here.browser().get("/outbox", headers=told)
    assert answer.status_code == 404
    assert asking.code not in answer.text
