"""Slack refuses, answers late, forgets; messages and memberships end midway."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.calls import PACES
from bot.cards.message import Content
from bot.outbox import Outbox
from bot.refusals import Kind, Refusal
from pipeline.cards import Message
from pipeline.errors import Rejected, Transient
from sandbox.config import BOT_SCOPES, SandboxConfig
from tests.bot.house import House, house, picture


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("bot.judge.TOKEN_PAUSE", 0.1)
    monkeypatch.setattr("bot.judge.BROKEN", 0.2)
    with house(tmp_path) as opened:
        yield opened


def replies(home: House, posted: dict[str, Any]) -> list[str]:
    return [m["text"] for m in home.slack.thread(posted["ts"], posted["channel"])]


def over(home: House) -> str:
    return home.cards.stopped(5)[0][1]


def test_a_429_is_waited_out_and_nothing_is_called_before(home: House) -> None:
    posted = home.post()
    home.look()
    home.slack.call("inject", method="chat.postMessage", retry_after=2)
    home.send()
    began = time.monotonic()
    home.card(posted)
    assert time.monotonic() - began > 1.5
    assert [call["ok"] for call in home.slack.calls("chat.postMessage")] == [False, True]


def test_a_429_storm_on_every_method_ends_with_one_card(home: House) -> None:
    posted = home.post()
    home.slack.call("inject", method="*", retry_after=1, count=4)
    home.sent(lambda _: home.looked())
    home.card(posted)
    assert len(replies(home, posted)) == 1


def test_the_ledger_is_told_how_long_slack_wants_files_info_to_rest(home: House) -> None:
    home.post()
    home.slack.call("inject", method="files.info", retry_after=30)
    source = next(iter(home.book.images.values())).source
    waits = []
    for _ in range(2):
        with pytest.raises(Exception, match="slow down") as caught, home.files.open(source, 1000):
            pass
        waits.append(caught.value.retry_after)  # type: ignore[attr-defined]
    assert all(28 < wait <= 30 for wait in waits)
    assert len(home.slack.calls("files.info")) == 1


def test_two_hundred_pictures_at_once_ask_for_their_files_without_a_pause(home: House) -> None:
    began = time.monotonic()
    assert not any(home.cards.reserve("T1", "files.info", PACES["files.info"]) for _ in range(200))
    assert time.monotonic() - began < 30


def test_a_short_rest_that_slack_asks_for_is_waited_out_in_place(home: House) -> None:
    home.post()
    home.cards.hold("T0SANDBOX1", "files.info", time.time() + 0.5)
    source = next(iter(home.book.images.values())).source
    with home.files.open(source, 100_000) as stream:
        assert stream.read() == picture()


def test_a_broken_answer_is_followed_by_a_look_and_a_second_try(home: House) -> None:
    posted = home.post()
    home.look()
    home.slack.call("inject", method="chat.postMessage", status=503)
    home.card(posted)
    assert len(replies(home, posted)) == 1
    assert home.slack.calls("conversations.replies")


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_answer(home.outbox, monkeypatch, Refusal(Kind.UNSURE, "TimeoutError"))
    posted = home.post()
    home.look()
    home.sent(lambda _: home.reactions(posted) == ["white_check_mark"])
    assert len(home.slack.calls("chat.postMessage")) == 1
    assert not home.slack.calls("chat.update")


def test_a_sender_killed_between_posting_and_noting_posts_nothing_twice(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_answer(home.outbox, monkeypatch, KeyboardInterrupt())
    posted = home.post()
    home.look()
    with pytest.raises(KeyboardInterrupt):
        home.send()
    assert not home.outbox.send_next("another")
    home.cards.release("test")
    home.sent(lambda _: home.reactions(posted) == ["white_check_mark"])
    assert len(replies(home, posted)) == 1


def _lose_the_answer(outbox: Outbox, monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    post: Callable[[Message, Content], str] = outbox._calls.post

    def lost(message: Message, content: Content) -> str:
        post(message, content)
        monkeypatch.undo()
        raise fault

    monkeypatch.setattr(outbox._calls, "post", lost)


def test_nothing_is_posted_to_a_message_that_was_deleted(home: House) -> None:
    posted = home.post()
    home.slack.call("delete_message", channel=posted["channel"], ts=posted["ts"])
    home.slack.settled()
    home.look()
    home.send()
    assert not home.slack.calls("chat.postMessage")
    assert over(home) == "the message was deleted"


def test_a_deletion_that_overtakes_its_message_still_counts(home: House) -> None:
    home.slack.call("switches", event_delay=0.3)
    posted = home.slack.post(("a.jpg", picture()))
    home.cards.withdraw(Message("T0SANDBOX1", posted["channel"], posted["ts"], posted["ts"]), "gone")
    home.slack.settled()
    home.look()
    home.send()
    assert home.book.images
    assert not home.slack.calls("chat.postMessage")


def test_the_card_of_a_deleted_message_is_removed(home: House) -> None:
    posted = home.post()
    home.look()
    card = home.card(posted)
    home.slack.call("delete_message", channel=posted["channel"], ts=posted["ts"])
    home.slack.settled()
    home.sent(lambda control: card["ts"] not in [m["ts"] for m in control.messages()])


def test_the_looking_message_of_a_deleted_picture_is_removed(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wanted.SLOW", 0.1)
    posted = home.post()
    home.card(posted)
    home.slack.call("delete_file", file=posted["files"][0])
    home.slack.settled()
    home.sent(lambda _: not replies(home, posted))


def test_a_bot_that_was_removed_stops_and_says_why_in_the_status(home: House) -> None:
    home.post()
    home.slack.call("remove_bot", channel="C0PICTURES")
    home.slack.settled()
    home.look()
    home.send()
    assert not [c for c in home.slack.calls("chat.postMessage") if c["ok"]]
    assert over(home)


def test_an_archived_channel_ends_the_card(home: House) -> None:
    home.post()
    home.look()
    home.slack.call("archive", channel="C0PICTURES")
    home.send()
    assert "is_archived" in over(home)


def test_a_revoked_token_is_waited_for(home: House) -> None:
    posted = home.post()
    home.look()
    home.slack.call("revoke_token")
    home.send()
    assert "token" in over(home)
    home.slack.call("reinstall")
    home.card(posted)
    home.sent(lambda _: not home.cards.stopped(5))


def test_without_the_scope_for_reactions_the_card_still_comes(tmp_path: Path) -> None:
    with house(tmp_path, SandboxConfig(bot_scopes=BOT_SCOPES - {"reactions:write"})) as home:
        posted = home.post()
        home.look()
        assert home.card(posted)["text"]
        assert len(home.slack.calls("reactions.add")) == 1


def test_refused_blocks_are_replaced_by_the_text(home: House) -> None:
    posted = home.post()
    home.look()
    home.slack.call("inject", method="chat.postMessage", error="invalid_blocks")
    card = home.card(posted)
    assert "No nudity seen" in card["text"]


def test_a_card_deleted_by_an_admin_is_not_posted_again(home: House) -> None:
    posted = home.post()
    home.look()
    card = home.card(posted)
    home.slack.call("delete_message", channel=posted["channel"], ts=card["ts"])
    home.slack.settled()
    image = next(iter(home.book.images))
    home.tell(image, {**home.book.reports[image], "faces": []})
    home.sent(lambda _: home.cards.stopped(5))
    assert not replies(home, posted)
    assert "message_not_found" in over(home)


def test_a_later_report_edits_the_same_card(home: House) -> None:
    posted = home.post()
    home.look()
    card = home.card(posted)
    image = next(iter(home.book.images))
    home.tell(image, {**home.book.reports[image], "faces": []})
    home.sent(lambda _: "No faces seen" in replies(home, posted)[0])
    assert [m["ts"] for m in home.slack.thread(posted["ts"])] == [card["ts"]]


def test_posts_in_one_channel_are_a_second_apart_and_another_channel_does_not_wait(home: House) -> None:
    here = [home.post() for _ in range(3)]
    there = home.post(channel="G0PRIVATE1")
    home.look()
    for posted in (*here, there):
        home.card(posted)
    sent = {channel: [c["at_ms"] for c in _posts(home, channel)] for channel in ("C0PICTURES", "G0PRIVATE1")}
    gaps = [
        later - earlier for earlier, later in zip(sent["C0PICTURES"], sent["C0PICTURES"][1:], strict=False)
    ]
    assert len(gaps) == 2
    assert min(gaps) >= 1000
    assert sent["G0PRIVATE1"][0] - sent["C0PICTURES"][0] < 900


def _posts(home: House, channel: str) -> list[dict[str, Any]]:
    return [c for c in home.slack.calls("chat.postMessage") if c["arguments"]["channel"] == channel]


@pytest.mark.parametrize("page", ["html", "redirect"])
def test_a_login_page_is_told_with_what_an_admin_must_do_and_then_looked_behind(
    home: House, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr("bot.wanted.SLOW", 0.1)
    monkeypatch.setattr("bot.outbox.SLOW", 0.1)
    home.slack.call("switches", broken_downloads=True, login_page=page)
    posted = home.post()
    home.look()
    home.sent(lambda _: any("files:read" in text for text in replies(home, posted)))
    home.sent(lambda _: home.reactions(posted) == ["warning"])
    assert "Not looked at yet" in replies(home, posted)[0]
    home.slack.call("switches", broken_downloads=False)
    home.look()
    home.sent(lambda _: "No nudity seen" in replies(home, posted)[0])
    home.sent(lambda _: home.reactions(posted) == ["white_check_mark"])


@pytest.mark.parametrize("error", ["missing_scope", "token_revoked", "invalid_auth", "account_inactive"])
def test_what_an_admin_can_mend_is_tried_again_and_named(home: House, error: str) -> None:
    home.post()
    home.slack.call("inject", method="files.info", error=error)
    source = next(iter(home.book.images.values())).source
    with pytest.raises(Transient, match="An admin has to"), home.files.open(source, 1000):
        pass


def test_a_file_that_is_too_big_is_not_fetched(home: House) -> None:
    home.post()
    source = next(iter(home.book.images.values())).source
    with (
        pytest.raises(Rejected, match=r"the most that is looked at is 100 bytes"),
        home.files.open(source, 100),
    ):
        pass


def test_a_deleted_file_says_so(home: House) -> None:
    posted = home.post("a.jpg", "b.jpg")
    home.slack.call("delete_file", file=posted["files"][0])
    home.slack.settled()
    home.look()
    assert "deleted from Slack" in home.card(posted)["text"]


def test_a_message_that_never_came_is_found_through_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.listeners.events.file_shared.PATIENCE", 0.0)
    with house(tmp_path, SandboxConfig(events=frozenset({"file_shared"}))) as home:
        posted = home.post("a.jpg", "b.jpg")
        while home.repair.mend_next():
            pass
        assert len(home.book.images) == 2
        home.look()
        assert home.card(posted)["text"].startswith("*2 pictures")


def test_a_message_that_came_needs_no_repair(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.listeners.events.file_shared.PATIENCE", 0.0)
    home.slack.call("switches", reorder=True)
    home.post()
    assert not home.repair.mend_next()
    assert not home.slack.calls("files.info")
