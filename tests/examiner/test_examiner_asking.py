"""Commands, buttons, shortcuts and the door itself, as any Slack would use them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import TEAM, Json, Trick

pytestmark = pytest.mark.xdist_group("examiner-asking")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with examined(tmp_path_factory.mktemp("asking"), LOUPE_WORKERS="2") as found:
        yield found


@pytest.fixture(scope="module")
def card(home: Examined) -> Json:
    """A card, and the message that it answers."""
    message = home.post("C0ASK", home.slack.file(picture("asked about"), name="lake.jpg"))
    found = home.says(message, "No nudity seen")
    short = next(word for word in found["text"].split() if word.startswith("IMG-"))
    return {**found, "answers": message, "short": short}


@pytest.mark.parametrize(
    "text", ["{}", "  {}  ", "{lower}", "{} please", "`{}`", "*{}*", "({}).", "“{}”", "#{lower}"]
)
def test_a_picture_is_found_however_its_id_is_typed(home: Examined, card: Json, text: str) -> None:
    asked = text.format(card["short"], lower=card["short"].lower())
    said = home.command(asked)["text"]
    assert card["short"] in said
    assert "accept_image" in said
    assert "ms" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lake.jpg"),
        ("channel", "lake.jpg"),
        (" Channel ", "lake.jpg"),
        ("health", "Workers"),
        ("HELP", "/imgstatus health"),
        ("helth", "Did you mean"),
        ("IMG-ZZZZ", "I know no picture"),
        ("<!channel> <@U1> &amp; " + "x" * 3000, "do not know"),
        ("'; DROP TABLE images; --", "do not know"),
    ],
)
def test_imgstatus_answers_only_whoever_asked_and_at_once(
    home: Examined, card: Json, text: str, words: str
) -> None:
    answer = home.command(text)
    assert words in answer["text"]
    assert answer["response_type"] == "ephemeral"
    assert "<!channel>" not in str(answer)


def test_pictures_of_private_places_are_told_of_to_nobody_else(home: Examined) -> None:
    message = home.post("G0SECRET", home.slack.file(picture("secret"), user="UEVE"), user="UEVE")
    short = next(w for w in home.says(message, "IMG-")["text"].split() if w.startswith("IMG-"))
    assert "I know no picture" in home.command(short)["text"]
    assert "I know no picture" in home.command(short, team_id="TOTHER", user_id="UEVE")["text"]
    assert short in home.command(short, user_id="UEVE")["text"]


def pressed(home: Examined, card: Json, **changes: Any) -> Json:
    """The Details button, as Slack sends it."""
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    action = {**button, "block_id": "b1", "action_ts": "1.2", "type": "button"}
    place = {
        "type": "message",
        "message_ts": card["ts"],
        "channel_id": card["channel"],
        "is_ephemeral": False,
    }
    known: Json = {"type": "block_actions", "team": {"id": TEAM, "domain": "t"}, "user": {"id": "UADA"}}
    known |= {"container": place, "channel": {"id": card["channel"], "name": "ask"}, "message": card}
    known |= {"actions": [action], "trigger_id": "1.2.abc", "response_url": home.respond_url("button")}
    return {key: value for key, value in {**known, **changes}.items() if value is not None}


SHAPES: list[Json] = [{}, {"channel": None}, {"team": None, "user": {"id": "U", "team_id": TEAM}}]


@pytest.mark.parametrize("changes", SHAPES)
def test_the_details_button_opens_the_steps(home: Examined, card: Json, changes: Json) -> None:
    before = len(home.slack.views)
    assert home.interact(pressed(home, card, **changes)) == 200
    view = until(lambda: home.slack.views[before:], "a view")[0]
    assert card["short"] in str(view)
    assert "detect_faces" in str(view)


@pytest.mark.parametrize("error", ["expired_trigger_id", "unknown_method", "exchanged_trigger_id"])
def test_a_button_whose_moment_has_passed_still_answers(home: Examined, card: Json, error: str) -> None:
    home.slack.tricks["views.open"].append(Trick(error=error))
    home.slack.said.clear()
    assert home.interact(pressed(home, card)) == 200
    said = until(lambda: home.slack.said["/respond/button"], "an answer")[0]
    assert "detect_faces" in said["text"]
    assert said["response_type"] == "ephemeral"


def test_a_button_pressed_in_another_channel_tells_nothing(home: Examined, card: Json) -> None:
    before = len(home.slack.views)
    assert home.interact(pressed(home, card, channel={"id": "C0ELSE"})) == 200
    assert card["short"] not in str(until(lambda: home.slack.views[before:], "a view"))


def shortcut(home: Examined, message: Json, name: str) -> Json:
    known: Json = {
        "type": "message_action",
        "callback_id": "check_image",
        "trigger_id": "1.2.x",
        "token": "x",
    }
    known |= {"team": {"id": TEAM}, "user": {"id": "UADA"}, "message_ts": message["ts"], "message": message}
    known |= {"channel": {"id": message["channel"], "name": "ask"}, "response_url": home.respond_url(name)}
    return known


@pytest.mark.parametrize("known", ["conversations.info", ""])
def test_the_shortcut_takes_in_what_was_missed(home: Examined, known: str) -> None:
    home.slack.unknown = {known}
    message = home.slack.message(f"C2{len(known)}", home.slack.file(picture(("missed", known))))
    told = {key: message[key] for key in ("type", "user", "ts", "files", "channel")}
    assert home.interact(shortcut(home, told, f"missed{len(known)}")) == 200
    said = until(lambda: home.slack.said[f"/respond/missed{len(known)}"], "an answer")
    assert "looking at it" in said[0]["text"]
    home.says(message, "No nudity seen")
    assert home.interact(shortcut(home, told, f"known{len(known)}")) == 200
    said = until(lambda: home.slack.said[f"/respond/known{len(known)}"], "an answer")
    assert "No nudity seen" in said[0]["text"]
    home.slack.unknown = set()


def test_the_shortcut_on_words_says_that_there_is_no_picture(home: Examined) -> None:
    assert home.interact(shortcut(home, home.slack.message("C23", text="hello"), "words")) == 200
    said = until(lambda: home.slack.said["/respond/words"], "an answer")
    assert "no picture" in said[0]["text"]


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another"},
        {"age": 400},
        {"age": -400},
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0="},
    ],
)
def test_what_is_not_signed_is_refused_and_leaves_no_trace(home: Examined, forged: dict[str, Any]) -> None:
    message = home.slack.message("C24", home.slack.file(picture("forged")))
    body = f'{{"type":"event_callback","team_id":"{TEAM}","event":{str(message).replace(chr(39), chr(34))}}}'
    assert home.send(body, **forged).status_code == 401
    assert requests.post(f"{home.url}/slack/events", data=body, timeout=10).status_code == 401
    assert "I have not seen a picture" in home.command("channel", channel_id="C24")["text"]


def test_slacks_own_questions_are_answered(home: Examined) -> None:
    challenge = home.send('{"token":"x","challenge":"3eZbrw1a","type":"url_verification"}')
    assert "3eZbrw1a" in challenge.text
    form = "application/x-www-form-urlencoded"
    assert home.send(urlencode({"ssl_check": "1", "token": "x"}), form).status_code == 200
    assert requests.get(f"{home.url}/slack/events?ssl_check=1", timeout=10).status_code == 200
    limited = '{"type":"app_rate_limited","token":"x","team_id":"TEAM1","minute_rate_limited":1518467820}'
    assert home.send(limited).status_code == 200
    assert home.event({"type": "team_join", "user": {"id": "UNEW"}}) == 200


def test_a_burst_of_a_hundred_is_acknowledged_in_time_and_each_gets_its_card(home: Examined) -> None:
    """Of fifty messages, because Slack tells of each twice: no answer has reached it yet."""
    home.slack.tricks["files.info"].extend(Trick(status=429, retry_after="1") for _ in range(5))
    messages = [
        home.slack.message(f"CB{n % 25:02d}", home.slack.file(picture(("burst", n)))) for n in range(50)
    ]
    home.acks.clear()
    began = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        assert set(pool.map(home.event, messages * 2)) == {200}
    assert max(home.acks) < 3, f"{max(home.acks):.1f} s, all in {time.monotonic() - began:.1f} s"
    for message in messages:
        home.says(message, "No nudity seen")
