"""What people ask of the running Loupe: commands, the shortcut, the Details button; and what forgers get."""

import json
import time
from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sandbox.delivery.signing import signed_headers
from sandbox.model import Json
from tests.whole.house import ADA, DIRECT, GENERAL, GRACE, PICTURES, PRIVATE, House, drawing

pytestmark = pytest.mark.xdist_group("whole-asking")
EVENT = {
    "type": "event_callback",
    "team_id": "T0SANDBOX1",
    "api_app_id": "A0LOUPEAPP",
    "event_id": "Ev0FORGED",
    "event": {
        "type": "message",
        "subtype": "file_share",
        "channel": GENERAL,
        "channel_type": "channel",
        "user": ADA,
        "ts": "1700000000.000100",
        "files": [{"id": "F0FORGED", "name": "forged.jpg", "mimetype": "image/jpeg"}],
    },
}


def status(home: House, line: str, channel: str = PICTURES, user: str = ADA) -> str:
    """What the command answers, to this person alone."""
    told = home.slack.call("command", channel=channel, user=user, line=f"/imgstatus {line}")
    assert told["ok"], told
    assert told["body"]["response_type"] == "ephemeral"
    return str(told["body"]["text"])


def short_id(text: str) -> str:
    """The picture's id in a card."""
    return next(word for word in text.split() if word.startswith("IMG-"))


def send(home: House, body: bytes, headers: Mapping[str, str]) -> int:
    """Send something to the address at which Slack's deliveries arrive; the HTTP status."""
    request = Request(f"{home.loupe.url}/slack/events", body, {"Content-Type": "application/json", **headers})
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def test_the_command_lists_what_i_posted_and_how_busy_loupe_is(over_http: House) -> None:
    card = over_http.says(over_http.post(drawing("mine"), user=GRACE), "No nudity seen")
    text = status(over_http, "", user=GRACE)
    assert short_id(card) in text
    assert "Queue:" in text


def test_the_command_with_an_id_shows_every_step_with_its_time(over_http: House) -> None:
    card = over_http.says(over_http.post(drawing("timeline")), "No nudity seen")
    text = status(over_http, short_id(card))
    for actor in ("accept_image", "read_metadata", "detect_faces", "report_findings"):
        assert f"`{actor}` done" in text
    assert "1 attempt" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [("channel", "pictures of this channel"), ("health", "Workers"), ("help", "/imgstatus health")],
)
def test_the_command_answers_each_of_its_words(over_http: House, line: str, words: str) -> None:
    over_http.card(over_http.post(drawing(line), channel=GENERAL))
    assert words in status(over_http, line, channel=GENERAL)


def test_a_private_picture_is_not_told_about_elsewhere(over_http: House) -> None:
    card = over_http.says(over_http.post(drawing("secret"), channel=PRIVATE), "No nudity seen")
    assert "I know no picture" in status(over_http, short_id(card), channel=GENERAL, user=GRACE)
    assert "accept_image" in status(over_http, short_id(card), channel=PRIVATE, user=GRACE)


def test_a_word_that_is_none_of_its_own_gets_a_guess(over_http: House) -> None:
    assert "Did you mean `/imgstatus health`" in status(over_http, "heath")


def test_the_shortcut_says_what_was_found_in_a_known_message(over_http: House) -> None:
    posted = over_http.post(drawing("shortcut"), channel=GENERAL)
    over_http.card(posted)
    over_http.slack.call("shortcut", channel=GENERAL, ts=posted["ts"], user=ADA, callback_id="check_image")
    over_http.slack.wait(lambda slack: whispered(slack.ephemeral(GENERAL), "No nudity seen"))


def test_the_shortcut_takes_in_a_picture_that_was_posted_before_loupe_was_invited(over_http: House) -> None:
    room = "C0RANDOM01"
    posted = over_http.post(drawing("before"), channel=room)
    over_http.slack.call("shortcut", channel=room, ts=posted["ts"], user=ADA, callback_id="check_image")
    over_http.slack.wait(lambda slack: whispered(slack.ephemeral(room), "/invite"))
    over_http.slack.call("invite_bot", channel=room)
    over_http.slack.call("shortcut", channel=room, ts=posted["ts"], user=ADA, callback_id="check_image")
    over_http.says(posted, "No nudity seen")


def whispered(ephemeral: list[Json], words: str) -> bool:
    """Did somebody alone see these words?"""
    return any(words in message["text"] for message in ephemeral)


def test_the_details_button_opens_every_step_in_a_modal(over_http: House) -> None:
    card = over_http.card(over_http.post(drawing("details"), channel=DIRECT))
    over_http.slack.call("press", channel=DIRECT, ts=card["ts"], user=ADA, action_id="loupe_details")
    [view] = over_http.slack.wait(lambda slack: slack.call("views", user=ADA)["views"])
    assert "detect_nudity" in json.dumps(view["blocks"])


@pytest.mark.parametrize("age", [0, -600, 600])
@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_delivery_with_a_forged_signature_is_refused(over_http: House, secret: str, age: int) -> None:
    body = json.dumps(EVENT).encode()
    assert send(over_http, body, signed_headers(secret, body, now=time.time() + age)) == 401


@pytest.mark.parametrize("age", [-301, 301, -86400])
def test_a_delivery_with_an_old_signature_is_refused(over_http: House, age: int) -> None:
    body = json.dumps(EVENT).encode()
    headers = signed_headers(over_http.config.signing_secret, body, now=time.time() + age)
    assert send(over_http, body, headers) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0="},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "0" * 64},
    ],
)
def test_a_delivery_without_a_signature_is_refused(over_http: House, headers: dict[str, str]) -> None:
    assert send(over_http, json.dumps(EVENT).encode(), headers) == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"type": 7}', b'"text"', b"\xff\xfe", b"payload=%"]
)
def test_a_signed_delivery_that_makes_no_sense_breaks_nothing(over_http: House, body: bytes) -> None:
    assert send(over_http, body, signed_headers(over_http.config.signing_secret, body)) < 500


def test_no_forged_delivery_left_a_trace(over_http: House) -> None:
    assert "forged" not in status(over_http, "channel", channel=GENERAL)


def test_every_message_says_all_of_it_in_its_text(over_http: House) -> None:
    over_http.card(over_http.post(drawing("text")))
    sent = [call["arguments"] for call in over_http.slack.calls("chat.postMessage")]
    assert sent
    assert all(str(message.get("text", "")).strip() for message in sent)
