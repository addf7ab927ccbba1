"""The small parts by themselves: signatures, replies, buckets, injections, hooks, elements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from sandbox.config import SandboxConfig
from sandbox.delivery.http import Courier, encode
from sandbox.delivery.reply import Reply, read_body
from sandbox.delivery.signing import signature, signed_headers
from sandbox.interactions.elements import chosen, elements, find
from sandbox.interactions.hooks import Hooks
from sandbox.model import Json
from sandbox.outbound import send
from sandbox.rates import Bucket, Injection, Injections
from sandbox.refusal import Broken, RateLimited, Refusal
from sandbox.switches import Switches
from sandbox.testing import multipart
from sandbox.workspace import BOT, Workspace
from tests.sandbox.kit import actions, button, option, section
from tests.sandbox.recorder import Recorder


@given(st.text(max_size=200), st.text(min_size=1, max_size=20).filter(str.strip))
def test_slacks_own_verifier_accepts_every_signature(body: str, secret: str) -> None:
    headers = signed_headers(secret, body.encode())
    assert SignatureVerifier(secret).is_valid_request(body, headers)
    assert not SignatureVerifier(secret + "x").is_valid_request(body, headers)


def test_the_signature_of_slacks_documentation() -> None:
    """The worked example on docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == expected


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        (b"", Reply()),
        (b'{"text": "x"}', Reply(body={"text": "x"})),
        (b"plain words", Reply(text="plain words")),
        (b'"quoted"', Reply(text="quoted")),
        (b"[1]", Reply()),
        (b"\xff", Reply(text="\ufffd")),
    ],
)
def test_what_an_acknowledgement_says(raw: bytes, reply: Reply) -> None:
    assert read_body(raw) == reply
    assert reply.ok


def test_how_each_kind_is_written_down() -> None:
    payload: Json = {"type": "x", "text": "a & b"}
    body, kind = encode("events_api", payload)
    assert (json.loads(body), kind) == (payload, "application/json")
    body, kind = encode("interactive", payload)
    assert json.loads(parse_qs(body.decode())["payload"][0]) == payload
    body, kind = encode("slash_commands", payload)
    assert parse_qs(body.decode())["text"] == ["a & b"]
    assert kind == "application/x-www-form-urlencoded"


@pytest.fixture
def courier() -> Iterator[Courier]:
    courier = Courier("secret", 1.0)
    yield courier
    courier.close()


def test_a_plain_request_and_its_answer(recorder: Recorder) -> None:
    answer = send("POST", f"{recorder.url}?a=1", b"{}", {"Content-Type": "application/json"}, 5)
    assert (answer.status, answer.body) == (200, b"")
    assert recorder.seen[0].body == b"{}"


def test_nobody_at_the_other_end() -> None:
    with pytest.raises(OSError, match="refused"):
        send("GET", "http://127.0.0.1:9", b"", {}, 1)


def test_a_bucket_fills_again() -> None:
    bucket = Bucket(size=2, rate=1.0, level=2, at=0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert bucket.take(0.5) == 0.5
    assert bucket.take(1.0) == 0.0
    assert bucket.take(100.0) == 0.0
    assert bucket.level == 1


def test_injections_strike_in_order_and_run_out() -> None:
    injections = Injections()
    injections.add(Injection("chat.update", 1, error="first"))
    injections.add(Injection("*", 1, retry_after=7))
    injections.add(Injection("chat.update", 1, status=500))
    injections.add(Injection("chat.update", 1))
    with pytest.raises(Refusal, match="first"):
        injections.check("chat.update")
    with pytest.raises(RateLimited) as limited:
        injections.check("auth.test")
    assert limited.value.seconds == 7
    with pytest.raises(Broken) as broken:
        injections.check("chat.update")
    assert broken.value.status == 500
    with pytest.raises(Refusal, match="internal_error"):
        injections.check("chat.update")
    injections.check("chat.update")


def test_a_hook_counts_its_uses() -> None:
    hooks = Hooks(SandboxConfig(hook_uses=2))
    url = hooks.new("actions", "C0PICTURES", "U0ADALOVE1", "1.000000")
    secret = url.rsplit("/", 1)[1]
    assert hooks.use(secret).ts == "1.000000"
    assert hooks.use(secret).left == 0
    with pytest.raises(Refusal, match="used_url"):
        hooks.use(secret)


def test_every_switch_is_explained() -> None:
    text = Switches.__doc__ or ""
    assert [name for name in Switches().turn({}) if name not in text] == []


SELECT = {"type": "static_select", "action_id": "s", "options": [option("A", "a")], "option_groups": None}
BLOCKS: list[Json] = [
    {**section(accessory=button(action_id="side")), "block_id": "one"},
    {**actions(button(action_id="twice"), SELECT), "block_id": "two"},
    {**actions(button(action_id="twice")), "block_id": "three"},
]


def test_elements_are_found_by_action_and_block() -> None:
    assert [(block, part["action_id"]) for block, part in elements(BLOCKS)] == [
        ("one", "side"),
        ("two", "twice"),
        ("two", "s"),
        ("three", "twice"),
    ]
    assert find(BLOCKS, "twice")[0] == "two"
    assert find(BLOCKS, "twice", "three")[0] == "three"
    with pytest.raises(Refusal, match="no_such_action"):
        find(BLOCKS, "side", "two")


def test_what_each_element_reports() -> None:
    several = {"type": "checkboxes", "options": [option("A", "a"), option("B", "b")]}
    grouped = {"type": "static_select", "option_groups": [{"options": [option("A", "a")]}]}
    assert chosen(button(), None) == {}
    assert chosen(SELECT, "a") == {"selected_option": option("A", "a")}
    assert chosen(SELECT, None) == {"selected_option": None}
    assert chosen(grouped, "a") == {"selected_option": option("A", "a")}
    assert chosen(several, ["b"]) == {"selected_options": [option("B", "b")]}
    assert chosen(several, None) == {"selected_options": []}
    assert chosen({"type": "datepicker"}, "2026-11-22") == {"selected_date": "2026-11-22"}
    assert chosen({"type": "plain_text_input"}, "words") == {"value": "words"}


def test_a_workspace_knows_who_may_see_what() -> None:
    space = Workspace(SandboxConfig())
    assert space.channel("C0RANDOM01", BOT).name == "random"
    assert space.channel("#pictures", BOT).id == "C0PICTURES"
    assert space.channel("U0GRACEH01", BOT).kind == "im"
    for hidden in ("G0SECRET01", "nowhere", "USLACKBOT", ""):
        with pytest.raises(Refusal, match="channel_not_found"):
            space.channel(hidden, BOT)
    assert space.channel("G0SECRET01").name == "secret"


def test_a_form_that_a_quote_cannot_break() -> None:
    body, kind = multipart({"text": "x"}, (('a"b.jpg', b"\r\n--"),))
    edge = kind.split("boundary=")[1]
    assert body.count(f"--{edge}".encode()) == 3
    assert b'filename="a\\"b.jpg"' in body
