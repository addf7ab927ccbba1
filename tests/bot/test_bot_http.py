"""The door that faces the internet: signatures, sizes, nonsense."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.http import LARGEST
from sandbox.config import SandboxConfig
from tests.bot.house import House, house

SECRET = SandboxConfig().signing_secret


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("http")) as opened:
        yield opened


def send(home: House, body: bytes, stamp: str | None = None, **headers: str) -> requests.Response:
    stamp = stamp or str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    signed = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signature}",
        "content-type": "application/json",
    }
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(f"{home.url}/slack/events", data=body, headers=signed | sent, timeout=10)


def event(kind: str, **fields: Any) -> bytes:
    envelope = {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": "Ev1",
        "event": {"type": kind, **fields},
    }
    return json.dumps(envelope).encode()


PICTURE = {"id": "F1", "mimetype": "image/png", "name": "a.png"}


def test_slacks_challenge_is_answered(home: House) -> None:
    answer = send(home, json.dumps({"type": "url_verification", "challenge": "abc"}).encode())
    assert answer.json() == {"challenge": "abc"}


@pytest.mark.parametrize(
    "forged",
    [
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_signature": ""},
        {"x_slack_signature": "v0=ü".encode().decode("latin-1")},
        {"x_slack_request_timestamp": "soon"},
        {"x_slack_request_timestamp": "9" * 400},
    ],
)
def test_a_forged_signature_is_refused(home: House, forged: dict[str, str]) -> None:
    body = event("message", subtype="file_share", channel="C1", ts="9.9", files=[PICTURE])
    assert send(home, body, None, **forged).status_code == 401
    assert not home.book.images


@pytest.mark.parametrize("age", [-301, 400])
def test_a_replayed_request_is_refused(home: House, age: int) -> None:
    assert send(home, b"{}", str(int(time.time()) + age)).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"payload=%7B", b'{"type":1}', b"null"]
)
def test_signed_nonsense_gets_an_answer_and_does_no_harm(home: House, body: bytes) -> None:
    assert send(home, body).status_code in (400, 404)


@pytest.mark.parametrize(
    "fields",
    [
        {"files": "no list"},
        {"files": [None, 3, "x", {}]},
        {"files": [{"id": 7, "mimetype": None}]},
        {"previous_message": None, "subtype": "message_deleted"},
        {"message": None, "subtype": "message_changed"},
        {"channel": None, "ts": None},
    ],
)
def test_odd_messages_are_survived(home: House, fields: dict[str, Any]) -> None:
    assert send(home, event("message", **({"channel": "C1", "ts": "1.1"} | fields))).status_code == 200


@pytest.mark.parametrize("kind", ["app_home_opened", "channel_rename", "something_new"])
def test_events_nobody_listens_to_are_acknowledged(home: House, kind: str) -> None:
    assert send(home, event(kind)).status_code == 200


def test_a_body_beyond_the_limit_is_not_read_to_its_end(home: House) -> None:
    assert send(home, b" " * (LARGEST + 1)).status_code == 413


def test_a_retry_is_taken_like_a_first_delivery(home: House) -> None:
    body = event("message", subtype="file_share", channel="C1", ts="5.5", files=[PICTURE], user="U1")
    assert (
        send(home, body, None, x_slack_retry_num="2", x_slack_retry_reason="http_timeout").status_code == 200
    )
    assert send(home, body).status_code == 200
    assert [image.source.message for image in home.book.of_channel("T1", "C1", 9)] == ["5.5"]


def test_without_a_signing_secret_nothing_is_believed(home: House) -> None:
    from bot.signed import is_signed

    stamp = str(int(time.time()))
    signature = hmac.new(b"", b"v0:" + stamp.encode() + b":{}", hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signature}"}
    assert not is_signed("", headers, b"{}", time.time())
