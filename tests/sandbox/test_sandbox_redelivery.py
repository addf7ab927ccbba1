"""What Slack sends again and what it never does: by status, by kind, over HTTP and by socket, one by one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2 as httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from websockets.sync.client import ClientConnection, connect

from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.sandbox.kit import actions, button
from tests.sandbox.recorder import Delivery, Recorder

PICTURES, ADA, GRACE = "C0PICTURES", "U0ADALOVE1", "U0GRACEH01"
TRIES = 4
PATIENCE = 60.0


def settled(control: Control) -> list[dict[str, Any]]:
    """The journal once nothing is under way."""
    control.settled(PATIENCE)
    found: list[dict[str, Any]] = control.state()["deliveries"]
    return found


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_an_acknowledgement(wired: Control, recorder: Recorder, status: int) -> None:
    recorder.answer = lambda delivery: Response(status_code=status)
    wired.post(text="x")
    assert [entry["error"] for entry in settled(wired)] == [""]


@pytest.mark.parametrize("status", [302, 400, 401, 404, 408, 429, 500, 503])
def test_anything_else_is_tried_again_and_named(wired: Control, recorder: Recorder, status: int) -> None:
    recorder.answer = lambda delivery: PlainTextResponse("no", status)
    wired.post(text="x")
    assert [(entry["attempt"], entry["error"]) for entry in settled(wired)] == [
        (attempt, "http_error") for attempt in range(TRIES)
    ]


def test_a_redirect_is_not_followed(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: RedirectResponse(recorder.url, 307)
    wired.post(text="x")
    settled(wired)
    assert len(recorder.seen) == TRIES
    assert all("x-slack-signature" in delivery.headers for delivery in recorder.seen)


@pytest.mark.parametrize("body", ["", "ok", "[]", "nonsense {", '{"challenge": 1}', "\ufeff"])
def test_what_an_acknowledged_event_says_does_not_matter(
    wired: Control, recorder: Recorder, body: str
) -> None:
    recorder.answer = lambda delivery: PlainTextResponse(body)
    wired.post(text="x")
    assert len(settled(wired)) == 1


def test_no_retry_counts_only_where_the_delivery_failed_and_says_one(
    wired: Control, recorder: Recorder
) -> None:
    recorder.answer = lambda delivery: PlainTextResponse("no", 500, {"X-Slack-No-Retry": "0"})
    wired.post(text="x")
    settled(wired)
    assert len(recorder.seen) == TRIES


def test_every_repeat_is_signed_anew_and_says_the_same(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: PlainTextResponse("no", 500)
    wired.post(text="x")
    settled(wired)
    assert len({delivery.body for delivery in recorder.seen}) == 1
    assert [delivery.headers.get("x-slack-retry-num") for delivery in recorder.seen] == [None, "1", "2", "3"]
    assert {d.headers["x-slack-retry-reason"] for d in recorder.seen[1:]} == {"http_error"}


def test_each_event_is_tried_by_itself(wired: Control, recorder: Recorder) -> None:
    """One that the app cannot digest neither stops nor repeats the others."""

    def picky(delivery: Delivery) -> Response:
        bad = delivery.payload["event"].get("text") == "poison"
        return PlainTextResponse("no", 500) if bad else Response()

    recorder.answer = picky
    for text in ("one", "poison", "two", "three"):
        wired.post(text=text)
    settled(wired)
    told = [d.payload["event"]["text"] for d in recorder.seen]
    assert {text: told.count(text) for text in set(told)} == {"one": 1, "two": 1, "three": 1, "poison": TRIES}


def test_one_slow_answer_holds_up_no_other_event(recorder: Recorder) -> None:
    """Each is acknowledged although the first is still being thought about: they arrive all at once."""
    together = threading.Barrier(5, timeout=PATIENCE)

    def wait_for_all(delivery: Delivery) -> Response:
        return Response()

    recorder.answer = wait_for_all
    with running(SandboxConfig(request_url=recorder.url, ack_seconds=PATIENCE)) as control:
        posting = [
            threading.Thread(target=lambda: (together.wait(), control.post(text="x"))) for _ in range(5)
        ]
        for thread in posting:
            thread.start()
        for thread in posting:
            thread.join(PATIENCE)
        recorder.wait(5, PATIENCE)
        control.settled(PATIENCE)
        assert len({delivery.payload["event_id"] for delivery in recorder.seen}) == 5


def card(control: Control) -> str:
    headers = {"Authorization": "Bearer xoxb-sandbox-bot"}
    body = {"channel": PICTURES, "text": "x", "blocks": [actions(button(action_id="go"))]}
    ts: str = httpx.post(f"{control.api_url}chat.postMessage", headers=headers, json=body).json()["ts"]
    return ts


@pytest.mark.parametrize("status", [404, 500])
def test_a_person_who_acts_is_told_at_once_and_nothing_is_repeated(
    wired: Control, recorder: Recorder, status: int
) -> None:
    ts = card(wired)
    wired.settled(PATIENCE)
    recorder.seen.clear()
    recorder.answer = lambda delivery: PlainTextResponse("no", status)
    answers = [
        wired.call("command", channel=PICTURES, user=ADA, line="/imgstatus"),
        wired.call("press", channel=PICTURES, user=ADA, ts=ts, action_id="go"),
        wired.call("shortcut", channel=PICTURES, user=ADA, ts=ts, callback_id="check_image"),
    ]
    assert [answer["error"] for answer in answers] == ["http_error"] * 3
    assert len(recorder.seen) == 3
    assert all("x-slack-retry-num" not in delivery.headers for delivery in recorder.seen)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/", "http://127.0.0.1:9/\u00fc", "http://[::1/", "nonsense", ""]
)
def test_an_address_that_is_none_is_not_verified_and_not_kept(
    wired: Control, recorder: Recorder, url: str
) -> None:
    assert not wired.call("request_url", url=url)["verified"]
    wired.post(text="x")
    assert [entry["error"] for entry in settled(wired)] == [""]
    wired.call("request_url", url=url, verify=False)
    wired.post(text="y")
    assert {entry["error"] for entry in settled(wired)[1:]} == {"connection_failed"}


def test_an_app_that_answers_the_challenge_wrongly_is_not_verified(
    wired: Control, recorder: Recorder
) -> None:
    assert not wired.call("request_url", url=f"{recorder.url.rsplit('/', 2)[0]}/elsewhere")["verified"]


@contextmanager
def linked(control: Control) -> Iterator[ClientConnection]:
    """A Socket Mode connection that was greeted."""
    headers = {"Authorization": "Bearer xapp-sandbox-app"}
    url = httpx.post(f"{control.api_url}apps.connections.open", headers=headers).json()["url"]
    with connect(url) as socket:
        assert json.loads(socket.recv(PATIENCE))["type"] == "hello"
        yield socket


def acknowledge(socket: ClientConnection, **more: Any) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(socket.recv(PATIENCE))
    socket.send(json.dumps({"envelope_id": envelope["envelope_id"]} | more))
    return envelope


@pytest.mark.parametrize(
    "noise", ['{"envelope_id": []}', '{"envelope_id": {"a": 1}}', "null", "5", "[" * 5000, "{}"]
)
def test_a_confused_app_keeps_its_connection(sandbox: Control, noise: str) -> None:
    with linked(sandbox) as socket:
        socket.send(noise)
        sandbox.post(text="still here")
        assert acknowledge(socket)["payload"]["event"]["text"] == "still here"
        assert [entry["via"] for entry in settled(sandbox)] == ["socket"]


@pytest.mark.parametrize("payload", ["words", 5, [], None, {"text": 7}, {"blocks": "none"}])
def test_a_confused_answer_to_a_command_breaks_nothing(sandbox: Control, payload: Any) -> None:
    answers: list[dict[str, Any]] = []
    with linked(sandbox) as socket:
        asking = threading.Thread(
            target=lambda: answers.append(
                sandbox.call("command", channel=PICTURES, user=ADA, line="/imgstatus")
            )
        )
        asking.start()
        acknowledge(socket, payload=payload)
        asking.join(PATIENCE)
    assert [answer["ok"] for answer in answers] == [True]
    assert sandbox.messages() == []


def test_bytes_in_place_of_text_end_the_connection_and_nothing_else(sandbox: Control) -> None:
    with linked(sandbox) as rude:
        rude.send(b"\0\1\2")
        sandbox.wait(lambda control: control.summary()["sockets"] == 0, PATIENCE)
    with linked(sandbox) as socket:
        sandbox.post(text="x")
        acknowledge(socket)
    sandbox.settled(PATIENCE)


def test_what_a_closed_socket_left_undone_comes_by_the_request_url(
    wired: Control, recorder: Recorder
) -> None:
    with linked(wired) as socket:
        wired.post(text="x")
        lost = json.loads(socket.recv(PATIENCE))
    (delivery,) = recorder.wait(1, PATIENCE)
    assert delivery.payload["event_id"] == lost["payload"]["event_id"]
    assert delivery.headers["x-slack-retry-num"] == "1"
    assert delivery.headers["x-slack-retry-reason"] == "timeout"


def test_a_warning_closes_nothing_and_loses_nothing(sandbox: Control) -> None:
    with linked(sandbox) as socket:
        assert sandbox.call("disconnect", reason="warning")["connections"] == 1
        assert json.loads(socket.recv(PATIENCE))["reason"] == "warning"
        sandbox.post(text="x")
        assert acknowledge(socket)["payload"]["event"]["text"] == "x"
    assert [entry["via"] for entry in settled(sandbox)] == ["socket"]


def test_an_acknowledgement_settles_its_own_envelope_only(sandbox: Control) -> None:
    with linked(sandbox) as socket:
        sandbox.post(text="one")
        one = json.loads(socket.recv(PATIENCE))
        sandbox.post(text="two")
        two = json.loads(socket.recv(PATIENCE))
        for _ in range(3):
            socket.send(json.dumps({"envelope_id": two["envelope_id"]}))
        again = acknowledge(socket)
        assert again["payload"]["event_id"] == one["payload"]["event_id"]
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
    assert sorted(entry["error"] for entry in settled(sandbox)) == ["", "", "timeout"]


def test_a_second_answer_in_json_is_shown_to_the_one_who_asked(wired: Control, recorder: Recorder) -> None:
    recorder.answer = lambda delivery: JSONResponse({"text": "only you"})
    wired.call("command", channel=PICTURES, user=GRACE, line="/imgstatus")
    assert [(m["text"], m["only_for"]) for m in wired.ephemeral()] == [("only you", GRACE)]
