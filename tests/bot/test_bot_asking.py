"""People ask: /imgstatus, the message shortcut, the Details button."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.catalog import Erased
from pipeline.model import Source
from sandbox.blocks import problems, view_problems
from tests.bot.house import House, house
from tests.bot.reports import held

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
STEPS = {
    "accept_image": {"state": "done", "attempts": 1, "ms": 34.2, "version": 1, "error": None},
    "find_place": {"state": "failed", "attempts": 3, "ms": 7.0, "version": 1, "error": "no <data>"},
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


def ask(home: House, line: str, channel: str = "C0PICTURES", user: str = ADA) -> str:
    told = home.slack.call("command", channel=channel, user=user, line=f"/imgstatus {line}".strip())
    assert told["ok"], told
    assert told["body"]["response_type"] == "ephemeral"
    assert not problems(told["body"]["blocks"])
    return str(told["body"]["text"])


def test_imgstatus_lists_my_last_pictures_and_the_queue(home: House) -> None:
    home.post("lake.jpg")
    home.post("theirs.jpg", user=GRACE)
    home.look()
    text = ask(home, "")
    assert "IMG-0001" in text
    assert "IMG-0002" not in text
    assert "2 steps waiting, 1 running" in text


def test_imgstatus_with_an_id_shows_every_step(home: House) -> None:
    home.post()
    home.look(actors=STEPS)
    text = ask(home, "img-0001")
    assert "`accept_image` done, 34 ms, 1 attempt\n" in text
    assert "`find_place` failed, 7 ms, 3 attempts: no &lt;data&gt;" in text


def test_a_private_picture_is_told_of_only_there_and_to_its_poster(home: House) -> None:
    home.post(channel="G0PRIVATE1")
    home.look()
    assert "Interlaken" in ask(home, "IMG-0001", "G0PRIVATE1", GRACE)
    assert "Interlaken" in ask(home, "IMG-0001", "C0PICTURES", ADA)
    refused = ask(home, "IMG-0001", "C0PICTURES", GRACE)
    assert refused == ask(home, "IMG-9999").replace("9999", "0001")


def test_a_held_picture_stays_neutral_when_asked_for(home: House) -> None:
    home.post()
    home.look(**{k: v for k, v in held(actors=STEPS).items() if k not in ("id", "short", "source")})
    text = ask(home, "IMG-0001")
    assert "Held for a moderator" in text
    assert not any(word in text for word in ("Interlaken", "face", "Canon", "97", "udity"))


def test_imgstatus_channel_health_and_help(home: House) -> None:
    assert "not seen a picture" in ask(home, "channel")
    home.post("lake.jpg")
    assert "lake.jpg" in ask(home, "channel")
    assert "*Workers*: 2 of 2 run" in ask(home, "health")
    assert "/imgstatus channel" in ask(home, "help")


def test_a_mistyped_word_gets_help_with_a_guess(home: House) -> None:
    assert "Did you mean `/imgstatus health`?" in ask(home, "helth")
    assert "Did you mean" not in ask(home, "what on earth")
    assert "<!here>" not in ask(home, "<!here> everybody")


def test_of_another_workspace_nothing_is_told(home: House) -> None:
    source = Source("slack", "x.jpg", "F9", "T9", "C9", "1.1", "1.1", "U9")
    home.book.enter([("k", source)])
    assert "I know no picture" in ask(home, "IMG-0001")


def shortcut(home: House, posted: dict[str, Any], user: str = ADA) -> str:
    called = home.slack.call(
        "shortcut", channel=posted["channel"], ts=posted["ts"], user=user, callback_id="check_image"
    )
    assert called["ok"], called
    whispered = home.slack.wait(lambda control: control.ephemeral(posted["channel"]))
    assert whispered[-1]["only_for"] == user
    return str(whispered[-1]["text"])


def test_check_this_image_answers_with_what_is_known(home: House) -> None:
    posted = home.post()
    home.look()
    assert "No nudity seen" in shortcut(home, posted)


def test_check_this_image_takes_in_what_was_missed(home: House) -> None:
    home.slack.call("remove_bot", channel="C0PICTURES")
    posted = home.post()
    home.slack.call("invite_bot", channel="C0PICTURES")
    home.slack.settled()
    assert not home.book.images
    assert "looking at it" in shortcut(home, posted)
    home.look()
    assert home.card(posted)["text"]


def test_check_this_image_without_a_picture_says_so(home: House) -> None:
    assert "no picture" in shortcut(home, home.slack.post(text="hello"))


def test_check_this_image_where_the_bot_is_not_says_how_to_invite_it(home: House) -> None:
    for channel in ("C0RANDOM01", "G0SECRET01"):
        posted = home.slack.post(("a.jpg", b"x"), channel=channel)
        assert "/invite @Loupe" in shortcut(home, posted)
    assert not home.book.images


def test_the_details_button_opens_the_steps(home: House) -> None:
    posted = home.post("a.jpg", "b.jpg")
    home.look(actors=STEPS)
    card = home.card(posted)
    home.slack.call("press", channel=posted["channel"], ts=card["ts"], user=GRACE, action_id="loupe_details")
    shown = home.slack.wait(lambda control: control.call("views", user=GRACE)["views"])
    assert not view_problems({k: shown[0][k] for k in ("type", "title", "close", "blocks")})
    assert str(shown[0]["blocks"]).count("accept_image") == 2


def test_imgstatus_of_an_erased_picture_says_so_and_when(home: House) -> None:
    at = datetime(2026, 12, 22, 14, 5, tzinfo=UTC)
    home.book.gone = {
        "IMG-GONE": Erased("image-1", "IMG-GONE", at, done=True),
        "IMG-G01N": Erased("image-2", "IMG-G01N", at, done=False),
    }
    assert "IMG-GONE was erased, <!date^1797948300^" in ask(home, "IMG-GONE")
    assert "IMG-G01N is being erased, " in ask(home, "img-g01n")


def test_check_this_image_says_that_it_was_erased(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home.book, "of_message", lambda team, channel, message: [])
    assert "It was erased, so I do not look at it again." in shortcut(home, home.post())
