"""The Replay button of a digest: for operators, exactly the runs it names, and no live button afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.api import client
from bot.bulletins.posts import Place, Posts
from bot.cards.charts import chart_block, picture_block
from bot.cards.digest import REPLAY, Run, message
from bot.cards.replayed import settled
from sandbox.config import SandboxConfig
from tests.bot.digests import CHANNEL, told
from tests.bot.house import OPERATORS, House, house

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as found:
        yield found


def posted(home: House, *, chart: bool = False) -> str:
    """A digest with two parked runs, of images that are there; its ts."""
    home.post("a.jpg", "b.jpg")
    home.book.shelved |= {("image-1", "find_place", 1), ("image-2", "make_renditions", 3)}
    runs = [Run("IMG-0001", "find_place", 1), Run("IMG-0002", "make_renditions", 3)]
    block = chart_block(told()["week"]) if chart else None
    posts = Posts(client(SandboxConfig().bot_token, home.slack.api_url))
    return posts.post(Place(CHANNEL), "key", message(told(), runs, block))


def press(home: House, ts: str, user: str) -> None:
    assert home.slack.call("press", channel=CHANNEL, ts=ts, user=user, action_id=REPLAY)["ok"]


def standing(home: House, ts: str) -> dict[str, Any]:
    return next(each for each in home.slack.messages(CHANNEL) if each["ts"] == ts)


def whispers(home: House, user: str) -> list[str]:
    return [each["text"] for each in home.slack.ephemeral(CHANNEL) if each["only_for"] == user]


def edited(home: House, ts: str) -> dict[str, Any]:
    home.slack.wait(lambda _: standing(home, ts).get("edited"))
    return standing(home, ts)


@pytest.mark.parametrize("chart", [False, True])
def test_an_operator_replays_the_listed_runs_and_the_button_goes(home: House, chart: bool) -> None:
    home.slack.call("switches", data_visualization=True)
    ts = posted(home, chart=chart)
    press(home, ts, GRACE)
    after = edited(home, ts)
    assert home.book.replayed == [("image-1", "find_place"), ("image-2", "make_renditions")]
    kinds = [block["type"] for block in after["blocks"]]
    assert "actions" not in kinds
    assert ("data_visualization" in kinds) == chart
    assert f"<@{GRACE}> replayed 2 runs, <!date^" in after["text"]


def test_others_are_told_who_may(home: House) -> None:
    ts = posted(home)
    press(home, ts, ADA)
    home.slack.wait(lambda _: whispers(home, ADA))
    assert f"Only operators may replay runs: <@{OPERATORS[0]}>." in whispers(home, ADA)[0]
    assert not home.book.replayed
    assert not standing(home, ts).get("edited")


def test_what_was_taken_up_meanwhile_is_left_alone_and_told(home: House) -> None:
    ts = posted(home)
    home.book.shelved.clear()
    home.book.shelved.add(("image-2", "make_renditions", 3))
    press(home, ts, GRACE)
    assert "1 run had been taken up or erased before." in edited(home, ts)["text"]
    assert home.book.replayed == [("image-2", "make_renditions")]


def test_nothing_that_is_left_is_told_too(home: House) -> None:
    ts = posted(home)
    home.book.shelved.clear()
    press(home, ts, GRACE)
    assert "Nothing is left to replay" in edited(home, ts)["text"]


def test_runs_that_cannot_be_asked_for_now_keep_their_button(home: House) -> None:
    ts = posted(home)
    home.book.broken = True
    press(home, ts, GRACE)
    home.slack.wait(lambda _: whispers(home, GRACE))
    assert "could not be written down" in whispers(home, GRACE)[0]
    assert not standing(home, ts).get("edited")


def test_where_the_message_cannot_be_edited_the_operator_is_told_all_the_same(home: House) -> None:
    ts = posted(home)
    home.slack.call("inject", method="chat.update", error="message_not_found")
    press(home, ts, GRACE)
    home.slack.wait(lambda _: whispers(home, GRACE))
    assert "replayed 2 runs" in whispers(home, GRACE)[0]


def test_where_slack_refuses_the_blocks_text_alone_is_left(home: House) -> None:
    ts = posted(home)
    home.slack.call("inject", method="chat.update", count=2, error="invalid_blocks")
    press(home, ts, GRACE)
    after = edited(home, ts)
    assert "replayed 2 runs" in after["text"]
    assert not after.get("blocks")


def test_what_slack_adds_to_a_picture_is_not_sent_back() -> None:
    image = picture_block(told()["week"], "F0CHART001")
    echoed = {
        **image,
        "image_width": 960,
        "image_url": "https://x",
        "slack_file": {"id": "F0CHART001", "url": "https://y"},
    }
    first = next(settled({"text": "x", "blocks": [echoed]}, "done"))
    assert first.blocks == (image,)
