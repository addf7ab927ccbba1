"""Where Slack's requests arrive on AWS: events of a function URL, good and bad."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.signed import is_signed, signature
from loupe.cloud.front import LARGEST, Answer, Front, body_of, packed, unpacked
from pipeline.errors import Unavailable

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_790_000_000.0
MESSAGE = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "text": "ä"}}


@dataclass
class Memory:
    """``Seen``, the queue and the app, in memory."""

    kept: set[str] = field(default_factory=set)
    queued: list[str] = field(default_factory=list)
    asked: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    broken: bool = False

    def knows(self, key: str) -> bool:
        return key in self.kept

    def keep(self, key: str) -> bool:
        self.kept.add(key)
        return True

    def send(self, body: str) -> None:
        if self.broken:
            raise Unavailable("The queue answered ServiceUnavailable.")
        self.queued.append(body)

    def dispatch(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.asked.append((body, headers))
        return 200, {"content-type": "application/json"}, '{"text": "There you are."}'

    def front(self, secret: str = SECRET) -> Front:
        return Front(secret, self, self.send, self.dispatch, lambda: NOW)


def request(body: bytes, **headers: str) -> dict[str, Any]:
    """The event of a function URL; headers are signed unless they say otherwise."""
    stamp = str(int(NOW))
    signed = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature(SECRET, stamp, body),
        "x-forwarded-proto": "https",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/slack/events",
        "rawQueryString": "",
        "headers": signed | given,
        "requestContext": {"http": {"method": "POST", "path": "/slack/events"}},
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def encoded(event: dict[str, Any]) -> dict[str, Any]:
    """The same event with its body in base64."""
    return event | {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}


@pytest.mark.parametrize("form", [dict, encoded])
def test_an_event_is_queued_as_it_came_and_answered_at_once(form: Callable[..., dict[str, Any]]) -> None:
    there, body = Memory(), json.dumps(MESSAGE, ensure_ascii=False).encode()
    assert there.front().receive(form(request(body)))["statusCode"] == 200
    (parcel,) = there.queued
    found, headers = unpacked(parcel, SECRET, NOW + 86_400)
    assert found == body
    assert is_signed(SECRET, headers, found, NOW + 86_400)
    assert headers["content-type"] == "application/json"
    assert "x-forwarded-proto" not in headers
    assert not there.asked


def test_a_repeated_event_is_dropped_and_another_is_not() -> None:
    there = Memory()
    for number, event in ((0, "Ev1"), (1, "Ev1"), (2, "Ev1"), (0, "Ev2")):
        body = json.dumps(MESSAGE | {"event_id": event}).encode()
        again = {"x_slack_retry_num": str(number)} if number else {}
        assert there.front().receive(request(body, **again))["statusCode"] == 200
    assert [json.loads(json.loads(each)["body"])["event_id"] for each in there.queued] == ["Ev1", "Ev2"]


def test_a_repetition_whose_first_delivery_never_came_is_taken() -> None:
    there = Memory()
    retried = request(
        json.dumps(MESSAGE).encode(), x_slack_retry_num="1", x_slack_retry_reason="http_timeout"
    )
    there.front().receive(retried)
    assert json.loads(there.queued[0])["headers"]["x-slack-retry-num"] == "1"


def test_what_could_not_be_queued_is_asked_for_again_and_taken_then() -> None:
    there = Memory(broken=True)
    event = request(json.dumps(MESSAGE).encode())
    assert there.front().receive(event)["statusCode"] == 503
    there.broken = False
    assert there.front().receive(event)["statusCode"] == 200
    assert len(there.queued) == 1


def test_an_event_that_no_queue_takes_is_handled_right_here() -> None:
    there = Memory()
    body = json.dumps(MESSAGE | {"text": "x" * LARGEST}).encode()
    assert there.front().receive(request(body))["statusCode"] == 200
    assert [each for each, _ in there.asked] == [body]
    assert not there.queued


def test_slacks_challenge_is_answered() -> None:
    answer = Memory().front().receive(request(b'{"type": "url_verification", "challenge": "abc"}'))
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"challenge": "abc"})


@pytest.mark.parametrize(
    "fields", [{"command": "/imgstatus", "text": ""}, {"payload": '{"type": "view_submission"}'}]
)
def test_what_a_person_waits_for_is_answered_right_here(fields: dict[str, str]) -> None:
    there, body = Memory(), urlencode(fields).encode()
    form = "application/x-www-form-urlencoded"
    answer = there.front().receive(request(body, content_type=form))
    assert json.loads(answer["body"]) == {"text": "There you are."}
    assert answer["headers"] == {"content-type": "application/json"}
    assert [(each, headers["content-type"]) for each, headers in there.asked] == [(body, form)]
    assert not there.queued


@pytest.mark.parametrize(
    "forged",
    [
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_signature": ""},
        {"x_slack_request_timestamp": str(int(NOW) + 1)},
        {"x_slack_request_timestamp": "soon"},
    ],
)
def test_a_forged_request_is_refused_and_nothing_is_queued(forged: dict[str, str]) -> None:
    there = Memory()
    assert there.front().receive(request(json.dumps(MESSAGE).encode(), **forged))["statusCode"] == 401
    assert (there.queued, there.asked, there.kept) == ([], [], set())


@pytest.mark.parametrize("age", [-301, 301])
def test_an_old_request_is_refused(age: int) -> None:
    there, body, stamp = Memory(), json.dumps(MESSAGE).encode(), str(int(NOW) + age)
    headers = {"x_slack_request_timestamp": stamp, "x_slack_signature": signature(SECRET, stamp, body)}
    assert there.front().receive(request(body, **headers))["statusCode"] == 401
    assert not there.queued


def test_a_body_that_was_changed_on_its_way_is_refused() -> None:
    there, event = Memory(), request(json.dumps(MESSAGE).encode())
    assert there.front().receive(event | {"body": event["body"] + " "})["statusCode"] == 401
    assert there.front().receive(event | {"isBase64Encoded": True})["statusCode"] == 401
    assert not there.queued


def test_without_a_signing_secret_nothing_is_believed() -> None:
    body, stamp = json.dumps(MESSAGE).encode(), str(int(NOW))
    event = request(body, x_slack_signature=signature("", stamp, body))
    assert Memory().front("").receive(event)["statusCode"] == 401


def test_a_look_whether_somebody_is_there_is_answered_with_nothing() -> None:
    there = Memory()
    assert (
        there.front().receive(request(b"") | {"requestContext": {"http": {"method": "GET"}}})["statusCode"]
        == 200
    )
    assert (there.queued, there.asked) == ([], [])


@pytest.mark.parametrize("event", [{}, {"body": None}, {"body": 3}, {"headers": None}, {"body": "ü%"}])
def test_odd_requests_are_survived(event: dict[str, Any]) -> None:
    post = {"requestContext": {"http": {"method": "POST"}}}
    assert Memory().front().receive(post | event | {"isBase64Encoded": True})["statusCode"] == 401


def test_bytes_that_are_no_text_are_no_parcel() -> None:
    assert packed(b"\xff", {}) is None
    assert body_of({"body": "/w==", "isBase64Encoded": True}) == b"\xff"


@pytest.mark.parametrize("parcel", ["", "{", "[]", "3", '{"body": 3, "headers": {}}', '{"body": "x"}'])
def test_a_message_that_holds_no_request_is_told_so(parcel: str) -> None:
    with pytest.raises(ValueError, match=r"request of Slack|Expecting"):
        unpacked(parcel, SECRET, time.time())


def test_the_secret_does_not_show() -> None:
    assert SECRET not in repr(Memory().front())
