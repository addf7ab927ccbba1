"""Events by HTTP: signed, in Slack's envelope, only what was subscribed to, repeated."""

from __future__ import annotations

import pytest
from slack_sdk.signature import SignatureVerifier

from sandbox.config import EVENTS, SandboxConfig
from sandbox.testing import Control, running
from tests.sandbox.conftest import bot
from tests.sandbox.recorder import Recorder, of_kind
from tests.sandbox.samples import picture

PICTURES = "C0PICTURES"


def test_a_request_url_is_verified_before_it_is_used(sandbox: Control, recorder: Recorder) -> None:
    assert sandbox.call("request_url", url=recorder.url)["verified"]
    elsewhere = recorder.url.replace("/slack/events", "/nothing/here")
    assert not sandbox.call("request_url", url=elsewhere)["verified"]
    sandbox.post(text="still goes to the old one")
    assert recorder.wait(1)


def test_every_request_is_signed(wired: Control, recorder: Recorder) -> None:
    wired.post(text="hello")
    (delivery,) = recorder.wait(1)
    body = delivery.body.decode()
    assert SignatureVerifier("sandbox-signing-secret").is_valid_request(body, delivery.headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, delivery.headers)
    assert delivery.headers["user-agent"].startswith("Slackbot 1.0")


def test_the_envelope(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(text="hello")
    envelope = recorder.wait(1)[0].payload
    assert (envelope["type"], envelope["team_id"], envelope["api_app_id"]) == (
        "event_callback",
        "T0SANDBOX1",
        "A0LOUPEAPP",
    )
    assert envelope["event_id"].startswith("Ev")
    assert envelope["authorizations"][0]["user_id"] == "U0LOUPEBOT"
    event = envelope["event"]
    assert (event["type"], event["channel"], event["channel_type"]) == ("message", PICTURES, "channel")
    assert event["ts"] == event["event_ts"] == posted["ts"]


def test_a_picture_arrives_as_file_share_and_file_shared(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(("a.jpg", picture()), ("b.jpg", picture()), text="two")
    recorder.wait(3)
    (message,) = of_kind(recorder, "message", "file_share")
    assert [file["id"] for file in message["files"]] == posted["files"]
    assert message["files"][0]["url_private_download"]
    assert message["upload"] is False
    shared = recorder.events("file_shared")
    assert sorted(event["file_id"] for event in shared) == sorted(posted["files"])
    assert shared[0]["file"] == {"id": shared[0]["file_id"]}
    assert (shared[0]["channel_id"], shared[0]["user_id"]) == (PICTURES, "U0ADALOVE1")


@pytest.mark.parametrize(("channel", "kind"), [("G0PRIVATE1", "group"), ("D0ADALOVE1", "im")])
def test_the_kind_of_channel(wired: Control, recorder: Recorder, channel: str, kind: str) -> None:
    wired.post(text="x", channel=channel)
    assert recorder.wait(1)[0].payload["event"]["channel_type"] == kind


def test_a_thread_reply_names_its_thread(wired: Control, recorder: Recorder) -> None:
    parent = wired.post(text="parent")["ts"]
    wired.post(("a.jpg", picture()), thread_ts=parent)
    recorder.wait(3)
    (message,) = of_kind(recorder, "message", "file_share")
    assert message["thread_ts"] == parent


def test_nothing_from_channels_without_the_bot(wired: Control, recorder: Recorder) -> None:
    wired.post(("a.jpg", picture()), channel="C0RANDOM01")
    wired.post(text="only this", channel=PICTURES)
    wired.settled()
    assert [event["text"] for event in recorder.events("message")] == ["only this"]
    assert recorder.events("file_shared") == []


def test_only_what_was_subscribed_to(recorder: Recorder) -> None:
    config = SandboxConfig(request_url=recorder.url, events=EVENTS - {"message.channels", "file_deleted"})
    with running(config) as control:
        posted = control.post(("a.jpg", picture()))
        control.call("delete_file", file=posted["files"][0])
        control.settled()
        assert {delivery.payload["event"]["type"] for delivery in recorder.seen} == {"file_shared"}


def test_the_bots_own_messages_arrive_too_and_say_so(wired: Control, recorder: Recorder) -> None:
    bot(wired).chat_postMessage(channel=PICTURES, text="mine")
    event = recorder.wait(1)[0].payload["event"]
    assert (event["user"], event["bot_id"]) == ("U0LOUPEBOT", "B0LOUPEBOT")


def test_a_mention(wired: Control, recorder: Recorder) -> None:
    wired.post(text="<@U0LOUPEBOT> look")
    recorder.wait(2)
    (mention,) = recorder.events("app_mention")
    assert mention["text"] == "<@U0LOUPEBOT> look"
    assert "channel_type" not in mention


def test_an_edit(wired: Control, recorder: Recorder) -> None:
    client = bot(wired)
    ts = client.chat_postMessage(channel=PICTURES, text="old")["ts"]
    client.chat_update(channel=PICTURES, ts=ts, text="new")
    recorder.wait(2)
    (event,) = of_kind(recorder, "message", "message_changed")
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("old", "new")
    assert event["ts"] != event["message"]["ts"] == ts


def test_a_deleted_message_takes_its_picture_along(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(("a.jpg", picture()))
    wired.call("delete_message", channel=PICTURES, ts=posted["ts"])
    recorder.wait(4)
    (event,) = of_kind(recorder, "message", "message_deleted")
    assert event["deleted_ts"] == event["previous_message"]["ts"] == posted["ts"]
    assert event["previous_message"]["files"][0]["id"] == posted["files"][0]
    (gone,) = recorder.events("file_deleted")
    assert (gone["file_id"], gone["channel_ids"]) == (posted["files"][0], [PICTURES])


def test_a_deleted_parent_with_replies_becomes_a_tombstone(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(text="parent")
    bot(wired).chat_postMessage(channel=PICTURES, text="reply", thread_ts=posted["ts"])
    wired.call("delete_message", channel=PICTURES, ts=posted["ts"])
    recorder.wait(3)
    (event,) = of_kind(recorder, "message", "message_changed")
    assert event["message"]["subtype"] == "tombstone"
    assert event["message"]["hidden"]
    assert of_kind(recorder, "message", "message_deleted") == []


def test_a_deleted_file_changes_its_message(wired: Control, recorder: Recorder) -> None:
    posted = wired.post(("a.jpg", picture()), text="words stay")
    wired.call("delete_file", file=posted["files"][0])
    recorder.wait(4)
    (event,) = of_kind(recorder, "message", "message_changed")
    assert event["message"]["files"] == [{"id": posted["files"][0], "mode": "tombstone"}]
    assert event["previous_message"]["files"][0]["mode"] == "hosted"


def test_the_bot_is_told_that_it_was_removed(wired: Control, recorder: Recorder) -> None:
    wired.call("remove_bot", channel=PICTURES)
    recorder.wait(2)
    (member,) = recorder.events("member_left_channel")
    assert (member["user"], member["channel"], member["channel_type"]) == ("U0LOUPEBOT", PICTURES, "C")
    assert recorder.events("channel_left")[0]["channel"] == PICTURES
    wired.post(text="nobody hears this")
    wired.settled()
    assert recorder.events("message") == []
    wired.call("invite_bot", channel=PICTURES)
    wired.post(text="back again")
    recorder.wait(3)
    assert [event["text"] for event in recorder.events("message")] == ["back again"]


def test_leaving_a_private_channel_is_group_left(wired: Control, recorder: Recorder) -> None:
    wired.call("remove_bot", channel="G0PRIVATE1")
    recorder.wait(2)
    assert recorder.events("group_left")[0]["channel"] == "G0PRIVATE1"


def test_the_end_of_the_app(wired: Control, recorder: Recorder) -> None:
    wired.call("uninstall")
    recorder.wait(2)
    assert recorder.events("tokens_revoked")[0]["tokens"] == {"oauth": [], "bot": ["U0LOUPEBOT"]}
    assert recorder.events("app_uninstalled")
    wired.post(text="no more events")
    wired.settled()
    assert len(recorder.seen) == 2


def test_an_opened_home_tab(wired: Control, recorder: Recorder) -> None:
    wired.call("open_home", user="U0GRACEH01")
    event = recorder.wait(1)[0].payload["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U0GRACEH01", "home")


def test_reactions_for_an_app_that_asked_for_them(recorder: Recorder) -> None:
    config = SandboxConfig(request_url=recorder.url, events=frozenset({"reaction_added", "reaction_removed"}))
    with running(config) as control:
        ts = control.post(text="x")["ts"]
        for _ in range(2):
            control.call("react", channel=PICTURES, ts=ts, user="U0GRACEH01", name="eyes")
        recorder.wait(2)
        (added,) = recorder.events("reaction_added")
        assert (added["reaction"], added["item"]["ts"], added["item_user"]) == ("eyes", ts, "U0ADALOVE1")
        assert recorder.events("reaction_removed")
