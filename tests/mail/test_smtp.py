"""The SMTP adapter with a real server: what it hands in arrives as it is, and every answer is told right."""

import gc
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters import smtp
from pipeline.adapters.smtp import Smtp
from pipeline.errors import Unavailable, Unsuitable
from pipeline.posting import Answer, Never, NotNow, Parcel, SmtpOffice, Taken, Unsure, office
from tests.mail.certificates import certificate
from tests.mail.office import Book, free_port, guarded, lets_in, served

ADA = "Ada@example.org"
PASSWORD = "correct horse"
OPENED: list[Smtp] = []
MESSAGE = b"Subject: A day\r\n\r\n.\r\n..two\r\n.three\r\nend\r\n"


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def server(book: Book) -> Iterator[str]:
    with served(book) as where:
        yield where


@pytest.fixture(autouse=True)
def _goodbye() -> Iterator[None]:
    """Every connection is closed in the end."""
    OPENED.clear()
    yield
    for each in OPENED:
        each.close()


def post(where: str, seconds: float = 10.0) -> Smtp:
    """A fresh one for ``host:port``, or for a whole address."""
    found = office(where if "://" in where else f"smtp://{where}")
    assert isinstance(found, SmtpOffice)
    OPENED.append(Smtp(found, "example.org", seconds, seconds))
    return OPENED[-1]


def parcel(message: bytes = MESSAGE, mailbox: str = ADA) -> Parcel:
    return Parcel("loupe@example.org", mailbox, message)


def hand_in(smtp: Smtp, given: Parcel | None = None) -> tuple[Answer, int]:
    """The answer, and how often the last step was told of."""
    steps: list[None] = []
    return smtp.hand_in(given or parcel(), lambda: steps.append(None)), len(steps)


def test_a_message_arrives_as_it_is(book: Book, server: str) -> None:
    assert hand_in(post(server)) == (Taken(), 1)
    assert book.got == [(ADA, MESSAGE)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text(st.sampled_from(".a \t-="), max_size=12), max_size=8))
def test_no_line_ends_a_message_but_its_end(book: Book, server: str, lines: list[str]) -> None:
    whole = b"Subject: x\r\n\r\n" + "".join(f"{line}\r\n" for line in lines).encode()
    book.got.clear()
    assert hand_in(post(server), parcel(whole))[0] == Taken()
    assert book.got == [(ADA, whole)]


def test_several_messages_go_over_one_connection(book: Book, server: str) -> None:
    smtp = post(server)
    for mailbox in (ADA, "grace@example.org", ADA):
        assert hand_in(smtp, parcel(mailbox=mailbox)) == (Taken(), 1)
    assert len(book.peers) == 1
    assert [mailbox for mailbox, _ in book.got] == [ADA, "grace@example.org", ADA]


def test_after_a_pause_a_new_connection_is_made(
    book: Book, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "IDLE", -1.0)
    one = post(server)
    assert [hand_in(one)[0] for _ in range(2)] == [Taken(), Taken()]
    assert len(book.peers) == 2


def test_a_connection_that_broke_in_the_meantime_is_made_anew(book: Book) -> None:
    with served(book) as where:
        one = post(where)
        assert hand_in(one)[0] == Taken()
    with served(book, port=int(where.partition(":")[2])):
        assert hand_in(one)[0] == Taken()
    assert len(book.got) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "whose"),
    [
        ("450 4.2.0 Greylisted", NotNow, True),
        ("451 Try again", NotNow, True),
        ("451 4.7.1 Slow down", NotNow, False),
        ("550 5.1.1 No such user", Never, True),
        ("550 Unknown", Never, True),
        ("550 5.7.1 Relaying denied", Never, False),
        ("552 5.2.2 Full", NotNow, True),
    ],
)  # fmt: skip
def test_a_refused_mailbox_is_told_before_the_last_step(
    answer: str, kind: type[NotNow | Never], whose: bool
) -> None:
    book = Book(at_rcpt=lambda mailbox, times: answer if mailbox == ADA else None)
    with served(book) as where:
        one = post(where)
        assert hand_in(one) == (kind(f"The mailbox was refused: {answer}", whose), 0)
        assert hand_in(one, parcel(mailbox="grace@example.org")) == (Taken(), 1)
    assert len(book.peers) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("451 4.3.0 Later", NotNow("The message was refused: 451 4.3.0 Later", mailbox=False)),
        ("554 5.7.1 Spam", Never("The message was refused: 554 5.7.1 Spam", mailbox=False)),
        ("550 5.1.1 Gone", Never("The message was refused: 550 5.1.1 Gone", mailbox=True)),
    ],
)
def test_a_refused_message_is_told_after_the_last_step(answer: str, told: Answer) -> None:
    with served(Book(at_data=lambda *_: answer)) as where:
        assert hand_in(post(where)) == (told, 1)


def test_a_server_that_says_later_and_then_yes(book: Book) -> None:
    book.at_data = lambda mailbox, times: "451 4.3.0 Later" if times < 3 else None
    with served(book) as where:
        one = post(where)
        assert [type(hand_in(one)[0]) for _ in range(3)] == [NotNow, NotNow, Taken]
    assert len(book.got) == 1


@pytest.mark.parametrize(("where", "steps", "kept"), [("rcpt", 0, 0), ("before", 1, 0), ("after", 1, 1)])
def test_a_connection_that_breaks_is_in_doubt_from_the_last_step_on(
    where: str, steps: int, kept: int
) -> None:
    book = Book(breaks={where})
    with served(book) as at:
        answer, told = hand_in(post(at))
    assert (type(answer), told, len(book.got)) == (Unsure if steps else NotNow, steps, kept)


