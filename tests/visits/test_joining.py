"""Personal links from Slack let one account in, once; with a mailbox it becomes one only when asked."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from starlette.testclient import TestClient

from loupe import visits as people
from pipeline.model import Source
from pipeline.visitors import Visitor
from tests.visits.house import ANA, House, heading, house


@pytest.fixture
def here(tmp_path: Path) -> House:
    return house(tmp_path)


def posted(here: House, person: str = "", team: str = "") -> str:
    """An image that somebody brought."""
    kind = "slack" if team else "upload"
    source = Source(kind, "a.jpg", "L", team=team, person=person)  # type: ignore[arg-type]
    return here.base.engine().enter([(f"{kind}/{person}/{team}", source)])[0].arrived.image


def link(here: House, image: str = "x", user: str = "U1", team: str = "T1") -> str:
    return people.personal_link(here.base, team, user, image).removeprefix(here.url)


def slack(here: House) -> Visitor:
    return people.invitations(here.base).of_slack("T1", "U1")


def test_the_link_says_whose_it_is_and_for_which_picture_and_changes_nothing(here: House) -> None:
    image = posted(here, "U1", "T1")
    short = people.short(here.base, image)
    path, browser = link(here, image), here.browser()
    for _ in range(3):
        page = browser.get(path)
        assert heading(page) == "A link for U1"
        assert short in page.text
        assert "set-cookie" not in page.headers
    entered = browser.post(path)
    assert (entered.status_code, entered.headers["location"]) == (303, f"/?original={short}")
    assert here.who(browser) == slack(here)


def test_it_works_once_and_for_15_minutes(here: House) -> None:
    used, old = link(here), link(here)
    browser = here.browser()
    assert browser.post(used).status_code == 303
    with here.base.database.write() as connection:
        connection.execute("UPDATE invitations SET at=at-901 WHERE used=0")
    stranger = here.browser()
    for method in ("GET", "POST"):
        found = [stranger.request(method, path) for path in (used, old, "/join/x", "/join/" + "x" * 300)]
        assert {(each.status_code, heading(each)) for each in found} == {(404, "This link leads nowhere")}
    assert here.who(stranger) is None


def test_of_eight_at_once_one_gets_in(here: House) -> None:
    path, start = link(here), Barrier(8)

    def enter(_: int) -> bool:
        browser = here.browser()
        start.wait()
        return browser.post(path).status_code == 303

    with ThreadPoolExecutor(8) as eight:
        assert sum(eight.map(enter, range(8))) == 1


def test_the_picture_may_be_gone_by_then(here: House) -> None:
    browser = here.browser()
    path = link(here, "gone")
    assert browser.get(path).status_code == 200
    assert browser.post(path).headers["location"] == "/"


def test_an_account_is_one_visitor_and_another_team_is_another(here: House) -> None:
    known = people.invitations(here.base)
    assert known.of_slack("T1", "U1") == known.of_slack("T1", "U1")
    assert len({known.of_slack(t, u).id for t in ("T1", "T2") for u in ("U1", "U2")}) == 4


def test_without_the_question_being_answered_nobody_is_joined(here: House) -> None:
    """A link that somebody else sent must not open one's pictures to them."""
    browser = here.browser()
    ana = here.sign_in(browser)
    path = link(here)
    assert "Both are me" in browser.get(path).text
    assert browser.post(path, data={"join": "no"}).status_code == 303
    assert here.who(browser) == slack(here)
    assert slack(here).id != ana.id
    assert slack(here).mailbox == ""


def joined(here: House, browser: TestClient) -> Visitor:
    path = link(here)
    assert ANA in browser.get(path).text
    assert browser.post(path, data={"join": "yes"}).status_code == 303
    found = here.who(browser)
    assert found
    assert (found.mailbox, found.team, found.user) == (ANA, "T1", "U1")
    assert len(people.visitors(here.base).all()) == 1
    assert slack(here) == found
    return found


def test_both_become_one_when_the_person_says_so(here: House) -> None:
    browser = here.browser()
    ana = here.sign_in(browser)
    posted(here, ana.id)
    assert joined(here, browser).id == ana.id, "her picture stays hers"


def test_who_brought_something_as_slack_person_stays_that_one(here: House) -> None:
    browser, desk = here.browser(), here.browser()
    here.sign_in(desk)
    here.sign_in(browser)
    eve = slack(here)
    posted(here, eve.id)
    one = joined(here, browser)
    assert one.id == eve.id, "the picture stays theirs"
    assert here.who(desk) == one, "other devices stay signed in"
    again = here.browser()
    assert here.sign_in(again) == one, "the mailbox leads to the same person"


def test_two_who_both_own_something_stay_two(here: House) -> None:
    browser = here.browser()
    ana = here.sign_in(browser)
    posted(here, ana.id)
    posted(here, slack(here).id)
    path = link(here)
    assert "Both are me" not in browser.get(path).text
    browser.post(path, data={"join": "yes"})
    assert here.who(browser) == slack(here)
    assert people.visitors(here.base).get(ana.id) == ana


def test_a_mailbox_has_one_account_and_an_account_one_mailbox(here: House) -> None:
    browser = here.browser()
    here.sign_in(browser)
    one = joined(here, browser)
    other = link(here, user="U2")
    assert "Both are me" not in browser.get(other).text
    browser.post(other, data={"join": "yes"})
    assert here.who(browser) == people.invitations(here.base).of_slack("T1", "U2")
    bob = here.browser()
    here.sign_in(bob, "bob@example.org")
    again = link(here)
    assert "Both are me" not in bob.get(again).text
    bob.post(again, data={"join": "yes"})
    assert here.who(bob) == one
    assert one.mailbox == ANA


def test_who_follows_the_own_link_again_stays_who_they_are(here: House) -> None:
    browser = here.browser()
    browser.post(link(here))
    browser.post(link(here), data={"join": "yes"})
    assert here.who(browser) == slack(here)
    assert here.count("visitors") == 1


def test_the_file_does_not_have_the_link(here: House) -> None:
    token = link(here).rpartition("/")[2]
    here.base.database.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert token.encode() not in here.base.database.path.read_bytes()
