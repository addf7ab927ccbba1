"""Whatever a call says, it gets Slack's answer, never a broken server, and spoils nothing for the next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from sandbox.api.call import METHODS
from sandbox.control.routes import CALLS
from sandbox.strict_json import DEEPEST, read_json
from tests.sandbox.asking import APP, BOT, Desk, desk
from tests.sandbox.kit import modal

PICTURES = "C0PICTURES"
NAMES = """
    channel ts text blocks attachments metadata user users thread_ts limit cursor oldest latest
    types timestamp name file files filename length view view_id trigger_id user_id hash
    channel_id external_id message_ts bot token inclusive
""".split()  # noqa: SIM905
ACTED = """
    channel user ts line action_id block_id view_id value values callback_id method count
    status error retry_after remove add reason tab file name duplicates reorder login_page
    event_delay clear archived files everything
""".split()  # noqa: SIM905
KNOWN = [
    "C0PICTURES",
    "G0SECRET01",
    "U0ADALOVE1",
    "USLACKBOT",
    "B0LOUPEBOT",
    "eyes",
    "1.1",
    "next",
    "im",
    "NaN",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(KNOWN),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "text", "elements", "id", "slack_file"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def house() -> Iterator[Desk]:
    with desk() as open_desk:
        yield open_desk


@pytest.fixture(scope="module")
def trampled() -> Iterator[Desk]:
    with desk() as open_desk:
        yield open_desk


@examples(max_examples=400)
@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_any_arguments_get_an_answer(house: Desk, method: str, arguments: dict[str, Any]) -> None:
    token = APP if METHODS[method].kinds == ("app",) else BOT
    answer = house.ask(method, {"channel": PICTURES, "ts": "1.1", "view": modal()} | arguments, token)
    assert answer["ok"] or answer["error"]


@examples(max_examples=200)
@given(st.sampled_from(sorted(CALLS)), VALUES | st.dictionaries(st.sampled_from(ACTED), VALUES, max_size=5))
def test_any_control_call_gets_an_answer(trampled: Desk, name: str, body: Any) -> None:
    status, answer = trampled.control(name, body)
    assert status == 200 or (status == 400 and answer["error"])
    for path in ("state", "summary", "page", f"channels/{PICTURES}?user=U0ADALOVE1"):
        assert trampled.client.get(f"/sandbox/{path}").status_code == 200


@examples(max_examples=100)
@given(
    st.binary(max_size=60),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/x"]),
)
def test_any_bytes_get_an_answer(house: Desk, body: bytes, kind: str) -> None:
    assert "ok" in house.send("auth.test", body, kind=kind)


@pytest.mark.parametrize(
    "raw",
    [
        '{"text": NaN}',
        '{"text": -Infinity}',
        '{"text": 1e999}',
        '{"text": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"text": ' + "[" * 200 + "]" * 200 + "}",
        '{"text":' * 20_000 + "1" + "}" * 20_000,
        "{",
        "\xff",
    ],
    ids=[
        "NaN",
        "infinity",
        "overflow",
        "surrogate",
        "surrogate key",
        "deep",
        "very deep",
        "cut off",
        "latin",
    ],
)
def test_what_could_not_be_sent_back_is_not_taken(house: Desk, raw: str) -> None:
    assert house.send("chat.postMessage", raw.encode("latin-1"))["error"] == "invalid_json"
    assert house.ask("conversations.history", {"channel": PICTURES})["ok"]
    assert house.control("react", raw.encode("latin-1"))[0] == 400


@pytest.mark.parametrize("argument", ["blocks", "metadata", "attachments"])
@pytest.mark.parametrize("inside", ['[{"type": NaN}]', '["\\ud800"]', "[" * 5000])
def test_json_inside_a_string_is_read_as_strictly(house: Desk, argument: str, inside: str) -> None:
    answer = house.ask("chat.postMessage", {"channel": PICTURES, "text": "x", argument: inside})
    assert answer["error"] in ("invalid_blocks_format", "invalid_metadata_format", "invalid_attachments")


def test_a_channel_stays_readable_after_half_a_character(house: Desk) -> None:
    house.send("chat.postMessage", b'{"channel": "C0PICTURES", "text": "\\ud83d"}')
    house.post("after it")
    found = house.ask("conversations.history", {"channel": PICTURES, "limit": 1})
    assert [message["text"] for message in found["messages"]] == ["after it"]


def test_emoji_of_two_halves_are_whole() -> None:
    assert read_json('"\\ud83d\\ude00"') == "😀"


@given(VALUES)
def test_what_is_ordinary_passes_unchanged(value: Any) -> None:
    assert read_json(json.dumps(value)) == value


def test_the_deepest_that_passes_and_one_more() -> None:
    assert read_json("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    with pytest.raises(ValueError, match="nested"):
        read_json("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2))


@pytest.mark.parametrize("elements", [5, "text", {"a": 1}, True])
def test_elements_that_are_no_list_are_a_problem_of_the_block(house: Desk, elements: Any) -> None:
    block = {"type": "actions", "elements": elements}
    answer = house.ask("chat.postMessage", {"channel": PICTURES, "text": "x", "blocks": [block]})
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["must provide an array [json-pointer:/blocks/0/elements]"]
