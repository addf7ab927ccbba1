"""Headers hold whatever anybody wrote, and nobody's words become a header, a part or another mailbox."""

import re
from dataclasses import replace
from email.headerregistry import Address
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import Unsuitable
from pipeline.letters.letter import Letter, Link
from pipeline.letters.mailbox import folded, line, mailbox, masked, sender
from pipeline.letters.message import Cover, message
from tests.mail.pieces import AT
from tests.mail.reading import parsed, part

ID = "8f0b8f5a-3f0e-5c57-9c5b-1d2f0b5a7c11"
SENDER = Address("Loupe", addr_spec="loupe@example.org")
COVER = Cover(SENDER, "ada@example.org", ID, AT)
PLAIN = Letter("Loupe", "Loupe", "Nothing.")
NAMES = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
WORDS = st.text(st.characters(), max_size=300)
"""Any characters, lone surrogates and line breaks of every kind among them."""


@given(WORDS)
@example("a\r\nBcc: eve@example.org\r\n\r\nHello")
@example("a\nBcc: eve@example.org")
@example("a\u2028Bcc: eve@example.org\x85\x0b\x0c")
@example("\ud800 lone \udfff")
@example("é" * 300)
@example("=?utf-8?q?=0D=0ABcc:_eve@example.org?=")
@example("x" * 998)
def test_a_subject_stays_one_header(words: str) -> None:
    read = parsed(message(replace(PLAIN, subject=words), COVER))
    assert list(read.keys()) == NAMES
    assert read["Subject"].split() == line(words).split()
    assert len(line(words)) <= 200


@given(WORDS, WORDS)
@example("\r\n.\r\nQUIT", "-- \n")
@example("--=_0_" + ID, "=_0_" + ID + "--")
def test_whatever_the_words_the_parts_stay_two(title: str, said: str) -> None:
    whole = message(replace(PLAIN, title=title, lead=said, lines=[said]), COVER)
    read = parsed(whole)
    assert [each.get_content_type() for each in read.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert whole.isascii()
    assert all(len(each) <= 998 for each in whole.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", whole)


@given(WORDS)
@example("<script>alert(1)</script>")
@example('"><img src=https://eve.example/x>')
def test_words_in_html_are_words(said: str) -> None:
    read = parsed(message(replace(PLAIN, lead=said, pairs=[(said, said)], lines=[said]), COVER))
    html = part(read, "html")
    assert not re.search(r"<(script|img|a)\b", html)


@given(st.text(max_size=80) | st.emails() | st.from_regex(r"[^@]{1,20}@[^@]{1,20}", fullmatch=True))
@example("ada@example.org\r\nBcc: eve@example.org")
@example("ada@example.org\n")
@example("ada@example.org, eve@example.org")
@example('"a\r\nb"@example.org')
@example("ada@[127.0.0.1]")
@example("ada@bücher.example")
@example("ada@xn--bcher-kva.example")
@example("ada@例え.テスト")
@example("ada@example.org>")
def test_what_is_taken_for_a_mailbox_is_one_mailbox_in_a_header(words: str) -> None:
    try:
        found = mailbox(words)
    except Unsuitable:
        return
    assert mailbox(found) == found
    assert found.isascii()
    read = parsed(message(PLAIN, replace(COVER, mailbox=found)))
    assert [each.addr_spec for each in read["To"].addresses] == [found]
    assert list(read.keys()) == NAMES


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ada.Lovelace@Example.ORG", "Ada.Lovelace@example.org"),
        (" ada+loupe@example.org ", "ada+loupe@example.org"),
        ("ada@Bücher.example", "ada@xn--bcher-kva.example"),
        ("loupe@localhost", "loupe@localhost"),
    ],
)
def test_the_local_part_keeps_its_case_and_the_domain_is_written_as_servers_want_it(
    words: str, found: str
) -> None:
    assert mailbox(words) == found


