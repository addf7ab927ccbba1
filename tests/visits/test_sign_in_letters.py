"""The letter that lets somebody in, from the form to a real mail server and back through the door."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loupe.news import sender
from pipeline.letters.signing_in import LANGUAGES, Key, key_letter
from pipeline.news import MAIL
from pipeline.outbox import Missed, Outcome, Parked, Sent
from pipeline.visitors import Asking
from tests.mail.office import Book, served
from tests.mail.reading import part
from tests.visits.house import ANA, PUBLIC, House, public
from web.words import LANGUAGES as OF_PAGES


@dataclass
class Post:
    """A site, and the server that its mail goes to."""

    here: House
    book: Book

    def send(self) -> list[Outcome]:
        """What is due now."""
        with self.here.base.database.write() as connection:
            connection.execute("UPDATE deliveries SET due_at=0 WHERE state='due'")
        sending = sender(self.here.base)
        carrier: Any = sending.carriers[MAIL]
        outcomes = sending.send_due(MAIL, "test")
        carrier._post.close()
        sending.outbox.turn(MAIL, "test", outcomes, want=0, lease=60)
        return outcomes

    def texts(self, mailbox: str = ANA) -> list[str]:
        return [part(each, "plain") for each in self.book.messages(mailbox)]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    book = Book()
    with served(book) as where:
        yield Post(public(tmp_path, mail=f"smtp://{where}", mail_from="Loupe <loupe@example.org>"), book)


def secrets(text: str) -> tuple[str, str]:
    """Link and code, as a person finds them."""
    (link,) = re.findall(rf"{PUBLIC}(/in/[0-9a-f]+)$", text, re.MULTILINE)
    (code,) = re.findall(r"code: (\d{6})$", text, re.MULTILINE | re.IGNORECASE)
    return link, code


def test_the_link_in_the_letter_lets_in_once(post: Post) -> None:
    browser = post.here.browser()
    post.here.ask(browser)
    assert [type(each) for each in post.send()] == [Sent]
    link, _ = secrets(post.texts()[0])
    phone, late = post.here.browser(), post.here.browser()
    assert phone.get(link).status_code == 200
    assert phone.post(link).status_code == 303
    assert post.here.who(phone)
    assert late.post(link).status_code == 404


def test_the_code_in_the_letter_lets_in_once(post: Post) -> None:
    browser = post.here.browser()
    post.here.ask(browser)
    post.send()
    _, code = secrets(post.texts()[0])
    kept = dict(browser.cookies)
    assert browser.post("/in/code", data={"code": code}).status_code == 303
    assert post.here.who(browser)
    late = post.here.browser()
    late.cookies.update(kept)
    assert late.post("/in/code", data={"code": code}).status_code == 422


def test_both_parts_say_the_same_and_where_and_until_when(post: Post) -> None:
    asking = post.here.ask(post.here.browser())
    post.send()
    (letter,) = post.book.messages(ANA)
    until = f"{datetime.fromtimestamp(asking.expires, UTC):%H:%M} UTC"
    for kind in ("plain", "html"):
        text = part(letter, kind)
        for said in (f"{PUBLIC}/in/{asking.token}", asking.code, until, "pictures.example.org"):
            assert said in text, (kind, said)
    assert asking.code not in str(letter["Subject"])
    assert asking.token not in str(letter.items())
    assert letter["To"] == ANA
    assert letter["Auto-Submitted"] == "auto-generated"


def test_the_letter_is_in_the_language_of_the_page(post: Post) -> None:
    browser = post.here.browser(headers={"accept-language": "de"})
    post.here.ask(browser)
    post.send()
    (letter,) = post.book.messages(ANA)
    assert str(letter["Subject"]) == "Loupe: Anmelden bei pictures.example.org"
    assert "Ihr Code" in part(letter, "plain")
    assert '<html lang="de">' in part(letter, "html")


def test_letters_know_every_language_of_the_pages() -> None:
    assert LANGUAGES.keys() == OF_PAGES.keys()
    other = key_letter(Key("example.org", "https://example.org/in/x", "123456", 0.0, "fr"))
    assert other.language == "en"


def test_two_askings_are_two_letters_and_the_use_of_one_ends_the_other(post: Post) -> None:
    browser = post.here.browser()
    post.here.ask(browser)
    post.here.ask(browser)
    post.send()
    first, second = (secrets(text)[0] for text in post.texts())
    assert browser.post(first).status_code == 303
    assert browser.post(second).status_code == 404


@pytest.mark.parametrize("why", ["old", "used", "erased"])
def test_a_letter_that_lets_nobody_in_any_more_is_not_sent(post: Post, why: str) -> None:
    browser = post.here.browser()
    asking = post.here.ask(browser)
    assert spoil(post, asking, why)
    outcomes = post.send()
    assert [type(each) for each in outcomes] in ([Parked], [])
    assert post.book.got == []
    assert ANA not in str([getattr(each, "fault", "") for each in outcomes])


def spoil(post: Post, asking: Asking, why: str) -> bool:
    from loupe.visits import visitors

    if why == "used":
        return visitors(post.here.base).by_link(asking.token) is not None
    if why == "erased":
        return visitors(post.here.base).erase(ANA) is None
    with post.here.base.database.write() as connection:
        return connection.execute("UPDATE askings SET at=at-901").rowcount == 1


def test_a_server_that_is_busy_for_a_while_gets_it_once(post: Post) -> None:
    post.book.at_rcpt = lambda mailbox, times: "450 4.2.0 Greylisted" if times < 3 else None
    post.here.ask(post.here.browser())
    assert [type(post.send()[0]) for _ in range(3)] == [Missed, Missed, Sent]
    assert post.send() == []
    assert list(post.book.count().values()) == [1]


def test_a_letter_that_may_have_arrived_is_not_sent_again(post: Post) -> None:
    """docs/decisions/0015: in doubt, until somebody replays it."""
    post.book.breaks = {"after"}
    post.here.ask(post.here.browser())
    assert [type(each) for each in post.send()] == [Parked]
    post.book.breaks = set()
    assert post.send() == []
    assert list(post.book.count().values()) == [1]


def test_a_mailbox_of_an_operator_gets_the_same_letter(tmp_path: Path) -> None:
    book = Book()
    with served(book) as where:
        found = Post(public(tmp_path, mail=f"smtp://{where}", mail_to=(ANA,)), book)
        found.here.ask(found.here.browser())
        found.send()
    assert secrets(found.texts()[0])


def test_letters_leave_the_ledger_after_a_day(post: Post) -> None:
    from loupe.visits import rows

    post.here.ask(post.here.browser())
    post.send()
    (row,) = rows(post.here.base)
    with post.here.base.database.write() as connection:
        connection.execute("UPDATE askings SET at=at-90000")
        connection.execute("UPDATE deliveries SET born=born-90000")
    row.act()
    assert [post.here.count(table) for table in ("askings", "deliveries")] == [0, 0]
