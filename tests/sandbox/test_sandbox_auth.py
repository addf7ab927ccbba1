"""Tokens, scopes, and every way a call may be sent."""

from __future__ import annotations

import httpx2 as httpx
import pytest
from slack_sdk import WebClient

from sandbox.testing import Control
from tests.sandbox.conftest import bot
from tests.sandbox.refusals import refused

TOKEN = {"Authorization": "Bearer xoxb-sandbox-bot"}


def test_auth_test_says_whose_token_it_is(client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user"], answer["user_id"], answer["bot_id"]) == ("loupe", "U0LOUPEBOT", "B0LOUPEBOT")
    assert answer["team_id"] == "T0SANDBOX1"
    assert answer["url"].startswith("http://127.0.0.1:")


def test_an_app_level_token_names_the_app(shared: Control) -> None:
    assert bot(shared, "xapp-sandbox-app").auth_test()["app_id"] == "A0LOUPEAPP"


def test_the_granted_scopes_come_as_a_header(client: WebClient) -> None:
    assert "files:read" in client.auth_test().headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
def test_a_missing_or_wrong_token(shared: Control, token: str, error: str) -> None:
    answer = httpx.post(f"{shared.api_url}auth.test", data={"token": token}).json()
    assert answer == {"ok": False, "error": error}


def test_a_revoked_token_is_dead_until_the_app_is_installed_again(
    sandbox: Control, client: WebClient
) -> None:
    sandbox.call("revoke_token")
    with refused("token_revoked"):
        client.auth_test()
    sandbox.call("reinstall")
    assert client.auth_test()["ok"]


def test_the_wrong_kind_of_token(shared: Control) -> None:
    with refused("not_allowed_token_type"):
        bot(shared).apps_connections_open(app_token="xoxb-sandbox-bot")
    with refused("not_allowed_token_type"):
        bot(shared, "xapp-sandbox-app").chat_postMessage(channel="C0PICTURES", text="x")


def test_missing_scope_says_what_is_needed_and_provided(sandbox: Control, client: WebClient) -> None:
    sandbox.call("scopes", remove=["reactions:write"])
    with refused("missing_scope") as answer:
        client.reactions_add(channel="C0PICTURES", name="eyes", timestamp="1.000000")
    assert answer["needed"] == "reactions:write"
    assert "chat:write" in answer["provided"].split(",")
    assert "reactions:write" not in answer["provided"].split(",")


@pytest.mark.parametrize(
    ("channel", "needed"),
    [("C0PICTURES", "channels:history"), ("G0PRIVATE1", "groups:history"), ("D0ADALOVE1", "im:history")],
)
def test_history_needs_the_scope_of_its_kind_of_channel(
    sandbox: Control, client: WebClient, channel: str, needed: str
) -> None:
    sandbox.call("scopes", remove=[needed])
    with refused("missing_scope") as answer:
        client.conversations_history(channel=channel)
    assert answer["needed"] == needed


def test_an_unknown_method(client: WebClient) -> None:
    with refused("unknown_method"):
        client.api_call("chat.shout")


def test_api_test_echoes_and_fails_on_request(shared: Control) -> None:
    assert httpx.get(f"{shared.api_url}api.test?foo=bar").json() == {"ok": True, "args": {"foo": "bar"}}
    assert httpx.post(f"{shared.api_url}api.test", data={"error": "oops"}).json()["error"] == "oops"


ARGUMENTS = {"channel": "C0GENERAL1", "text": "hello"}
BLOCKS = '[{"type":"divider"}]'


def test_a_call_as_json(shared: Control) -> None:
    answer = httpx.post(f"{shared.api_url}chat.postMessage", json=ARGUMENTS, headers=TOKEN).json()
    assert answer["message"]["text"] == "hello"


def test_a_call_as_a_form_with_json_inside(shared: Control) -> None:
    form = {**ARGUMENTS, "token": "xoxb-sandbox-bot", "blocks": BLOCKS}
    answer = httpx.post(f"{shared.api_url}chat.postMessage", data=form).json()
    assert answer["message"]["blocks"][0]["type"] == "divider"


def test_a_call_as_multipart(shared: Control) -> None:
    parts = {name: (None, value) for name, value in {**ARGUMENTS, "blocks": BLOCKS}.items()}
    answer = httpx.post(f"{shared.api_url}chat.postMessage", files=parts, headers=TOKEN).json()
    assert answer["message"]["blocks"][0]["type"] == "divider"


def test_a_call_by_get(shared: Control) -> None:
    answer = httpx.get(f"{shared.api_url}users.info", params={"user": "U0ADALOVE1"}, headers=TOKEN).json()
    assert answer["user"]["name"] == "ada"


@pytest.mark.parametrize(("body", "error"), [(b"{", "invalid_json"), (b"[1]", "json_not_object")])
def test_a_body_that_is_no_json_object(shared: Control, body: bytes, error: str) -> None:
    headers = {**TOKEN, "Content-Type": "application/json; charset=utf-8"}
    assert (
        httpx.post(f"{shared.api_url}chat.postMessage", content=body, headers=headers).json()["error"]
        == error
    )


def test_a_missing_argument_is_named(client: WebClient) -> None:
    with refused("invalid_arguments") as answer:
        client.api_call("chat.postMessage", json={"text": "x"})
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


def test_the_journal_keeps_calls_without_the_token(sandbox: Control) -> None:
    httpx.post(f"{sandbox.api_url}users.info", data={"user": "U0ADALOVE1", "token": "xoxb-sandbox-bot"})
    (call,) = sandbox.calls("users.info")
    assert call["arguments"] == {"user": "U0ADALOVE1"}
    assert call["ok"]
