"""Mail from the command line: settings, subscribers, the doctor, and a digest that goes all the way."""

import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loupe import digests, mail, news
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.errors import Misconfigured
from pipeline.figures import EVERYTHING
from pipeline.news import MAIL
from pipeline.outbox import Sent
from tests.cli.running import loupe
from tests.mail.office import Book, free_port, lets_in, served
from tests.mail.reading import part

Set = Callable[..., None]
ADA, OPS = "Ada@example.org", "ops@example.org"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Set:
    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.fixture
def book(given: Set) -> Iterator[Book]:
    """A server, and the settings that lead to it."""
    with served(made := Book()) as where:
        given(LOUPE_MAIL=f"smtp://{where}", LOUPE_MAIL_FROM="Loupe <loupe@example.org>", LOUPE_MAIL_TO=OPS)
        yield made


def opened(folder: Path) -> Ground:
    return ground(load(data=folder))


def send(base: Ground, sink: str = MAIL) -> None:
    """Send what is due to a sink."""
    sender = news.sender(base)
    outcomes = sender.send_due(sink, "test")
    assert all(isinstance(each, Sent) for each in outcomes), outcomes
    sender.outbox.turn(sink, "test", outcomes, want=0, lease=60)
    sender.carriers[sink]._post.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LOUPE_MAIL", "http://hunter2@host", "its value will not do: it must look like smtp://"),
        ("LOUPE_MAIL_FROM", "nobody", "it needs an @"),
        ("LOUPE_MAIL_TO", "ops@example.org,ada", "“ada” is no e-mail address"),
    ],
)
def test_a_wrong_setting_stops_the_start(given: Set, name: str, value: str, words: str) -> None:
    given(**{name: value})
    with pytest.raises(Misconfigured) as fault:
        load()
    assert fault.value.words.startswith(f"{name}: ")
    assert words in fault.value.words
    assert "hunter2" not in fault.value.words


def test_without_mail_set_up_nobody_is_written_to(tmp_path: Path, given: Set) -> None:
    given(LOUPE_MAIL_TO=OPS)
    base = opened(tmp_path)
    assert mail.hearers(base) == []
    assert MAIL not in news.sender(base).carriers


def test_a_digest_goes_to_operators_and_confirmed_subscribers_once_each(tmp_path: Path, book: Book) -> None:
    base, people = opened(tmp_path), mail.subscribers(opened(tmp_path))
    for mailbox in (ADA, "OPS@example.org", "grace@example.org"):
        people.ask(mailbox, "")
    assert people.agree(ADA)
    assert people.agree("OPS@example.org")
    assert digests.tell_digest(base, digests.digest_of(base, EVERYTHING, digests.today(base)))
    assert not digests.tell_digest(base, digests.digest_of(base, EVERYTHING, digests.today(base)))
    send(base)
    assert sorted(mailbox for mailbox, _ in book.got) == [ADA, OPS]
    (letter,) = book.messages(ADA)
    assert "0 images, 0 held, 0 failed" in part(letter, "plain")
    assert letter["From"] == "Loupe <loupe@example.org>"


def test_the_digests_numbers_in_mail_are_those_of_the_command(tmp_path: Path, book: Book) -> None:
    told = loupe("digest", "--data", tmp_path, "--send").stdout
    send(opened(tmp_path))
    (letter,) = book.messages(OPS)
    headline = told.splitlines()[0].partition(": ")[2]
    assert headline in part(letter, "plain")
    assert headline in part(letter, "html")
    assert headline in letter["Subject"].replace("\r\n", "")


def test_a_sink_may_be_a_mailbox(tmp_path: Path, book: Book, given: Set) -> None:
    given(LOUPE_SINKS='{"desk": {"kind": "email", "address": "desk@example.org", "news": "digest"}}')
    base = opened(tmp_path)
    digests.tell_digest(base, digests.digest_of(base, EVERYTHING, digests.today(base)))
    send(base, "desk")
    assert len(book.messages("desk@example.org")) == 1


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        ('{"desk": {"kind": "email", "address": "a..b@example.org"}}', "the address of desk will not do"),
        ('{"desk": {"kind": "email", "address": "desk@example.org"}}', "LOUPE_MAIL is not set"),
    ],
)
def test_a_sink_that_cannot_be_written_to_stops_the_start(
    tmp_path: Path, given: Set, sink: str, words: str
) -> None:
    given(LOUPE_SINKS=sink)
    with pytest.raises(Misconfigured, match=words):
        news.sender(opened(tmp_path))


