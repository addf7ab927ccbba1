"""``loupe digest``: read at a terminal, drawn, sent."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from loupe.digest_text import text
from loupe.ground import only_instance
from pipeline.adapters.sqlite_database import Database
from tests.bot.digests import written
from tests.cli.running import lines, loupe
from tests.contract.day_book import CHANNEL, NOON, PRIVATE, TEAM, DayBook


@pytest.fixture
def book(tmp_path: Path) -> DayBook:
    """A ledger with a day of pictures, half of them in a private channel; a step of one is parked."""
    loupe("digest", "--data", tmp_path)
    book = DayBook(tmp_path)
    for channel in (CHANNEL, PRIVATE):
        first = book.image(channel, state="failed", verdict_seconds=1.5)
        book.image(channel, state="held", decision="held")
        book.park(first, reason="The disk is full.")
        add_image(book.database, first.image, first.short, channel)
    return book


def add_image(database: Database, image: str, short: str, channel: str) -> None:
    values = (image, short, f"key-{image}", "slack", TEAM, channel, "1.1", "U1", NOON.timestamp(), "failed")
    with database.write() as connection:
        connection.execute("INSERT INTO images VALUES (?,?,?,?,?,?,?,?,?,?)", values)


def written_down(book: DayBook) -> list[tuple[str, str, str]]:
    """Channel, sink and address of every delivery."""
    found = book.database.read(
        "SELECT p.channel, d.sink, d.address FROM deliveries d JOIN pieces p ON p.number=d.piece"
        " ORDER BY d.number"
    )
    return [(row["channel"], row["sink"], row["address"]) for row in found]


DATE = ("--date", "2026-11-22")


def test_it_is_read_with_bars_and_numbers_below_each_other() -> None:
    said = text(written()).splitlines()
    assert said[0] == "Digest of C0PICTURES, Sunday 22 November 2026 (Europe/Sofia)"
    assert said[1] == "14 images, 1 held, 0 failed, median 1.8 s, 61.0 MB saved"
    assert said[-1] == "  make_renditions on IMG-0002: No disk."
    week = said[3:11]
    assert len({len(line) for line in week}) == 1
    assert [line.count("█") for line in week] == [0, 0, 2, 4, 6, 8, 10, 28]


def test_a_terminal_without_blocks_gets_signs() -> None:
    assert text(written(), "ascii").isascii()


def test_the_day_is_told_and_why_runs_were_parked(book: DayBook) -> None:
    said = loupe("digest", *DATE, "--data", book.folder).stdout
    assert "4 images, 2 held, 2 failed, median 1.5 s" in said
    assert "find_place on IMG-0001: The disk is full." in said
    assert "IMG-0003" not in said  # private
    assert "Parked and not named here: 1 run." in said


def test_a_channel_is_told_alone(book: DayBook) -> None:
    said = loupe("digest", *DATE, "--channel", PRIVATE, "--data", book.folder).stdout
    assert said.startswith(f"Digest of {PRIVATE}")
    assert "2 images" in said
    assert "IMG-0003" in said


def test_an_unknown_channel_is_said(book: DayBook) -> None:
    result = loupe("digest", "--channel", "C0NOWHERE1", "--data", book.folder)
    assert result.exit_code == 2
    assert "No picture has come from a channel 'C0NOWHERE1'" in result.stderr


def test_as_json_it_is_what_sinks_get(book: DayBook) -> None:
    (told,) = lines(loupe("digest", *DATE, "--json", "--data", book.folder))
    assert told["images"] == 4
    assert json.dumps(told).count("IMG-0003") == 0


def test_today_is_so_far(book: DayBook) -> None:
    assert loupe("digest", "--data", book.folder).stdout.partition("\n")[0].endswith(", so far")
    assert "so far" not in loupe("digest", "--date", "2020-02-29", "--data", book.folder).stdout


def test_sending_says_for_whom_and_writes_it_down_for_each(book: DayBook) -> None:
    result = loupe("digest", *DATE, "--send", "--data", book.folder)
    assert f"{CHANNEL}: for the Slack channel {CHANNEL}." in result.stdout
    assert "Everything: for the Slack channel C0OPERATOR." in result.stdout
    assert "as soon as `loupe up` runs" in result.stdout
    assert written_down(book) == [
        (CHANNEL, "slack", CHANNEL),
        (PRIVATE, "slack", PRIVATE),
        ("", "slack", "C0OPERATOR"),
    ]


def test_sending_again_sends_again(book: DayBook) -> None:
    for _ in range(2):
        loupe("digest", *DATE, "--channel", CHANNEL, "--send", "--data", book.folder)
    assert written_down(book) == [(CHANNEL, "slack", CHANNEL)] * 2


def test_with_a_running_loupe_it_goes_out_now(book: DayBook) -> None:
    with only_instance(book.folder):
        assert "It goes out now." in loupe("digest", *DATE, "--send", "--data", book.folder).stdout


def test_mailboxes_hear_of_everything_and_sinks_as_they_asked(
    book: DayBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_MAIL", "smtp://localhost:25")
    monkeypatch.setenv("LOUPE_MAIL_TO", "ada@example.org")
    row = {
        "kind": "webhook",
        "address": "https://example.org/x",
        "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
    }
    rows = {"all": row | {"news": "digest"}, "one": row | {"news": "digest", "channels": CHANNEL}}
    monkeypatch.setenv("LOUPE_SINKS", json.dumps(rows))
    said = loupe("digest", *DATE, "--send", "--data", book.folder).stdout
    assert f"{CHANNEL}: for the sink one, the Slack channel {CHANNEL}." in said
    assert "Everything: for the sink all, the Slack channel C0OPERATOR, the mailbox ada@example.org." in said


def test_where_nobody_hears_of_everything_that_is_said(
    book: DayBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    said = loupe("digest", *DATE, "--send", "--data", book.folder).stdout
    assert "Everything: nobody hears it; LOUPE_OPERATORS_CHANNEL" in said
    assert ("", "slack", "") not in written_down(book)


def test_the_chart_is_written(book: DayBook, tmp_path: Path) -> None:
    loupe("digest", *DATE, "--chart", tmp_path / "week.png", "--data", book.folder)
    assert (tmp_path / "week.png").read_bytes().startswith(b"\x89PNG")


def test_a_chart_that_cannot_be_written_is_said(book: DayBook, tmp_path: Path) -> None:
    result = loupe("digest", *DATE, "--chart", tmp_path / "no" / "week.png", "--data", book.folder)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_days_before_are_asked_for_by_date(book: DayBook) -> None:
    before = (NOON - timedelta(days=1)).date().isoformat()
    assert "0 images" in loupe("digest", "--date", before, "--data", book.folder).stdout
