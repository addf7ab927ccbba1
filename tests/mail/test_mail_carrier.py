"""News on its way to mailboxes: taken once, tried again, parked, or in doubt, and always to be seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import Unavailable
from pipeline.mailing import IN_DOUBT, MailCarrier
from pipeline.news import MAIL
from pipeline.outbox import Parked, Sent
from pipeline.posting import Answer, Parcel, Taken
from pipeline.sending import Sender
from tests.mail.house import OPS, SITE, TOKENS, House, house
from tests.mail.office import Book
from tests.mail.reading import part

ADA, GRACE = "Ada@example.org", "grace@example.org"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def test_an_operator_and_a_subscriber_get_a_digest_each_in_a_message_of_its_own(home: House) -> None:
    home.subscribe(ADA)
    home.tell(OPS, ADA)
    assert [type(each) for each in home.send()] == [Sent, Sent]
    (ops,), (ada,) = home.book.messages(OPS), home.book.messages(ADA)
    assert (ops["To"], ada["To"]) == (OPS, ADA)
    assert "Parked" in part(ops, "plain")
    assert "Parked" not in part(ada, "plain")
    assert ops["List-Unsubscribe"] is None
    assert ada["List-Unsubscribe"].startswith(f"<{SITE}/mail/stop/{TOKENS.stopping(ADA.lower())}>, <mailto:")
    assert ada["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_is_refused_for_the_moment_is_tried_again_and_arrives_once(home: House) -> None:
    home.book.at_rcpt = lambda mailbox, times: "450 4.2.0 Greylisted" if times < 3 else None
    home.tell(OPS)
    for _ in range(5):
        home.send()
        home.hurry()
    assert list(home.book.count().values()) == [1]
    assert (home.standing().due, home.standing().sent) == (0, 1)


def test_a_message_that_was_refused_after_it_was_handed_over_is_not_in_doubt(home: House) -> None:
    home.book.at_data = lambda mailbox, times: "451 4.3.0 Later" if times < 2 else None
    home.tell(OPS)
    home.send()
    home.hurry()
    assert [type(each) for each in home.send()] == [Sent]
    assert list(home.book.count().values()) == [1]


def test_mailboxes_that_wait_hold_up_no_other(home: House) -> None:
    home.book.at_rcpt = lambda mailbox, times: "450 4.2.0 Greylisted" if mailbox.startswith("slow") else None
    for number in range(12):
        home.subscribe(f"slow{number}@example.org")
        home.tell(f"slow{number}@example.org", number=number)
    home.tell(OPS, number=99)
    home.send()
    assert [mailbox for mailbox, _ in home.book.got] == [OPS]
    assert (home.standing().state, home.standing().due) == ("closed", 12)
    home.send()
    assert set(home.book.tried.values()) == {1}


def test_a_server_that_is_down_opens_the_breaker(home: House) -> None:
    home.book.breaks = {"rcpt"}
    for number in range(6):
        home.tell(OPS, number=number)
    home.send()
    assert home.standing().state == "open"


def test_what_is_refused_for_good_is_parked_with_the_servers_words(home: House) -> None:
    home.book.at_rcpt = lambda *_: "550 5.1.1 No such user"
    home.tell(OPS)
    (parked,) = home.send()
    assert isinstance(parked, Parked)
    assert parked.fault == "The mailbox was refused: 550 5.1.1 No such user"
    assert (home.standing().parked, home.standing().due) == (1, 0)


@pytest.mark.parametrize(("breaks", "kept"), [("before", 0), ("after", 1)])
def test_an_answer_that_never_came_is_in_doubt_seen_and_replayed_by_a_person_alone(
    home: House, breaks: str, kept: int
) -> None:
    home.book.breaks = {breaks}
    draft = home.tell(OPS)
    home.send()
    home.hurry()
    home.send()
    assert len(home.book.got) == kept
    assert home.standing().parked == 1
    assert home.standing().fault.startswith(IN_DOUBT)
    home.book.breaks = set()
    assert home.outbox.replay(MAIL) == 1
    assert [type(each) for each in home.send()] == [Sent]
    messages = home.book.messages(OPS)
    assert len(messages) == kept + 1
    assert len({str(each["Message-ID"]) for each in messages}) == 1
    assert draft.id in str(messages[0]["Message-ID"])


def test_whoever_lost_the_claim_sends_nothing(home: House) -> None:
    home.tell(OPS)
    (delivery,) = home.outbox.turn(MAIL, "one", [], want=1, lease=-1.0)
    (again,) = home.outbox.turn(MAIL, "two", [], want=1, lease=60)
    carrier = home.sender.carriers[MAIL]
    with pytest.raises(Unavailable):
        carrier.carry(delivery, lambda progress: home.outbox.note(delivery, progress))
    assert home.book.got == []
    carrier.carry(again, lambda progress: home.outbox.note(again, progress))
    assert len(home.book.got) == 1


def test_two_senders_at_once_send_each_message_once(home: House) -> None:
    for number in range(6):
        home.tell(OPS, number=number)
    first = home.sender.send_due(MAIL, "one")
    home.send("two")
    home.outbox.turn(MAIL, "one", first, want=0, lease=60)
    assert sorted(home.book.count().values()) == [1] * 6


def test_who_has_unsubscribed_since_gets_nothing(home: House) -> None:
    home.subscribe(ADA)
    home.tell(ADA)
    (delivery,) = home.outbox.turn(MAIL, "slow", [], want=1, lease=60)
    assert home.people.stop(TOKENS.stopping(ADA.lower())) == ADA
    with pytest.raises(Exception, match=r"A…@example.org gets no mail"):
        home.sender.carriers[MAIL].carry(delivery, lambda progress: None)
    assert home.book.got == []


def test_what_was_due_to_someone_who_stops_is_forgotten(home: House) -> None:
    home.subscribe(ADA)
    home.tell(ADA, OPS)
    home.people.stop(TOKENS.stopping(ADA.lower()))
    home.send()
    assert [mailbox for mailbox, _ in home.book.got] == [OPS]
    assert home.standing().parked == 0


def test_a_mailbox_that_does_not_exist_gets_no_second_message(home: House) -> None:
    home.subscribe(ADA)
    home.book.at_rcpt = lambda mailbox, times: "550 5.1.1 No such user"
    home.tell(ADA)
    home.send()
    assert home.people.all()[0].state == "bounced"
    assert "No such user" in home.people.all()[0].fault
    home.tell(ADA, number=2)
    home.send()
    assert home.book.tried[f"rcpt {ADA}"] == 1
    assert home.standing().parked == 2


def test_a_server_that_relays_for_nobody_is_not_the_mailboxs_fault(home: House) -> None:
    home.subscribe(ADA)
    home.book.at_rcpt = lambda mailbox, times: "550 5.7.1 Relaying denied"
    home.tell(ADA)
    home.send()
    assert home.people.all()[0].state == "confirmed"


def test_a_letter_of_confirmation_goes_out_and_its_link_confirms_once(home: House) -> None:
    assert "A letter is on its way" in home.desk.on(ADA, "T1/U1")
    home.tell(ADA)
    home.send()
    (letter,) = home.book.messages(ADA)
    (link,) = re.findall(rf"{SITE}/mail/confirm/(\S+)", part(letter, "plain"))
    assert home.people.waiting(link) == ADA
    assert home.people.confirm(link) == ADA
    assert home.people.confirm(link) is None
    assert home.people.waiting(link) is None
    assert home.people.all()[0].state == "confirmed"
    assert home.people.all()[0].asker == "T1/U1"


def test_nothing_secret_and_no_mailbox_is_kept_with_the_news(home: House) -> None:
    asked = home.desk.ask(ADA, "")
    token = TOKENS.confirming(asked.nonce)
    for row in home.database.read("SELECT * FROM pieces"):
        assert ADA.lower() not in str(tuple(row)).lower()
    dump = "\n".join(home.database.connection().iterdump())
    assert token not in dump
    assert TOKENS.stopping(ADA.lower()) not in dump


def test_whoever_is_removed_leaves_no_trace_in_the_ledger(home: House) -> None:
    home.desk.on(ADA, "T1/U1")
    home.send()
    home.people.agree(ADA)
    home.tell(ADA)
    home.send()
    home.tell(ADA, number=2)
    assert home.people.remove("ADA@example.org")
    dump = "\n".join(home.database.connection().iterdump())
    assert "ada@example.org" not in dump.lower()
    assert not home.people.remove(ADA)


def test_the_chart_is_drawn_once_for_all(tmp_path: Path) -> None:
    drawn: list[str] = []

    class Takes:
        def hand_in(self, parcel: Parcel, last: object) -> Answer:
            return Taken()

        def look(self) -> str | None:
            return None

    def draw(data: object) -> bytes | None:
        drawn.append("x")
        return b"png"

    with house(tmp_path, Book()) as home:
        old = home.sender.carriers[MAIL]
        assert isinstance(old, MailCarrier)
        new = MailCarrier(Takes(), old._sender, old._readers, draw)
        home.tell(OPS, "ops@EXAMPLE.org", "OPS@example.org")
        outcomes = Sender(home.outbox, {MAIL: new}).send_due(MAIL, "test")
        assert [type(each) for each in outcomes] == [Sent] * 3
    assert len(drawn) == 1
