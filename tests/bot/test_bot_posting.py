"""A picture is posted; the card stands in its thread."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.blocks import problems
from sandbox.config import SandboxConfig
from tests.bot.house import House, house, picture


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


def test_a_posted_picture_gets_eyes_then_one_card_and_a_check_mark(home: House) -> None:
    posted = home.slack.post(("lake.jpg", picture()))
    home.slack.settled()
    home.send()
    assert home.reactions(posted) == ["eyes"]
    home.look()
    card = home.card(posted)
    assert "No nudity seen" in card["text"]
    assert "2 faces" in card["text"]
    assert "Interlaken" in card["text"]
    assert not problems(card["blocks"])
    assert home.reactions(posted) == ["white_check_mark"]
    assert len(home.slack.thread(posted["ts"])) == 1


def test_every_event_delivered_three_times_still_makes_one_card(home: House) -> None:
    home.slack.call("switches", duplicates=2, reorder=True)
    posted = home.slack.post(("a.jpg", picture()), ("b.jpg", picture("blue")))
    home.slack.settled()
    home.look()
    card = home.card(posted)
    assert card["text"].startswith("*2 pictures")
    home.send()
    assert len(home.book.images) == 2
    assert len(home.slack.thread(posted["ts"])) == 1


def test_a_picture_in_a_thread_is_answered_in_that_thread(home: House) -> None:
    first = home.slack.post(text="Look at this thread")
    posted = home.slack.post(("a.jpg", picture()), thread_ts=first["ts"])
    home.slack.settled()
    home.look()
    home.send()
    card = home.slack.thread(first["ts"])[-1]
    assert card["user"] == home.slack.state()["bot"]
    assert card["thread_ts"] == first["ts"] != posted["ts"]


@pytest.mark.parametrize("channel", ["G0PRIVATE1", "D0ADALOVE1"])
def test_private_channels_and_direct_messages_are_served_and_known_as_private(
    home: House, channel: str
) -> None:
    posted = home.slack.post(("a.jpg", picture()), channel=channel)
    home.slack.settled()
    home.look()
    assert home.card(posted)["text"]
    assert all(image.source.private for image in home.book.images.values())


def test_the_bot_works_over_socket_mode(tmp_path: Path) -> None:
    with house(tmp_path, socket_mode=True) as home:
        posted = home.slack.post(("a.jpg", picture()))
        home.slack.settled()
        home.look()
        assert home.card(posted)["text"]


def test_socket_mode_comes_back_after_slack_asks_to_reconnect(tmp_path: Path) -> None:
    with house(tmp_path, socket_mode=True) as home:
        home.slack.call("disconnect", reason="refresh_requested")
        home.slack.wait(lambda control: control.state()["sockets"])
        posted = home.slack.post(("a.jpg", picture()))
        home.slack.settled()
        home.look()
        assert home.card(posted)["text"]


def test_what_could_not_be_stored_is_delivered_again(tmp_path: Path) -> None:
    with house(tmp_path, SandboxConfig(retry_delays=(0.3, 0.3, 0.3))) as home:
        home.book.broken = True
        home.slack.post(("a.jpg", picture()))
        home.slack.wait(lambda control: any(d["error"] for d in control.state()["deliveries"]))
        home.book.broken = False
        home.slack.settled()
        assert len(home.book.images) == 1


def test_files_of_other_kinds_are_ignored_in_channels_and_answered_in_direct_messages(home: House) -> None:
    quiet = home.slack.post(("notes.pdf", b"%PDF-1.4 hello"))
    asked = home.slack.post(("notes.pdf", b"%PDF-1.4 hello"), channel="D0ADALOVE1")
    home.slack.settled()
    assert "only look at pictures" in home.card(asked)["text"]
    assert not home.slack.thread(quiet["ts"])
    assert not home.book.images


def test_connect_stubs_are_looked_up(home: House) -> None:
    home.slack.call("switches", connect_stubs=True)
    posted = home.slack.post(("a.jpg", picture()))
    home.slack.settled()
    home.look()
    assert "No nudity seen" in home.card(posted)["text"]


def test_a_stub_that_turns_out_to_be_something_else_is_not_fetched(home: House) -> None:
    home.slack.call("switches", connect_stubs=True)
    posted = home.slack.post(("film.pdf", b"%PDF-1.4 hello"))
    home.slack.settled()
    home.look()
    assert "not a picture (Slack calls it PDF)" in home.card(posted)["text"]


def test_a_slow_picture_is_announced_once_and_that_message_becomes_the_card(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wanted.SLOW", 0.2)
    posted = home.slack.post(("a.jpg", picture()))
    home.slack.settled()
    looking = home.card(posted)
    assert looking["text"].startswith("Looking")
    home.look()
    home.sent(lambda control: "No nudity" in control.thread(posted["ts"])[0]["text"])
    assert [m["ts"] for m in home.slack.thread(posted["ts"])] == [looking["ts"]]


def test_our_own_messages_never_set_us_off(home: House) -> None:
    posted = home.slack.post(("a.jpg", picture()))
    home.slack.settled()
    home.look()
    home.card(posted)
    home.slack.settled()
    assert len(home.book.images) == 1


def test_a_picture_posted_right_after_a_card_still_gets_eyes_at_once(home: House) -> None:
    first = home.post()
    home.look()
    home.card(first)
    second = home.post()
    home.send()
    assert home.reactions(second) == ["eyes"]
