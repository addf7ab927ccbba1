"""chat.*: posting, editing, deleting, whispering, linking; and what Slack refuses."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from sandbox.testing import Control
from tests.sandbox.refusals import refused

PICTURES = "C0PICTURES"


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_a_posted_message_comes_back_as_slack_shows_it(shared: Control, client: WebClient) -> None:
    answer = client.chat_postMessage(channel=PICTURES, text="hi", blocks=[section("*hi*")])
    message = answer["message"]
    assert answer["channel"] == PICTURES
    assert answer["ts"] == message["ts"]
    assert (message["user"], message["bot_id"], message["app_id"]) == (
        "U0LOUPEBOT",
        "B0LOUPEBOT",
        "A0LOUPEAPP",
    )
    assert message["blocks"][0]["block_id"]
    assert "thread_ts" not in message


def test_a_channel_can_be_named(client: WebClient) -> None:
    assert client.chat_postMessage(channel="#general", text="x")["channel"] == "C0GENERAL1"


def test_a_user_id_leads_to_the_direct_conversation(client: WebClient) -> None:
    assert client.chat_postMessage(channel="U0GRACEH01", text="x")["channel"] == "D0GRACEH01"


def test_timestamps_are_unique_and_rise(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel=PICTURES, text="x")["ts"] for _ in range(20)]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0RANDOM01", "not_in_channel"),
        ("G0SECRET01", "channel_not_found"),
        ("C0NOWHERE1", "channel_not_found"),
    ],
)
def test_where_the_bot_may_not_post(client: WebClient, channel: str, error: str) -> None:
    with refused(error):
        client.chat_postMessage(channel=channel, text="x")


def test_an_archived_channel(sandbox: Control, client: WebClient) -> None:
    sandbox.call("archive", channel=PICTURES)
    with refused("is_archived"):
        client.chat_postMessage(channel=PICTURES, text="x")
    sandbox.call("archive", channel=PICTURES, archived=False)
    assert client.chat_postMessage(channel=PICTURES, text="x")["ok"]


def test_after_the_bot_was_removed(sandbox: Control, client: WebClient) -> None:
    sandbox.call("remove_bot", channel=PICTURES)
    with refused("not_in_channel"):
        client.chat_postMessage(channel=PICTURES, text="x")
    sandbox.call("remove_bot", channel="G0PRIVATE1")
    with refused("channel_not_found"):
        client.chat_postMessage(channel="G0PRIVATE1", text="x")


def test_no_text(client: WebClient) -> None:
    with refused("no_text"):
        client.api_call("chat.postMessage", json={"channel": PICTURES, "text": ""})


def test_text_of_4000_characters_and_one_more(client: WebClient) -> None:
    assert client.chat_postMessage(channel=PICTURES, text="x" * 4000)["ok"]
    with refused("msg_too_long"):
        client.chat_postMessage(channel=PICTURES, text="x" * 4001)


def test_invalid_blocks_say_where_and_why(client: WebClient) -> None:
    with refused("invalid_blocks") as answer:
        client.chat_postMessage(channel=PICTURES, text="x", blocks=[section("y" * 3001)])
    expected = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert expected in answer["errors"]
    assert f"[ERROR] {expected}" in answer["response_metadata"]["messages"]


def test_blocks_that_are_no_json(client: WebClient) -> None:
    with refused("invalid_blocks_format"):
        client.api_call("chat.postMessage", params={"channel": PICTURES, "blocks": "[{"})


def test_all_blocks_together_are_too_long(client: WebClient) -> None:
    assert client.chat_postMessage(channel=PICTURES, text="x", blocks=[section("y" * 2600)] * 5)["ok"]
    with refused("msg_blocks_too_long"):
        client.chat_postMessage(channel=PICTURES, text="x", blocks=[section("y" * 2700)] * 5)


PIE = {"type": "pie", "segments": [{"label": "done", "value": 3}]}


def test_a_chart_block_only_where_the_workspace_has_it(sandbox: Control, client: WebClient) -> None:
    chart = [{"type": "data_visualization", "title": "A week", "chart": PIE}]
    with refused("invalid_blocks") as answer:
        client.chat_postMessage(channel=PICTURES, text="x", blocks=chart)
    assert "data_visualization" in answer["errors"][0]
    sandbox.call("switches", data_visualization=True)
    assert client.chat_postMessage(channel=PICTURES, text="x", blocks=chart)["ok"]


def test_a_slack_file_must_exist(shared: Control, client: WebClient) -> None:
    image = {"type": "image", "slack_file": {"id": "F0NOTHERE1"}, "alt_text": "a"}
    with refused("invalid_blocks") as answer:
        client.chat_postMessage(channel=PICTURES, text="x", blocks=[image])
    assert answer["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    posted = shared.post(("a.txt", b"hello"))
    for named in ({"id": posted["files"][0]}, {"url": posted["message"]["files"][0]["url_private"]}):
        blocks = [{"type": "image", "slack_file": named, "alt_text": "a"}]
        assert client.chat_postMessage(channel=PICTURES, text="x", blocks=blocks)["ok"]


def test_a_reply_joins_its_thread(shared: Control, client: WebClient) -> None:
    parent = shared.post(text="parent")["ts"]
    reply = client.chat_postMessage(channel=PICTURES, text="reply", thread_ts=parent)
    assert reply["message"]["thread_ts"] == parent
    assert reply["message"]["parent_user_id"] == "U0ADALOVE1"
    nested = client.chat_postMessage(channel=PICTURES, text="again", thread_ts=reply["ts"])
    assert nested["message"]["thread_ts"] == parent


def test_a_reply_to_a_deleted_message_lands_in_the_channel_without_an_error(
    shared: Control, client: WebClient
) -> None:
    parent = shared.post(text="soon gone")["ts"]
    shared.call("delete_message", channel=PICTURES, ts=parent)
    answer = client.chat_postMessage(channel=PICTURES, text="late", thread_ts=parent)
    assert "thread_ts" not in answer["message"]


def test_metadata_comes_back_only_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"image": "IMG-1"}}
    ts = client.chat_postMessage(channel=PICTURES, text="x", metadata=metadata)["ts"]
    plain = client.conversations_history(channel=PICTURES, oldest=ts, inclusive=True)["messages"][0]
    full = client.conversations_history(
        channel=PICTURES, oldest=ts, inclusive=True, include_all_metadata=True
    )
    assert "metadata" not in plain
    assert full["messages"][0]["metadata"] == metadata


@pytest.mark.parametrize(
    ("metadata", "error"),
    [("[]", "invalid_metadata_format"), ('{"event_type":"a"}', "invalid_metadata_schema")],
)
def test_metadata_of_the_wrong_shape(client: WebClient, metadata: str, error: str) -> None:
    with refused(error):
        client.api_call("chat.postMessage", params={"channel": PICTURES, "text": "x", "metadata": metadata})


def test_an_edit_replaces_text_and_blocks(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PICTURES, text="old", blocks=[section("old")])["ts"]
    answer = client.chat_update(channel=PICTURES, ts=ts, text="new", blocks=[section("new")])
    assert answer["text"] == "new"
    assert answer["message"]["blocks"][0]["text"]["text"] == "new"
    assert answer["message"]["edited"]["user"] == "U0LOUPEBOT"


def test_only_own_messages_can_be_edited_or_deleted(shared: Control, client: WebClient) -> None:
    ts = shared.post(text="mine")["ts"]
    with refused("cant_update_message"):
        client.chat_update(channel=PICTURES, ts=ts, text="x")
    with refused("cant_delete_message"):
        client.chat_delete(channel=PICTURES, ts=ts)


def test_a_message_that_is_not_there(client: WebClient) -> None:
    with refused("message_not_found"):
        client.chat_update(channel=PICTURES, ts="1.000000", text="x")
    with refused("message_not_found"):
        client.chat_delete(channel=PICTURES, ts="1.000000")


def test_an_admin_may_delete_anybodys_message(shared: Control, client: WebClient, admin: WebClient) -> None:
    ts = client.chat_postMessage(channel=PICTURES, text="x")["ts"]
    assert admin.chat_delete(channel=PICTURES, ts=ts)["ts"] == ts
    assert ts not in [message["ts"] for message in shared.messages()]


def test_a_deleted_parent_with_replies_leaves_a_tombstone(shared: Control, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PICTURES, text="x")["ts"]
    client.chat_postMessage(channel=PICTURES, text="reply", thread_ts=ts)
    client.chat_delete(channel=PICTURES, ts=ts)
    left = next(message for message in shared.messages() if message["ts"] == ts)
    assert (left["subtype"], left["user"], left["text"]) == (
        "tombstone",
        "USLACKBOT",
        "This message was deleted.",
    )


def test_an_ephemeral_message_is_in_no_history(shared: Control, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel=PICTURES, user="U0GRACEH01", text="psst")["message_ts"]
    assert ts not in [message["ts"] for message in client.conversations_history(channel=PICTURES)["messages"]]
    (whisper,) = [message for message in shared.ephemeral() if message["ts"] == ts]
    assert whisper["only_for"] == "U0GRACEH01"


def test_an_ephemeral_message_needs_a_member(client: WebClient) -> None:
    with refused("user_not_found"):
        client.chat_postEphemeral(channel=PICTURES, user="U0NOBODY01", text="x")
    with refused("user_not_in_channel"):
        client.chat_postEphemeral(channel="D0ADALOVE1", user="U0GRACEH01", text="x")


def test_permalinks(shared: Control, client: WebClient) -> None:
    parent = client.chat_postMessage(channel=PICTURES, text="x")["ts"]
    reply = client.chat_postMessage(channel=PICTURES, text="y", thread_ts=parent)["ts"]
    plain = client.chat_getPermalink(channel=PICTURES, message_ts=parent)["permalink"]
    assert plain == f"{shared.url}/archives/{PICTURES}/p{parent.replace('.', '')}"
    threaded = client.chat_getPermalink(channel=PICTURES, message_ts=reply)["permalink"]
    assert threaded.endswith(f"?thread_ts={parent}&cid={PICTURES}")
    with refused("message_not_found"):
        client.chat_getPermalink(channel=PICTURES, message_ts="1.000000")
