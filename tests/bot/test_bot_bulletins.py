"""Bulletins as they arrive in a channel: what is shown, what is fallen back to, what is given up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.bulletins.noted import Noted
from bot.cards.words import escape
from pipeline import telling
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Unavailable
from pipeline.news import SLACK, Kind, Piece
from pipeline.outbox import Missed, Parked, Sent
from sandbox.blocks import problems
from tests.bot.digests import CHANNEL, told
from tests.bot.kiosk import Kiosk, kiosk
from tests.news.samples import AT, DATA


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Kiosk]:
    with kiosk(tmp_path) as found:
        yield found


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def test_a_digest_is_one_message_with_its_details_in_the_thread(here: Kiosk) -> None:
    assert isinstance(here.bring(here.write()), Sent)
    (message,) = here.bulletins()
    (details,) = here.thread(message["ts"])
    assert message["text"].startswith("14 images, 1 held, 0 failed, median 1.8 s, 61.0 MB saved\n")
    assert kinds(message)[0] == "header"
    assert "The week" in details["text"]
    assert not problems(message["blocks"]) + problems(details["blocks"])


def test_where_slack_draws_charts_itself_its_own_block_is_sent(tmp_path: Path) -> None:
    with kiosk(tmp_path, data_visualization=True) as here:
        here.bring(here.write())
        (message,) = here.bulletins()
        (chart,) = [block for block in message["blocks"] if block["type"] == "data_visualization"]
        assert [len(series["data"]) for series in chart["chart"]["series"]] == [7, 7]
        assert not here.slack.calls("files.getUploadURLExternal")


def test_where_it_does_not_a_picture_is_uploaded_and_described(here: Kiosk) -> None:
    here.bring(here.write())
    (message,) = here.bulletins()
    (image,) = [block for block in message["blocks"] if block["type"] == "image"]
    assert "Sun 22 Nov: 14 (1 held, 61.0 MB saved)" in image["alt_text"]
    assert "Sun 22 Nov: 14 (1 held, 61.0 MB saved)" in message["text"]


def test_what_a_workspace_refuses_is_not_tried_again(here: Kiosk) -> None:
    here.bring(here.write())
    before = len(here.slack.calls("chat.postMessage"))
    here.bring(here.write())
    assert len(here.slack.calls("chat.postMessage")) == before + 2  # nothing in vain


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"]
)
def test_without_an_upload_the_words_go_alone(here: Kiosk, method: str) -> None:
    here.slack.call("inject", method=method, count=9, error="missing_scope")
    here.bring(here.write())
    (message,) = here.bulletins()
    assert "image" not in kinds(message)
    assert "Sun 22 Nov: 14" in message["text"]


def test_an_upload_that_failed_for_the_moment_is_tried_with_the_next_digest(here: Kiosk) -> None:
    here.slack.call("inject", method="files.getUploadURLExternal", count=1, status=503)
    here.bring(here.write())
    here.bring(here.write())
    assert ["image" in kinds(message) for message in here.bulletins()] == [False, True]


def test_a_message_whose_blocks_are_refused_goes_as_text_alone(here: Kiosk) -> None:
    here.slack.call("inject", method="chat.postMessage", count=3, error="invalid_blocks")
    here.bring(here.write())
    (message,) = here.bulletins()
    assert not message.get("blocks")
    assert "61.0 MB saved" in message["text"]
    here.bring(here.write())
    assert "image" in kinds(here.bulletins()[1])  # it was not the chart's fault


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("channel_not_found", "no such channel"),
        ("not_in_channel", "/invite @Loupe"),
        ("is_archived", "archived"),
    ],
)
def test_a_channel_that_is_gone_parks_the_bulletin_with_words(here: Kiosk, error: str, words: str) -> None:
    here.slack.call("inject", method="chat.postMessage", count=1, error=error)
    outcome = here.carry(here.write())
    assert isinstance(outcome, Parked)
    assert words in outcome.fault


@pytest.mark.parametrize("failure", [{"error": "invalid_auth"}, {"retry_after": 1}, {"status": 500}])
def test_what_may_pass_is_tried_again(here: Kiosk, failure: dict[str, Any]) -> None:
    here.slack.call("inject", method="chat.postMessage", count=1, **failure)
    delivery = here.write()
    assert isinstance(here.carry(delivery), Missed)
    (again,) = here.claim(Missed(delivery, ""))
    assert isinstance(here.bring(again), Sent)
    assert len(here.bulletins()) == 1


def test_everybody_waits_as_long_as_slack_asked(here: Kiosk) -> None:
    here.slack.call("inject", method="chat.postMessage", count=1, retry_after=30)
    here.carry(here.write())
    here.ahead = 0.0
    other = here.carry(here.write(to="C0GENERAL1"))
    assert isinstance(other, Missed)
    assert len(here.slack.calls("chat.postMessage")) == 1


def test_a_digest_whose_message_was_deleted_meanwhile_has_no_details_to_add(here: Kiosk) -> None:
    delivery = here.write()
    SqliteOutbox(here.database).note(delivery, Noted(posted={"main": "1.000001"}).progress)
    SqliteOutbox(here.database).release("kiosk")
    here.slack.call("inject", method="chat.postMessage", count=1, error="thread_not_found")
    (again,) = here.claim()
    assert isinstance(here.bring(again), Sent)
    assert not here.bulletins()


def test_an_alarm_is_short_and_says_when(here: Kiosk) -> None:
    here.bring(here.write("alarm", data={"headline": "3 runs are <parked>", "lines": ["Replay them."]}))
    (message,) = here.bulletins()
    assert message["text"].startswith("*3 runs are &lt;parked&gt;*\nReplay them.\n<!date^")


def test_news_for_nowhere_is_parked(here: Kiosk) -> None:
    outcome = here.carry(here.write(to=""))
    assert isinstance(outcome, Parked)


def test_two_bulletins_for_one_channel_keep_slacks_pace(here: Kiosk) -> None:
    here.paced = True
    here.bring(here.write("alarm", data={"headline": "x"}))
    began = here.clock()
    here.bring(here.write("alarm", data={"headline": "y"}))
    assert here.clock() - began > 0.5


def test_a_picture_of_a_channel_waits_while_a_bulletin_was_just_posted(here: Kiosk) -> None:
    here.paced = True
    here.bring(here.write("alarm", data={"headline": "x"}))
    assert SqliteCards(here.database).rest(told()["team"], CHANNEL, 1.0) > 0


def test_whoever_lost_the_claim_posts_nothing(here: Kiosk) -> None:
    late = here.write()
    outbox = SqliteOutbox(here.database)
    outbox.release("kiosk")
    assert outbox.turn(SLACK, "another", (), want=1, lease=60)
    with pytest.raises(Unavailable):
        here.carry(late)
    assert not here.bulletins()


@pytest.mark.parametrize("kind", ["verdict", "held", "failed", "published"])
def test_news_of_images_is_told_in_the_words_that_all_sinks_share(here: Kiosk, kind: Kind) -> None:
    data = DATA[kind]
    here.bring(here.write(kind, data=data))
    (message,) = here.bulletins()
    piece = Piece("id", kind, "1", AT, data)
    assert message["text"].startswith(f"*{escape(telling.headline(piece))}*\n")
    assert all(escape(line) in message["text"] for line in telling.lines(piece))
    assert not problems(message["blocks"])
