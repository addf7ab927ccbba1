"""What letters say: the same in both parts, the same as the digest, and only what is meant for the reader."""

import re
from email.headerregistry import Address
from typing import Any

import pytest

from pipeline.letters.digests import row
from pipeline.letters.letter import Letter
from pipeline.letters.message import Cover, message
from pipeline.letters.writing import Reader, letter
from pipeline.news import Address as To
from pipeline.news import Kind
from pipeline.outbox import Delivery
from pipeline.telling import told
from pipeline.text import size
from tests.mail.pieces import ALARM, AT, PNG, PUBLISHED, RESOLVED, VERDICT, digest_data, piece
from tests.mail.reading import parsed, part, picture, seen

OPERATOR = Reader("ops@example.org", operator=True)
SUBSCRIBER = Reader("Ada@example.org", operator=False, stop="https://pictures.example.org/mail/stop/TOKEN")
SENDER = Address("Loupe", addr_spec="loupe@example.org")
NUMBER = re.compile(r"\d[\d,.]*")


def written(
    reader: Reader = OPERATOR, kind: Kind = "digest", data: dict[str, Any] | None = None, **more: Any
) -> Letter:
    found = Delivery(1, piece(kind, data), To("mail"), "test", 1, 0.0, redacted=more.pop("redacted", False))
    return letter(told(found), reader, more.pop("chart", None))


def sent(letter: Letter, mailbox: str = "ops@example.org") -> bytes:
    return message(letter, Cover(SENDER, mailbox, "8f0b8f5a-3f0e-5c57-9c5b-1d2f0b5a7c11", AT))


def both(letter: Letter) -> tuple[str, str]:
    """The text part, and the words of the HTML part."""
    read = parsed(sent(letter))
    return part(read, "plain"), "\n".join(seen(part(read, "html")).words)


def test_the_headline_comes_first_in_subject_text_and_html() -> None:
    data = digest_data()
    mail = written()
    text, html = both(mail)
    assert data["headline"] == "14 images, 1 held, 1 failed, median 1.8 s, 61.0 MB saved"
    assert mail.subject == f"Loupe, Sat 21 Nov 2026: {data['headline']}"
    assert text.splitlines()[3] == data["headline"]
    assert html.splitlines()[:2] == ["Sat 21 Nov 2026", data["headline"]]


def test_both_parts_tell_the_numbers_of_the_data() -> None:
    data = digest_data()
    read = parsed(sent(written()))
    wanted = [list(row(each)) for each in data["week"]]
    assert seen(part(read, "html")).rows[1:] == wanted
    table = part(read, "plain").partition("The last seven days")[2]
    assert [re.split(r"  +", line) for line in table.splitlines()[3:10]] == wanted
    for cells, day in zip(wanted, data["week"], strict=True):
        assert cells[1:4] == [f"{day[name]:,}" for name in ("images", "held", "failed")]
        assert cells[5] == size(day["bytes_saved"])


def test_no_number_stands_in_one_part_alone() -> None:
    text, html = both(written())
    assert set(NUMBER.findall(text)) == set(NUMBER.findall(html))


def test_both_parts_hold_the_sentences_that_slack_tells() -> None:
    for words in both(written()):
        assert "Top places: Interlaken (5), Sofia (2)." in words
        assert "Slowest step: make_renditions, p95 2,346 ms over 13 runs." in words
        assert "Parked: publish_image on IMG-7F3K." in words
        assert "Held: IMG-9ABC." in words


def test_a_subscriber_hears_nothing_of_single_pictures() -> None:
    for words in both(written(SUBSCRIBER)):
        assert "make_renditions" in words
        assert "Interlaken (5)" in words
        assert not re.search("IMG-|Parked|Held:", words)


def test_a_subscriber_can_stop_it_from_either_part_and_an_operator_is_told_which_setting() -> None:
    text, _ = both(written(SUBSCRIBER))
    assert f"Stop this mail: {SUBSCRIBER.stop}" in text
    assert SUBSCRIBER.stop in seen(part(parsed(sent(written(SUBSCRIBER))), "html")).links
    assert "LOUPE_MAIL_TO" in both(written())[0]
    assert "Stop" not in both(written())[1]