@pytest.mark.parametrize(
    "words",
    ["", "@", "ada", "ada@", "@example.org", "a b@example.org", "ada@exa mple.org", ".ada@example.org",
     "ada..l@example.org", "ädа@example.org", '"ada"@example.org', "ada@-x.org", "ada@x..org", "ada@x_y.org",
     "ada@[::1]", "a" * 65 + "@example.org", "ada@" + "a." * 130 + "org", "ada@example.org\x00",
     "<ada@example.org>"],
)  # fmt: skip
def test_what_is_no_mailbox_is_told_in_words(words: str) -> None:
    with pytest.raises(Unsuitable, match=r"address|used"):
        mailbox(words)


def test_mailboxes_that_differ_in_case_are_one() -> None:
    assert folded("Ada@example.org") == folded("aDA@example.org")
    assert masked("Ada@example.org") == "A…@example.org"


@given(WORDS)
@example("Loupe\r\nBcc: eve@example.org")
@example('Loupe "the" Bot, Inc.')
@example("Лупа")
def test_a_senders_name_is_a_name_or_is_refused(name: str) -> None:
    try:
        found = sender(f"{name}<loupe@example.org>")
    except Unsuitable:
        return
    read = parsed(message(PLAIN, replace(COVER, sender=found)))
    assert list(read.keys()) == NAMES
    (one,) = read["From"].addresses
    assert one.addr_spec == "loupe@example.org"


@pytest.mark.parametrize(
    ("words", "name"),
    [("loupe@example.org", ""), ("Loupe <loupe@example.org>", "Loupe"), ('"A, B" <l@e.org>', "A, B")],
)
def test_a_sender_may_have_a_name(words: str, name: str) -> None:
    assert sender(words).display_name == name


@pytest.mark.parametrize(
    "words", ["Loupe", "a <b@c.org> <d@e.org>", "Loupe <loupe>", "<a@b.org", "a@b.org, c@d.org"]
)
def test_a_wrong_sender_is_refused(words: str) -> None:
    with pytest.raises(Unsuitable):
        sender(words)


def read_headers(letter: Letter = PLAIN, **changes: Any) -> dict[str, str]:
    return {name: str(value) for name, value in parsed(message(letter, replace(COVER, **changes))).items()}


def test_ids_and_addresses_of_pages_are_not_folded() -> None:
    stop = "https://pictures.example.org/mail/stop/" + "T" * 32
    whole = message(replace(PLAIN, stop=Link("Stop this mail", stop)), replace(COVER, thread="alarm/disk"))
    for name in (b"Message-ID", b"References", b"List-Id", b"List-Unsubscribe"):
        assert re.search(rb"^" + name + rb": <[^\r\n]+>\r\n(?! )", whole, re.MULTILINE), name


def test_the_message_id_says_which_news_for_whom() -> None:
    one, again = read_headers()["Message-ID"], read_headers(mailbox="ADA@example.org")["Message-ID"]
    assert re.fullmatch(rf"<{ID}\.[0-9a-f]{{16}}@example\.org>", one)
    assert one == again != read_headers(mailbox="grace@example.org")["Message-ID"]


def test_the_date_is_that_of_the_news_and_no_absence_notice_answers() -> None:
    found = read_headers()
    assert parsedate_to_datetime(found["Date"]) == AT
    assert found["Auto-Submitted"] == "auto-generated"


def test_letters_about_the_same_thing_are_one_thread() -> None:
    raised, resolved = (read_headers(id=ID[:-1] + end, thread="alarm/disk") for end in "12")
    assert raised["References"] == resolved["References"]
    assert raised["Message-ID"] != resolved["Message-ID"]
    assert "References" not in read_headers()


def test_a_subscriber_gets_one_click_to_stop() -> None:
    stop = "https://pictures.example.org/mail/stop/" + "T" * 32
    found = read_headers(replace(PLAIN, stop=Link("Stop this mail", stop)))
    assert found["List-Unsubscribe"] == f"<{stop}>, <mailto:loupe@example.org?subject=unsubscribe>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["List-Id"] == "<digest.example.org>"
    plain = read_headers(replace(PLAIN, stop=Link("Stop this mail", stop.replace("https", "http"))))
    assert "List-Unsubscribe-Post" not in plain
