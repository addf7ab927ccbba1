"""Every way in which every method refuses, by the name that Slack gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.api.call import METHODS
from tests.sandbox.asking import APP, BOT, USER, Desk, desk
from tests.sandbox.kit import modal, plain, section

PICTURES, SECRET, RANDOM, NOWHERE = "C0PICTURES", "G0SECRET01", "C0RANDOM01", "C0NOWHERE1"
GRACE, NOBODY = "U0GRACEH01", "U0NOBODY01"
Case = tuple[str, dict[str, Any], str]

LONG = "x" * 16_000
NOT_THERE: list[Case] = [
    (name, arguments, "channel_not_found")
    for name, arguments in {
        "chat.delete": {"ts": "1.1"},
        "chat.getPermalink": {"message_ts": "1.1"},
        "chat.postEphemeral": {"user": GRACE, "text": "x"},
        "chat.postMessage": {"text": "x"},
        "chat.update": {"ts": "1.1", "text": "x"},
        "conversations.history": {},
        "conversations.info": {},
        "conversations.join": {},
        "conversations.members": {},
        "conversations.open": {},
        "conversations.replies": {"ts": "1.1"},
        "reactions.add": {"timestamp": "1.1", "name": "eyes"},
        "reactions.get": {"timestamp": "1.1"},
        "reactions.remove": {"timestamp": "1.1", "name": "eyes"},
    }.items()
]
CASES: list[Case] = [
    *((name, {"channel": NOWHERE} | rest, error) for name, rest, error in NOT_THERE),
    *((name, {"channel": SECRET} | rest, error) for name, rest, error in NOT_THERE),
    ("chat.delete", {"channel": PICTURES, "ts": "1.1"}, "message_not_found"),
    ("chat.getPermalink", {"channel": PICTURES, "message_ts": "1.1"}, "message_not_found"),
    ("chat.postEphemeral", {"channel": PICTURES, "user": NOBODY, "text": "x"}, "user_not_found"),
    ("chat.postEphemeral", {"channel": PICTURES, "user": "USLACKBOT", "text": "x"}, "user_not_in_channel"),
    ("chat.postEphemeral", {"channel": PICTURES, "user": GRACE}, "no_text"),
    ("chat.postEphemeral", {"channel": RANDOM, "user": GRACE, "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": PICTURES}, "no_text"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x" * 4001}, "msg_too_long"),
    ("chat.postMessage", {"channel": RANDOM, "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "blocks": "{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "blocks": {"a": 1}}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "blocks": [7]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "attachments": "{"}, "invalid_attachments"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "attachments": {"a": 1}}, "invalid_attachments"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "attachments": ["a"]}, "invalid_attachments"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "metadata": "{"}, "invalid_metadata_format"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "metadata": []}, "invalid_metadata_format"),
    ("chat.postMessage", {"channel": PICTURES, "text": "x", "metadata": {}}, "invalid_metadata_schema"),
    (
        "chat.postMessage",
        {"channel": PICTURES, "text": "x", "metadata": {"event_type": "e", "event_payload": {"a": LONG}}},
        "metadata_too_large",
    ),
    (
        "chat.postMessage",
        {"channel": PICTURES, "text": "x", "blocks": [section(text=plain("y" * 3000))] * 5},
        "msg_blocks_too_long",
    ),
    ("chat.update", {"channel": PICTURES, "ts": "1.1", "text": "x"}, "message_not_found"),
    ("conversations.history", {"channel": RANDOM}, "not_in_channel"),
    ("conversations.history", {"channel": PICTURES, "cursor": "not base64!"}, "invalid_cursor"),
    ("conversations.history", {"channel": PICTURES, "cursor": "bmV4dDotNQ=="}, "invalid_cursor"),
    ("conversations.history", {"channel": PICTURES, "limit": "many"}, "invalid_arguments"),
    ("conversations.history", {"channel": PICTURES, "oldest": "yesterday"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": PICTURES, "oldest": "NaN"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": PICTURES, "latest": "sNaN"}, "invalid_ts_latest"),
    ("conversations.join", {"channel": "G0PRIVATE1"}, "method_not_supported_for_channel_type"),
    ("conversations.list", {"types": "public_channel,rooms"}, "invalid_types"),
    ("conversations.members", {"channel": PICTURES, "cursor": "x"}, "invalid_cursor"),
    ("conversations.open", {"users": NOBODY}, "user_not_found"),
    ("conversations.open", {"users": f"{GRACE},U0ADALOVE1"}, "method_not_supported_for_channel_type"),
    ("conversations.open", {"users": "U0LOUPEBOT"}, "cannot_dm_bot"),
    ("conversations.open", {"users": ","}, "invalid_arguments"),
    ("conversations.replies", {"channel": RANDOM, "ts": "1.1"}, "not_in_channel"),
    ("conversations.replies", {"channel": PICTURES, "ts": "1.1"}, "thread_not_found"),
    ("bots.info", {"bot": "B0OTHER001"}, "bot_not_found"),
    ("files.delete", {"file": "F0NOTHERE1"}, "file_not_found"),
    ("files.info", {"file": "F0NOTHERE1"}, "file_not_found"),
    ("files.getUploadURLExternal", {"filename": "a.jpg", "length": 0}, "invalid_arguments"),
    ("files.getUploadURLExternal", {"filename": "a.jpg", "length": "big"}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": []}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": "F0NOTHERE1"}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": [{"id": "F0NOTHERE1"}]}, "file_not_found"),
    ("files.completeUploadExternal", {"files": [{"id": "F1"}], "channel_id": NOWHERE}, "channel_not_found"),
    ("files.completeUploadExternal", {"files": [{"id": "F1"}], "channel_id": RANDOM}, "not_in_channel"),
    ("reactions.add", {"channel": PICTURES, "timestamp": "1.1", "name": "eyes"}, "message_not_found"),
    ("reactions.add", {"channel": PICTURES, "timestamp": "1.1", "name": "no such!"}, "invalid_name"),
    ("reactions.add", {"channel": RANDOM, "timestamp": "1.1", "name": "eyes"}, "not_in_channel"),
    ("reactions.get", {"channel": PICTURES, "timestamp": "1.1"}, "message_not_found"),
    ("reactions.remove", {"channel": PICTURES, "timestamp": "1.1", "name": ""}, "invalid_name"),
    ("users.info", {"user": NOBODY}, "user_not_found"),
    ("users.conversations", {"types": "dm"}, "invalid_types"),
    ("users.list", {"cursor": "x"}, "invalid_cursor"),
    ("views.open", {"trigger_id": "1.1.x", "view": modal()}, "invalid_trigger_id"),
    ("views.open", {"trigger_id": "1.1.x", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.1.x", "view": "{"}, "invalid_arguments"),
    ("views.publish", {"user_id": NOBODY, "view": {"type": "home", "blocks": []}}, "user_not_found"),
    ("views.publish", {"user_id": GRACE, "view": modal()}, "invalid_arguments"),
    ("views.push", {"trigger_id": "1.1.x", "view": modal()}, "invalid_trigger_id"),
    ("views.push", {"trigger_id": "1.1.x", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
    ("views.update", {"view_id": "V0NOTHERE1", "view": modal()}, "not_found"),
    ("views.update", {"view_id": "V0NOTHERE1", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
]  # fmt: skip
NEEDED = {
    "chat.delete": {"channel": PICTURES},
    "chat.getPermalink": {"channel": PICTURES},
    "chat.postEphemeral": {"channel": PICTURES, "text": "x"},
    "chat.postMessage": {"text": "x"},
    "chat.update": {"channel": PICTURES, "text": "x"},
    "conversations.replies": {"channel": PICTURES},
    "files.delete": {},
    "files.getUploadURLExternal": {"length": 1},
    "files.info": {},
    "reactions.add": {"channel": PICTURES, "name": "eyes"},
    "reactions.get": {"channel": PICTURES},
    "users.info": {},
    "views.open": {"view": modal()},
    "views.publish": {"view": {"type": "home", "blocks": []}},
    "views.push": {"view": modal()},
}
SCOPED = {name: method for name, method in METHODS.items() if method.scope}


@pytest.fixture(scope="module")
def house() -> Iterator[Desk]:
    with desk() as open_desk:
        yield open_desk


@pytest.mark.parametrize(("name", "arguments", "error"), CASES)
def test_what_cannot_be_done_is_refused_by_slacks_own_name(
    house: Desk, name: str, arguments: dict[str, Any], error: str
) -> None:
    before = len(house.room.workspace.channels[PICTURES].messages)
    answer = house.ask(name, arguments)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert len(house.room.workspace.channels[PICTURES].messages) == before


@pytest.mark.parametrize(("name", "arguments"), NEEDED.items())
def test_a_required_argument_that_is_missing_is_named(
    house: Desk, name: str, arguments: dict[str, Any]
) -> None:
    answer = house.ask(name, arguments)
    assert answer["error"] == "invalid_arguments"
    (message,) = answer["response_metadata"]["messages"]
    assert message.startswith("[ERROR] missing required field: ")


@pytest.mark.parametrize("name", sorted(METHODS))
@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-of-another-app", "invalid_auth")])
def test_no_method_answers_a_stranger(house: Desk, name: str, token: str, error: str) -> None:
    assert house.ask(name, token=token) == {"ok": False, "error": error}


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_method_takes_only_its_kinds_of_token(house: Desk, name: str) -> None:
    tokens = {"bot": BOT, "user": USER, "app": APP}
    for kind, token in tokens.items():
        refused = house.ask(name, token=token).get("error") == "not_allowed_token_type"
        assert refused is (kind not in METHODS[name].kinds)


@pytest.mark.parametrize("name", sorted(SCOPED))
def test_a_method_names_the_scope_it_needs_and_those_there_are(name: str) -> None:
    with desk(bot_scopes=frozenset({"team:read"} - {SCOPED[name].scope})) as poor:
        token = APP if SCOPED[name].kinds == ("app",) else BOT
        poor.room.workspace.tokens[APP].scopes = frozenset()
        answer = poor.ask(name, token=token)
    assert (answer["error"], answer["needed"]) == ("missing_scope", SCOPED[name].scope)
    assert SCOPED[name].scope not in answer["provided"].split(",")


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_revoked_token_opens_nothing(name: str) -> None:
    with desk() as house:
        house.control("revoke_token", {})
        assert house.ask(name)["error"] == "token_revoked"


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_has_a_limit_of_rate_and_says_when_to_come_back(name: str) -> None:
    with desk(enforce_rates=True) as house:
        token = BOT if "bot" in METHODS[name].kinds else APP
        for _ in range(700):
            answer = house.client.get(f"/api/{name}?token={token}&channel={PICTURES}")
            if answer.status_code == 429:
                break
        assert (answer.status_code, answer.json()) == (429, {"ok": False, "error": "ratelimited"})
        assert int(answer.headers["retry-after"]) >= 1
