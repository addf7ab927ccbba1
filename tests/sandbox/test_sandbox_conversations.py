"""conversations.*, users.*, reactions.* and the rest that only looks."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from sandbox.testing import Control
from tests.sandbox.refusals import refused

PICTURES = "C0PICTURES"


def test_history_is_newest_first_and_without_replies(sandbox: Control, client: WebClient) -> None:
    stamps = [sandbox.post(text=f"m{n}")["ts"] for n in range(3)]
    client.chat_postMessage(channel=PICTURES, text="reply", thread_ts=stamps[0])
    client.chat_postMessage(channel=PICTURES, text="told to all", thread_ts=stamps[0], reply_broadcast=True)
    texts = [message["text"] for message in client.conversations_history(channel=PICTURES)["messages"]]
    assert texts == ["told to all", "m2", "m1", "m0"]


def test_history_in_pages(sandbox: Control, client: WebClient) -> None:
    for n in range(7):
        sandbox.post(text=f"m{n}")
    pages = [page["messages"] for page in client.conversations_history(channel=PICTURES, limit=3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [m["text"] for page in pages for m in page] == [f"m{n}" for n in reversed(range(7))]


def test_history_between_two_times(sandbox: Control, client: WebClient) -> None:
    first, second, third = (sandbox.post(text=f"m{n}")["ts"] for n in range(3))
    between = client.conversations_history(channel=PICTURES, oldest=first, latest=third)["messages"]
    assert [m["ts"] for m in between] == [second]
    inclusive = client.conversations_history(channel=PICTURES, oldest=first, latest=third, inclusive=True)
    assert len(inclusive["messages"]) == 3
    with refused("invalid_ts_oldest"):
        client.conversations_history(channel=PICTURES, oldest="yesterday")


def test_a_parent_counts_its_replies(sandbox: Control, client: WebClient) -> None:
    ts = sandbox.post(text="parent")["ts"]
    client.chat_postMessage(channel=PICTURES, text="one", thread_ts=ts)
    last = sandbox.post(text="two", thread_ts=ts, user="U0GRACEH01")["ts"]
    parent = client.conversations_history(channel=PICTURES)["messages"][0]
    assert (parent["reply_count"], parent["reply_users_count"], parent["latest_reply"]) == (2, 2, last)
    assert parent["thread_ts"] == ts


def test_replies_begin_with_the_parent_wherever_in_the_thread_one_asks(
    sandbox: Control, client: WebClient
) -> None:
    ts = sandbox.post(text="parent")["ts"]
    reply = client.chat_postMessage(channel=PICTURES, text="one", thread_ts=ts)["ts"]
    for asked in (ts, reply):
        found = client.conversations_replies(channel=PICTURES, ts=asked)["messages"]
        assert [m["ts"] for m in found] == [ts, reply]
    pages = [p["messages"] for p in client.conversations_replies(channel=PICTURES, ts=ts, limit=1)]
    assert [m["ts"] for p in pages for m in p] == [ts, reply]


def test_a_thread_that_is_not_there(client: WebClient) -> None:
    with refused("thread_not_found"):
        client.conversations_replies(channel=PICTURES, ts="1.000000")


def test_history_of_a_channel_the_bot_is_not_in(client: WebClient) -> None:
    with refused("not_in_channel"):
        client.conversations_history(channel="C0RANDOM01")
    with refused("channel_not_found"):
        client.conversations_history(channel="G0SECRET01")


def test_a_wrong_cursor(client: WebClient) -> None:
    with refused("invalid_cursor"):
        client.conversations_history(channel=PICTURES, cursor="no cursor")


def test_a_distributed_app_gets_15_items_once_a_minute(sandbox: Control, client: WebClient) -> None:
    for n in range(20):
        sandbox.post(text=f"m{n}")
    sandbox.call("switches", distributed=True)
    assert len(client.conversations_history(channel=PICTURES, limit=100)["messages"]) == 15
    with refused("ratelimited"):
        client.conversations_history(channel=PICTURES)


@pytest.mark.parametrize(
    ("channel", "kind"), [(PICTURES, "is_channel"), ("G0PRIVATE1", "is_group"), ("D0ADALOVE1", "is_im")]
)
def test_info_says_what_kind_of_conversation_it_is(client: WebClient, channel: str, kind: str) -> None:
    found = client.conversations_info(channel=channel)["channel"]
    assert [name for name in ("is_channel", "is_group", "is_im") if found[name]] == [kind]
    assert found["is_private"] is (kind != "is_channel")


def test_info_counts_members_when_asked(client: WebClient) -> None:
    assert "num_members" not in client.conversations_info(channel=PICTURES)["channel"]
    assert (
        client.conversations_info(channel=PICTURES, include_num_members=True)["channel"]["num_members"] == 4
    )


def test_list_hides_private_channels_of_others(client: WebClient) -> None:
    found = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert [c["name"] for c in found] == [
        "general",
        "pictures",
        "loupe-operators",
        "random",
        "private-pictures",
    ]
    assert [c["name"] for c in found if not c["is_member"]] == ["random"]
    with refused("invalid_types"):
        client.conversations_list(types="rooms")


def test_list_can_leave_archived_ones_out(sandbox: Control, client: WebClient) -> None:
    sandbox.call("archive", channel="C0RANDOM01")
    found = client.conversations_list(exclude_archived=True)["channels"]
    assert [c["name"] for c in found] == ["general", "pictures", "loupe-operators"]


def test_the_bots_own_conversations(client: WebClient) -> None:
    found = client.users_conversations(types="public_channel,im")["channels"]
    assert [c["id"] for c in found if c["is_channel"]] == ["C0GENERAL1", PICTURES, "C0OPERATOR"]
    assert len([c for c in found if c["is_im"]]) == 3


def test_members_in_pages(client: WebClient) -> None:
    pages = [p["members"] for p in client.conversations_members(channel=PICTURES, limit=3)]
    assert [len(p) for p in pages] == [3, 1]


def test_join_a_public_channel_only(sandbox: Control, client: WebClient) -> None:
    assert client.conversations_join(channel="C0RANDOM01")["channel"]["is_member"]
    assert client.conversations_join(channel="C0RANDOM01")["warning"] == "already_in_channel"
    with refused("method_not_supported_for_channel_type"):
        client.conversations_join(channel="G0PRIVATE1")


def test_open_a_direct_conversation(client: WebClient) -> None:
    assert client.conversations_open(users=["U0ADALOVE1"])["channel"]["id"] == "D0ADALOVE1"
    assert client.conversations_open(users="U0ADALOVE1", return_im=True)["channel"]["user"] == "U0ADALOVE1"
    assert client.conversations_open(channel="D0ADALOVE1")["channel"]["id"] == "D0ADALOVE1"
    with refused("user_not_found"):
        client.conversations_open(users=["U0NOBODY01"])
    with refused("cannot_dm_bot"):
        client.conversations_open(users=["U0LOUPEBOT"])


def test_users_the_team_and_the_bot(client: WebClient) -> None:
    assert client.users_info(user="U0GRACEH01")["user"]["profile"]["display_name"] == "grace"
    assert [u["name"] for u in client.users_list()["members"]] == [
        "ada",
        "grace",
        "linus",
        "loupe",
        "slackbot",
    ]
    assert client.team_info()["team"]["id"] == "T0SANDBOX1"
    assert client.bots_info(bot="B0LOUPEBOT")["bot"]["user_id"] == "U0LOUPEBOT"
    with refused("user_not_found"):
        client.users_info(user="U0NOBODY01")
    with refused("bot_not_found"):
        client.bots_info(bot="B0NOBODY01")


def test_reactions_come_and_go(sandbox: Control, client: WebClient) -> None:
    ts = sandbox.post(text="x")["ts"]
    client.reactions_add(channel=PICTURES, timestamp=ts, name="eyes")
    sandbox.call("react", channel=PICTURES, ts=ts, user="U0GRACEH01", name="eyes")
    (eyes,) = client.reactions_get(channel=PICTURES, timestamp=ts)["message"]["reactions"]
    assert eyes == {"name": "eyes", "users": ["U0LOUPEBOT", "U0GRACEH01"], "count": 2}
    client.reactions_remove(channel=PICTURES, timestamp=ts, name="eyes")
    sandbox.call("react", channel=PICTURES, ts=ts, user="U0GRACEH01", name="eyes")
    assert "reactions" not in client.reactions_get(channel=PICTURES, timestamp=ts)["message"]


def test_reactions_refused(shared: Control, client: WebClient) -> None:
    ts = shared.post(text="x")["ts"]
    client.reactions_add(channel=PICTURES, timestamp=ts, name="eyes")
    with refused("already_reacted"):
        client.reactions_add(channel=PICTURES, timestamp=ts, name="eyes")
    with refused("no_reaction"):
        client.reactions_remove(channel=PICTURES, timestamp=ts, name="tada")
    with refused("invalid_name"):
        client.reactions_add(channel=PICTURES, timestamp=ts, name="not an emoji!")
    with refused("message_not_found"):
        client.reactions_add(channel=PICTURES, timestamp="1.000000", name="eyes")


def test_reactions_where_the_bot_may_not(sandbox: Control, client: WebClient) -> None:
    ts = sandbox.post(text="x")["ts"]
    sandbox.call("archive", channel=PICTURES)
    with refused("is_archived"):
        client.reactions_add(channel=PICTURES, timestamp=ts, name="eyes")
    sandbox.call("archive", channel=PICTURES, archived=False)
    sandbox.call("remove_bot", channel=PICTURES)
    with refused("not_in_channel"):
        client.reactions_add(channel=PICTURES, timestamp=ts, name="eyes")


def test_no_more_than_23_emoji_on_a_message(shared: Control, client: WebClient) -> None:
    ts = shared.post(text="x")["ts"]
    for n in range(23):
        client.reactions_add(channel=PICTURES, timestamp=ts, name=f"emoji{n}")
    with refused("too_many_emoji"):
        client.reactions_add(channel=PICTURES, timestamp=ts, name="emoji23")
