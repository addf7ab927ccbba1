"""Commands, buttons, shortcuts and response URLs, as an app's Request URL sees them."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from starlette.responses import JSONResponse, PlainTextResponse

from sandbox.config import SandboxConfig
from sandbox.testing import Control, ControlError, running
from tests.sandbox.conftest import bot
from tests.sandbox.kit import actions, button, option, plain, section
from tests.sandbox.recorder import Recorder

PICTURES, ADA = "C0PICTURES", "U0ADALOVE1"
MENU = {
    "type": "overflow",
    "action_id": "more",
    "options": [option("Again", "again"), option("Details", "details")],
}
CARD = [section(text=plain("card")), {**actions(button(value="IMG-1"), MENU), "block_id": "row"}]


def command(control: Control, line: str = "/imgstatus IMG-7F3K now") -> dict[str, Any]:
    return control.call("command", channel=PICTURES, user=ADA, line=line)


def card(control: Control, **extra: Any) -> str:
    ts: str = bot(control).chat_postMessage(channel=PICTURES, text="card", blocks=CARD, **extra)["ts"]
    control.settled()
    return ts


def press(control: Control, ts: str, action_id: str = "a", **extra: Any) -> dict[str, Any]:
    return control.call("press", channel=PICTURES, user=ADA, ts=ts, action_id=action_id, **extra)


def test_a_command_arrives_as_a_signed_form(wired: Control, recorder: Recorder) -> None:
    assert command(wired)["ok"]
    (delivery,) = recorder.seen
    form = delivery.form
    assert (form["command"], form["text"]) == ("/imgstatus", "IMG-7F3K now")
    assert (form["user_name"], form["channel_name"], form["team_domain"]) == ("ada", "pictures", "sandbox")
    assert form["response_url"].startswith(f"{wired.url}/hooks/commands/")
    verifier = SignatureVerifier("sandbox-signing-secret")
    assert verifier.is_valid_request(delivery.body.decode(), delivery.headers)


def test_an_empty_acknowledgement_shows_nothing(wired: Control) -> None:
    command(wired)
    assert wired.ephemeral() == []


def test_a_plain_answer_is_for_the_asker_only(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: PlainTextResponse("all is well")
    command(wired)
    (whisper,) = wired.ephemeral()
    assert (whisper["text"], whisper["only_for"]) == ("all is well", ADA)


def test_an_answer_to_the_whole_channel(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: JSONResponse({"response_type": "in_channel", "text": "for all"})
    command(wired)
    assert wired.messages()[-1]["text"] == "for all"


@pytest.mark.parametrize(("status", "error"), [(500, "dispatch_failed"), (404, "dispatch_failed")])
def test_a_failed_command_says_so(wired: Control, recorder: Recorder, status: int, error: str) -> None:
    recorder.answer = lambda delivery: PlainTextResponse("oops", status)
    assert not command(wired)["ok"]
    assert wired.ephemeral()[0]["text"] == f"/imgstatus failed with the error “{error}”"


def test_an_answer_that_breaks_the_rules_is_shown_as_refused(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: JSONResponse({"text": "x", "blocks": [{"type": "nonsense"}]})
    command(wired)
    assert "invalid_blocks" in wired.ephemeral()[0]["text"]


def test_a_command_nobody_registered(wired: Control, recorder: Recorder) -> None:
    assert command(wired, "/dance")["error"] == "unknown_command"
    assert "`/dance` is not a valid command" in wired.ephemeral()[0]["text"]
    assert recorder.seen == []


def test_a_pressed_button(wired: Control, recorder: Recorder) -> None:
    parent = wired.post(text="parent")["ts"]
    ts = card(wired, thread_ts=parent)
    recorder.seen.clear()
    assert press(wired, ts)["ok"]
    payload = recorder.seen[0].payload
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == ADA
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": PICTURES,
        "is_ephemeral": False,
        "thread_ts": parent,
    }
    assert payload["message"]["ts"] == ts
    (action,) = payload["actions"]
    assert (action["type"], action["action_id"], action["block_id"], action["value"]) == (
        "button",
        "a",
        "row",
        "IMG-1",
    )


def test_a_choice_in_a_menu(wired: Control, recorder: Recorder) -> None:
    ts = card(wired)
    recorder.seen.clear()
    press(wired, ts, "more", value="details")
    assert recorder.seen[0].payload["actions"][0]["selected_option"] == option("Details", "details")
    with pytest.raises(ControlError, match="no_such_option"):
        press(wired, ts, "more", value="nothing")


def test_what_cannot_be_pressed(wired: Control) -> None:
    ts = card(wired)
    with pytest.raises(ControlError, match="no_such_action"):
        press(wired, ts, "unknown")
    with pytest.raises(ControlError, match="message_not_found"):
        press(wired, "1.000000")
    with pytest.raises(ControlError, match="invalid_arguments"):
        wired.call("press", user=ADA)


def test_a_button_that_the_app_does_not_answer(wired: Control, recorder: Recorder) -> None:
    ts = card(wired)
    recorder.answer = lambda delivery: PlainTextResponse("oops", 500)
    assert press(wired, ts)["error"] == "http_error"


def test_an_ephemeral_message_has_buttons_for_its_reader_only(wired: Control, recorder: Recorder) -> None:
    ts = bot(wired).chat_postEphemeral(channel=PICTURES, user=ADA, text="x", blocks=CARD)["message_ts"]
    press(wired, ts)
    payload = recorder.seen[0].payload
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    with pytest.raises(ControlError, match="message_not_found"):
        wired.call("press", channel=PICTURES, user="U0GRACEH01", ts=ts, action_id="a")


def test_a_message_shortcut(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(("a.txt", b"x"))
    wired.settled()
    recorder.seen.clear()
    assert wired.call("shortcut", channel=PICTURES, user=ADA, ts=posted["ts"], callback_id="check_image")[
        "ok"
    ]
    payload = recorder.seen[0].payload
    assert (payload["type"], payload["callback_id"]) == ("message_action", "check_image")
    assert payload["message"]["files"][0]["id"] == posted["files"][0]
    assert payload["message_ts"] == posted["ts"]
    with pytest.raises(ControlError, match="no_such_shortcut"):
        wired.call("shortcut", channel=PICTURES, user=ADA, ts=posted["ts"], callback_id="other")


def hook(control: Control, recorder: Recorder, ts: str) -> WebhookClient:
    recorder.seen.clear()
    press(control, ts)
    return WebhookClient(recorder.seen[0].payload["response_url"])


def test_a_response_url_whispers_by_default(wired: Control, recorder: Recorder) -> None:
    answer = hook(wired, recorder, card(wired)).send(text="noted")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert wired.ephemeral()[0]["text"] == "noted"


def test_a_response_url_speaks_to_all_on_request(wired: Control, recorder: Recorder) -> None:
    hook(wired, recorder, card(wired)).send(text="hear", response_type="in_channel")
    assert wired.messages()[-1]["text"] == "hear"


def test_a_response_url_replaces_the_message(wired: Control, recorder: Recorder) -> None:
    ts = card(wired)
    hook(wired, recorder, ts).send(text="decided", replace_original=True)
    (message,) = wired.messages()
    assert (message["ts"], message["text"]) == (ts, "decided")
    assert "blocks" not in message


def test_a_response_url_deletes_the_message(wired: Control, recorder: Recorder) -> None:
    hook(wired, recorder, card(wired)).send(delete_original=True)
    assert wired.messages() == []


def test_an_ephemeral_message_is_replaced_and_deleted_by_its_response_url(
    wired: Control, recorder: Recorder
) -> None:
    ts = bot(wired).chat_postEphemeral(channel=PICTURES, user=ADA, text="x", blocks=CARD)["message_ts"]
    client = hook(wired, recorder, ts)
    client.send(text="changed", replace_original=True)
    assert [message["text"] for message in wired.ephemeral()] == ["changed"]
    client.send(delete_original=True)
    assert wired.ephemeral() == []


def test_five_answers_and_no_more(wired: Control, recorder: Recorder) -> None:
    client = hook(wired, recorder, card(wired))
    assert [client.send(text=str(n)).status_code for n in range(6)] == [200] * 5 + [404]
    assert client.send(text="x").body == '{"ok":false,"error":"used_url"}'


def test_after_half_an_hour_it_is_over(recorder: Recorder) -> None:
    with running(SandboxConfig(request_url=recorder.url, hook_seconds=-1.0)) as control:
        answer = hook(control, recorder, card(control)).send(text="late")
        assert (answer.status_code, answer.body) == (404, '{"ok":false,"error":"expired_url"}')


def test_a_response_url_that_was_not_given_out(shared: Control) -> None:
    assert (
        httpx.post(f"{shared.url}/hooks/actions/T0SANDBOX1/1/secret", json={"text": "x"}).status_code == 404
    )


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"blocks": [{"type": "x"}]}, "invalid_blocks"),
    ],
)
def test_a_response_that_breaks_the_rules(wired: Control, recorder: Recorder, body: Any, error: str) -> None:
    client = hook(wired, recorder, card(wired))
    answer = httpx.post(client.url, json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_trigger_ids_of_everything_open_modals(wired: Control, recorder: Recorder, client: WebClient) -> None:
    ts = card(wired)
    recorder.seen.clear()
    press(wired, ts)
    command(wired)
    triggers = [recorder.seen[0].payload["trigger_id"], recorder.seen[1].form["trigger_id"]]
    view = {"type": "modal", "title": plain("Title"), "blocks": []}
    for trigger in triggers:
        assert client.views_open(trigger_id=trigger, view=view)["view"]["id"].startswith("V")
