"""What happened in the workspace, told to the app where it has subscribed and may see it.

Source: docs.slack.dev/apis/events-api ("Event dispatching") and the pages of the events.
"""

from __future__ import annotations

import time

from sandbox.file_shapes import stub_json
from sandbox.model import Channel, File, Json, Message
from sandbox.room import Room
from sandbox.shapes import message_json
from sandbox.workspace import APP, BOT, TEAM

MESSAGE_EVENT = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}


def envelope(room: Room, event: Json) -> Json:
    """The outer part of every event."""
    return {
        "token": "sandbox-verification",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": room.workspace.clock.id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": room.switches.connect_stubs,
        "event_context": f"4-{event['type']}-{TEAM}",
    }


def tell(room: Room, event: Json) -> None:
    """Send an event whose own type is what an app subscribes to."""
    if event["type"] in room.config.events and _alive(room):
        room.post_office.post_event(envelope(room, event))


def _alive(room: Room) -> bool:
    return not room.workspace.tokens[room.config.bot_token].revoked


def tell_message(room: Room, channel: Channel, event: Json) -> None:
    """Send an event of type message: only where the bot is in, may read and has subscribed."""
    allowed = BOT in channel.members and HISTORY[channel.kind] in room.config.bot_scopes
    if allowed and MESSAGE_EVENT[channel.kind] in room.config.events and _alive(room):
        kind = "message"
        shape: Json = {"type": kind, "channel": channel.id, "channel_type": channel.kind}
        shape["event_ts"] = event.get("event_ts") or room.workspace.clock.ts()
        room.post_office.post_event(envelope(room, shape | event))


def posted(room: Room, message: Message) -> None:
    """A message was posted: message, file_shared for each file, app_mention where the bot is named."""
    space = room.workspace
    channel = space.channels[message.channel]
    shape = _as_event(room, message_json(space, message))
    tell_message(room, channel, shape | {"event_ts": message.ts})
    for id in message.files if BOT in channel.members else []:
        shared: Json = {
            "type": "file_shared",
            "channel_id": channel.id,
            "file_id": id,
            "user_id": message.user,
        }
        tell(room, shared | {"file": {"id": id}, "event_ts": space.clock.ts()})
    named = f"<@{BOT}>" in message.text and message.user != BOT
    if named and channel.kind != "im" and BOT in channel.members:
        mention = {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        tell(room, {**shape, **mention})


def _as_event(room: Room, shape: Json) -> Json:
    for dropped in (
        "reply_count",
        "reply_users",
        "reply_users_count",
        "latest_reply",
        "is_locked",
        "subscribed",
    ):
        shape.pop(dropped, None)
    if room.switches.connect_stubs and "files" in shape:
        shape["files"] = [stub_json(room.workspace.files[file["id"]]) for file in shape["files"]]
    return shape


def changed(room: Room, message: Message, before: Json) -> None:
    """A message was edited, lost a file or became a tombstone: message_changed with both states."""
    channel = room.workspace.channels[message.channel]
    now = message_json(room.workspace, message)
    shape = {"subtype": "message_changed", "message": now, "previous_message": before, "hidden": True}
    tell_message(room, channel, shape | {"ts": room.workspace.clock.ts()})


def removed(room: Room, channel: Channel, before: Json) -> None:
    """A message is gone altogether: message_deleted."""
    ts = room.workspace.clock.ts()
    shape = {
        "subtype": "message_deleted",
        "deleted_ts": before["ts"],
        "previous_message": before,
        "hidden": True,
    }
    tell_message(room, channel, shape | {"ts": ts, "event_ts": ts})


def file_deleted(room: Room, file: File) -> None:
    """A file was deleted by its owner or an admin."""
    channels = list(dict.fromkeys(channel for channel, _ in file.shares))
    event: Json = {"type": "file_deleted", "file_id": file.id, "channel_ids": channels}
    tell(room, event | {"event_ts": room.workspace.clock.ts()})


def reaction(room: Room, message: Message, user: str, name: str, what: str) -> None:
    """reaction_added or reaction_removed, where the bot is in."""
    if BOT not in room.workspace.channels[message.channel].members:
        return
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event: Json = {"type": what, "user": user, "reaction": name, "item": item, "item_user": message.user}
    tell(room, event | {"event_ts": room.workspace.clock.ts()})


def left(room: Room, channel: Channel, user: str) -> None:
    """Somebody left where the bot is in; to the bot itself channel_left or group_left as well."""
    if BOT not in channel.members:
        return
    ts = room.workspace.clock.ts()
    shape = {"user": user, "channel": channel.id, "team": TEAM, "event_ts": ts}
    letter = "C" if channel.kind == "channel" else "G"
    tell(room, {"type": "member_left_channel", "channel_type": letter} | shape)
    if user == BOT:
        kind = "channel_left" if channel.kind == "channel" else "group_left"
        tell(room, {"type": kind, "channel": channel.id, "actor_id": "U0ADALOVE1", "event_ts": ts})


def joined(room: Room, channel: Channel, user: str) -> None:
    """Somebody joined where the bot is in: member_joined_channel."""
    if BOT not in channel.members:
        return
    letter = "C" if channel.kind == "channel" else "G"
    shape: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": letter,
    }
    tell(room, shape | {"team": TEAM, "event_ts": room.workspace.clock.ts()})


def home_opened(room: Room, user: str, tab: str) -> None:
    """Somebody opened the app's home or its messages."""
    channel = room.workspace.open_im(room.workspace.user(user).id)
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    tell(room, event | {"event_ts": room.workspace.clock.ts()})


def gone(room: Room, event: Json) -> None:
    """app_uninstalled and tokens_revoked, which arrive although the token is already dead."""
    if event["type"] in room.config.events:
        room.post_office.post_event(envelope(room, event))