def test_a_slow_answer_to_a_whole_message_is_in_doubt(book: Book) -> None:
    book.slow = 5.0
    with served(book) as where:
        answer, steps = hand_in(post(where, seconds=0.3))
    assert (answer, steps) == (Unsure(f"{where} does not answer in time."), 1)


def test_a_server_that_says_nothing_at_all_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        assert hand_in(post(where, seconds=0.3)) == (NotNow(f"{where} does not answer in time."), 0)


def test_nobody_there() -> None:
    where = f"127.0.0.1:{free_port()}"
    answer, steps = hand_in(post(where))
    assert isinstance(answer, NotNow)
    assert re.match(rf"{where} broke off \(ConnectionRefusedError: .*\)\.", answer.words)
    assert steps == 0


def test_whoever_stops_at_the_last_step_sends_nothing(book: Book, server: str) -> None:
    def lost() -> None:
        raise Unavailable("Another sender took over.")

    one = post(server)
    with pytest.raises(Unavailable):
        one.hand_in(parcel(), lost)
    assert hand_in(one, parcel(mailbox="grace@example.org")) == (Taken(), 1)
    assert [mailbox for mailbox, _ in book.got] == ["grace@example.org"]


def test_a_refused_sender_is_for_the_operator_to_mend(book: Book) -> None:
    async def refuse(server: object, session: object, envelope: object, address: str, options: object) -> str:
        return "550 5.7.1 Not you"

    book.handle_MAIL = refuse  # type: ignore[attr-defined]
    with served(book) as where:
        answer, steps = hand_in(post(where))
    assert isinstance(answer, NotNow)
    assert answer.words.startswith("The sender loupe@example.org was refused: 550 5.7.1 Not you.")
    assert steps == 0


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A certificate that is trusted here."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", files[0])
    return files


def test_starttls_and_a_password(book: Book, made: tuple[str, str]) -> None:
    how: dict[str, Any] = {
        "tls_context": guarded(made),
        "require_starttls": True,
        "authenticator": lets_in("loupe", PASSWORD),
    }
    with served(book, **how, auth_required=True) as where:
        one = post(f"smtp://loupe:correct%20horse@{where}?starttls=on")
        assert hand_in(one)[0] == Taken()
        assert one.look() is None


def test_tls_from_the_first_byte(book: Book, made: tuple[str, str]) -> None:
    with served(book, ssl_context=guarded(made)) as where:
        assert hand_in(post(f"smtps://{where}"))[0] == Taken()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # asyncio's end
@pytest.mark.parametrize("form", ["smtps://{}", "smtp://{}?starttls=on"])
def test_a_certificate_that_nobody_vouches_for_is_refused(book: Book, tmp_path: Path, form: str) -> None:
    context = guarded(certificate(tmp_path))
    how: dict[str, Any] = {"ssl_context": context} if "smtps" in form else {"tls_context": context}
    with served(book, **how) as where:
        answer, _ = hand_in(post(form.format(where)))
    gc.collect()
    assert isinstance(answer, NotNow)
    assert "is not trusted: self-signed certificate" in answer.words
    assert "SSL_CERT_FILE" in answer.words


def test_without_starttls_on_offer_nothing_is_sent(book: Book, server: str) -> None:
    answer, _ = hand_in(post(f"smtp://loupe:secret@{server}?starttls=on"))
    assert answer == NotNow(
        f"{server} does not offer STARTTLS, so others could read along. Use smtps:, or say ?starttls=off."
    )
    assert book.got == []


def test_a_wrong_password_is_told_without_the_password(book: Book) -> None:
    with served(book, authenticator=lets_in("loupe", PASSWORD), auth_require_tls=False) as where:
        one = post(f"smtp://loupe:not%20this@{where}")
        answer, steps = hand_in(one)
        said = one.look()
    assert answer == NotNow(f"{where} does not let us in: 535 5.7.8 … is wrong. Look at LOUPE_MAIL.")
    assert said == answer.words
    assert steps == 0
    assert "not this" not in repr(one.__dict__)


def test_a_look_sends_nothing(book: Book, server: str) -> None:
    assert post(server).look() is None
    assert book.got == []
    assert "broke off" in str(post(f"127.0.0.1:{free_port()}").look())


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("smtp://mail.example.org", "mail.example.org:587 with STARTTLS"),
        ("smtp://u:p@mail.example.org:25", "mail.example.org:25 with STARTTLS, with a password"),
        ("smtp://mail.example.org?starttls=off", "mail.example.org:587 without TLS"),
        ("smtp://localhost:1025", "localhost:1025 without TLS"),
        ("smtp://127.0.0.1:25?starttls=on", "127.0.0.1:25 with STARTTLS"),
        ("smtps://mail.example.org", "mail.example.org:465 with TLS"),
        ("ses:eu-west-1", "Amazon SES in eu-west-1"),
    ],
)
def test_where_mail_is_handed_in(address: str, shown: str) -> None:
    assert str(office(address)) == shown


@pytest.mark.parametrize(
    "address",
    ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://u:hunter2@host:port", "ses:",
     "ses:Europe", "ses://eu-west-1", "smtp://u:hunter2@host/path", "smtp://u:hunter2@host?starttls=maybe",
     "smtps://u:hunter2@host?starttls=off", "smtp://u:hunter2@host?tls=no", "smtp://u:hunter2/3@host"],
)  # fmt: skip
def test_a_wrong_address_is_told_without_repeating_it(address: str) -> None:
    with pytest.raises(Unsuitable) as fault:
        office(address)
    assert "hunter2" not in fault.value.words


def test_a_password_shows_in_no_repr() -> None:
    found = office("smtp://loupe:hunter%232@mail.example.org")
    assert isinstance(found, SmtpOffice)
    assert found.password == "hunter#2"
    assert "hunter" not in f"{found!r}{found}"
