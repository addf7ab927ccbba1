"""conversations.*: Source: docs.slack.dev/reference/methods/conversations.info and others."""

from __future__ import annotations

from sandbox import events
from sandbox.api.call import Call, method, missing
from sandbox.api.paging import page
from sandbox.model import Channel, Json
from sandbox.refusal import Refusal
from sandbox.shapes import channel_json

READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
KIND_OF_TYPE = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("conversations.info")
def info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel()
    call.need_scope(READ[channel.kind])
    shape = channel_json(channel, call.user)
    return {"channel": shape if call.flag("include_num_members") else _without_count(shape)}


def _without_count(shape: Json) -> Json:
    return {key: value for key, value in shape.items() if key != "num_members"}


def _of_types(call: Call) -> list[Channel]:
    kinds = [KIND_OF_TYPE.get(name.strip(), "") for name in call.text("types", "public_channel").split(",")]
    if "" in kinds:
        raise Refusal("invalid_types")
    for kind in kinds:
        call.need_scope(READ[kind])
    hidden = call.flag("exclude_archived")
    found = [c for c in call.room.workspace.channels.values() if c.kind in kinds]
    return [c for c in found if not (hidden and c.archived)]


@method("conversations.list")
def list_all(call: Call) -> Json:
    """Every public conversation and the private ones of the caller."""
    found = [c for c in _of_types(call) if c.kind == "channel" or call.user in c.members]
    part, cursor = page(call, found, 100)
    channels = [channel_json(channel, call.user) for channel in part]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("users.conversations")
def of_user(call: Call) -> Json:
    """The conversations the caller, or `user`, is in."""
    user = call.text("user") or call.user
    found = [c for c in _of_types(call) if user in c.members]
    part, cursor = page(call, found, 100)
    channels = [channel_json(channel, call.user) for channel in part]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members")
def members(call: Call) -> Json:
    """The ids of a conversation's members."""
    channel = call.channel()
    call.need_scope(READ[channel.kind])
    part, cursor = page(call, sorted(channel.members), 100)
    return {"members": part, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(call: Call) -> Json:
    """Join a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    answer: Json = {"channel": channel_json(channel, call.user)}
    if call.user in channel.members:
        return answer | {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    channel.members.add(call.user)
    events.joined(call.room, channel, call.user)
    call.room.changed(channel.id)
    return {"channel": channel_json(channel, call.user)}


@method("conversations.open", "im:write")
def open_direct(call: Call) -> Json:
    """Open the direct conversation with one user; with several there is none here (method_not_supported)."""
    if call.text("channel"):
        channel = call.channel()
        return {"channel": channel_json(channel) if call.flag("return_im") else {"id": channel.id}}
    given = call.structure("users") if call.text("users").startswith("[") else call.text("users").split(",")
    users = [str(user).strip() for user in given if str(user).strip()]
    if not users:
        raise missing("users")
    if len(users) > 1:
        raise Refusal("method_not_supported_for_channel_type")
    user = call.room.workspace.user(users[0])
    if user.bot_id:
        raise Refusal("cannot_dm_bot")
    channel = call.room.workspace.open_im(user.id)
    answer: Json = {"no_op": True, "already_open": True}
    return answer | {"channel": channel_json(channel) if call.flag("return_im") else {"id": channel.id}}