def test_the_chart_is_within_the_message_and_has_words() -> None:
    read = parsed(sent(written(chart=PNG)))
    assert [each.get_content_type() for each in read.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    ((_, image),) = [each for each in seen(part(read, "html")).tags if each[0] == "img"]
    assert image["src"] == f"cid:{picture(read)['Content-ID'][1:-1]}"
    assert picture(read).get_content() == PNG
    assert image["alt"] is not None
    assert image["alt"].startswith("Images per day, 1,295 in 7 days. ")


@pytest.mark.parametrize("chart", [PNG, None], ids=["chart", "none"])
@pytest.mark.parametrize("reader", [OPERATOR, SUBSCRIBER], ids=["operator", "subscriber"])
def test_nothing_is_asked_of_another_host_and_nothing_runs(reader: Reader, chart: bytes | None) -> None:
    html = part(parsed(sent(written(reader, chart=chart))), "html")
    for tag, known in seen(html).tags:
        assert tag not in ("script", "link", "iframe", "form", "object")
        assert (known.get("src") or "cid:").startswith("cid:")
        assert not any(name.startswith("on") for name in known)
    assert not re.search(r"@import|url\(|@font-face", html)


def test_the_same_letter_is_the_same_bytes() -> None:
    assert sent(written(chart=PNG)) == sent(written(chart=PNG))
    assert sent(written(chart=PNG)) != sent(written(chart=PNG), "other@example.org")


def test_a_day_without_a_picture_has_no_median() -> None:
    data = digest_data(images=0, median_seconds=None, headline="0 images, 0 held, 0 failed, 0 bytes saved")
    assert "median" not in [label for _, label in written(data=data).tiles]


def test_a_day_that_is_not_over_says_so() -> None:
    mail = written(data=digest_data(so_far=True))
    assert mail.title == "Sat 21 Nov 2026, so far"
    assert mail.subject.startswith("Loupe, Sat 21 Nov 2026, so far: ")


def test_a_channels_digest_names_the_channel() -> None:
    assert written(data=digest_data(channel="C0PICTURES")).title == "Sat 21 Nov 2026, C0PICTURES"


def test_an_alarm_says_what_is_wrong_and_later_that_it_is_over() -> None:
    raised = written(kind="alarm", data=ALARM)
    assert (raised.subject, raised.tone) == ("Loupe, alarm: The disk has 0.4 GB left", "wrong")
    assert "nothing that was accepted is lost" in both(raised)[0]
    resolved = written(kind="alarm", data=RESOLVED)
    assert (resolved.subject[:15], resolved.tone) == ("Loupe, resolved", "well")
    assert "Sun 22 Nov 2026, 10:00:00 UTC" in both(resolved)[1]


def test_a_published_picture_comes_with_its_page() -> None:
    mail = written(kind="published", data=PUBLISHED)
    text, html = both(mail)
    assert mail.subject == "Loupe: IMG-7F3K is published: 640 kB instead of 5.0 MB"
    assert mail.title == "IMG-7F3K was published"
    for words in (text, html):
        assert "https://pictures.example.org/i/018f-image" in words
        assert "2, 5.0 MB made 640 kB" in words


@pytest.mark.parametrize(("kind", "data"), [("published", PUBLISHED), ("verdict", VERDICT)])
def test_of_a_picture_that_may_not_be_shown_any_more_there_is_no_place_and_no_page(
    kind: Kind, data: dict[str, Any]
) -> None:
    for words in both(written(kind=kind, data=data, redacted=True)):
        assert "IMG-7F3K" in words
        assert not re.search("Interlaken|Switzerland|example.org/i/", words)


def test_a_verdict_is_told_in_words() -> None:
    text, _ = both(written(kind="verdict", data=VERDICT))
    for said in ("Decision: cleared", "Nudity: no, 97 of 100 sure", "Faces: 2", "Watermark: none",
                 "Place: Interlaken, Bern, Switzerland", "Picture: JPEG, 4,032 × 3,024, 2.3 MB"):  # fmt: skip
        assert said in text


def test_a_held_picture_is_told_with_the_reason() -> None:
    held = written(kind="held", data={"short": "IMG-7F3K", "decision": "held", "reason": "Probably nude."})
    assert "Probably nude." in both(held)[0]
    assert held.subject == "Loupe: IMG-7F3K is held: Probably nude"


def test_a_letter_of_confirmation_holds_one_link_and_no_figures() -> None:
    asked = Reader(
        "ada@example.org", operator=False, confirm="https://pictures.example.org/mail/confirm/T0KEN"
    )
    mail = written(asked, "confirm", {})
    assert seen(part(parsed(sent(mail)), "html")).links == [asked.confirm]
    assert asked.confirm in both(mail)[0]
    assert mail.stop is None


def test_a_test_is_a_letter_too() -> None:
    assert "This is a test" in both(written(kind="test", data={}))[0]