def test_who_is_added_gets_a_letter_and_is_listed(tmp_path: Path, book: Book) -> None:
    added = loupe("subscribers", "add", ADA, "--data", tmp_path)
    assert added.stdout == f"A letter to {ADA} is in the outbox; `loupe up` sends it.\n"
    assert re.match(
        rf"pending +{ADA}, since \d{{4}}-", loupe("subscribers", "--data", tmp_path, "list").stdout
    )
    send(opened(tmp_path))
    (letter,) = book.messages(ADA)
    assert re.search(r"http://127\.0\.0\.1:8080/mail/confirm/[\w-]{32}\n", part(letter, "plain"))


def test_without_mail_set_up_the_link_is_printed(tmp_path: Path) -> None:
    added = loupe("subscribers", "add", ADA, "--data", tmp_path)
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/mail/confirm/[\w-]{32}\n", added.stdout)
    assert "LOUPE_MAIL is not set" in added.stderr
    token = added.stdout.strip().rpartition("/")[2]
    assert mail.subscribers(opened(tmp_path)).confirm(token) == ADA


def test_who_is_confirmed_and_removed(tmp_path: Path) -> None:
    assert loupe("subscribers", "confirm", ADA, "--data", tmp_path).exit_code == 2
    loupe("subscribers", "add", ADA, "--data", tmp_path)
    assert "gets the digest" in loupe("subscribers", "confirm", ADA, "--data", tmp_path).stdout
    assert loupe("subscribers", "list", "--data", tmp_path).stdout.startswith("confirmed Ada@example.org")
    assert "is forgotten" in loupe("subscribers", "remove", "ada@example.org", "--data", tmp_path).stdout
    assert loupe("subscribers", "list", "--data", tmp_path).stdout == ""
    assert loupe("subscribers", "remove", ADA, "--data", tmp_path).exit_code == 2


def test_links_must_lead_to_a_site_that_others_reach(tmp_path: Path, given: Set) -> None:
    given(LOUPE_MAIL="smtp://mail.example.org")
    refused = loupe("subscribers", "add", ADA, "--data", tmp_path)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "LOUPE_PUBLIC_URL" in refused.stderr
    given(LOUPE_PUBLIC_URL="https://pictures.example.org")
    assert loupe("subscribers", "add", ADA, "--data", tmp_path).exit_code == 0


def test_what_is_no_mailbox_is_told(tmp_path: Path) -> None:
    for action in ("add", "confirm", "remove"):
        told = loupe("subscribers", action, "ada", "--data", tmp_path)
        assert (told.exit_code, told.stderr) == (2, "“ada” is no e-mail address: it needs an @.\n")


def test_the_key_of_the_links_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load(data=tmp_path)
    assert mail.tokens(settings) == mail.tokens(settings)
    assert stat.S_IMODE((tmp_path / "mail.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["mail.key"]


def doctor(folder: Path, *options: str) -> dict[str, str]:
    told = loupe("doctor", "--data", folder, *options).stdout
    found = re.findall(r"^(ok  |MEND)  (mail(?: server)?) +(.*)$", told, re.MULTILINE)
    return {name: f"{mark.strip()} {words}" for mark, name, words in found}


def test_the_doctor_says_how_mail_goes_out(tmp_path: Path, given: Set) -> None:
    assert doctor(tmp_path)["mail"] == "ok off; nothing goes out"
    given(LOUPE_MAIL_TO=OPS)
    assert doctor(tmp_path)["mail"].startswith("MEND LOUPE_MAIL_TO names mailboxes")
    given(LOUPE_MAIL="smtp://loupe:hunter2@mail.example.org")
    said = doctor(tmp_path)["mail"]
    assert said.startswith("ok by mail.example.org:587 with STARTTLS, with a password, from loupe@localhost")
    assert "set LOUPE_PUBLIC_URL" in said
    assert "hunter2" not in said


def test_the_doctor_reaches_out_only_when_asked(tmp_path: Path, book: Book, given: Set) -> None:
    assert "mail server" not in doctor(tmp_path)
    assert doctor(tmp_path, "--reach")["mail server"] == "ok is there and lets us in"
    given(LOUPE_MAIL=f"smtp://127.0.0.1:{free_port()}")
    assert doctor(tmp_path, "--reach")["mail server"].startswith("MEND 127.0.0.1:")
    assert book.got == []


def test_a_wrong_password_is_the_operators_to_mend(tmp_path: Path, given: Set) -> None:
    with served(Book(), authenticator=lets_in("loupe", "right"), auth_require_tls=False) as where:
        given(LOUPE_MAIL=f"smtp://loupe:hunter2@{where}")
        said = doctor(tmp_path, "--reach")["mail server"]
    assert "does not let us in: 535" in said
    assert "hunter2" not in said
