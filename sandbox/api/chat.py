"""chat.*: post, edit, delete, whisper, link. Source: docs.slack.dev/reference/methods/chat.postMessage."""

from __future__ import annotations

from sandbox import posting
from sandbox.api.call import Call, method
from sandbox.api.content import read_content
from sandbox.model import Channel, Json, Message
from sandbox.refusal import Refusal
from sandbox.shapes import message_json


def _may_post(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise Refusal("is_archived")
    if call.user not in channel.members and "chat:write.public" not in call.token.scopes:
        raise Refusal("not_in_channel")


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    """Post to a channel, a thread or (by user id) a direct conversation."""
    channel = call.channel()
    _may_post(call, channel)
    text, blocks, attachments, metadata = read_content(call)
    message = Message(
        ts=call.room.workspace.clock.ts(),
        user=call.user,
        text=text,
        channel=channel.id,
        blocks=blocks,
        attachments=attachments,
        thread_ts=call.text("thread_ts"),
        metadata=metadata,
        broadcast=call.flag("reply_broadcast"),
    )
    posting.publish(call.room, message)
    shape = message_json(call.room.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    """Edit one's own message."""
    channel = call.channel()
    message = call.room.workspace.message(channel, call.needed("ts"))
    if message.user != call.user or message.tombstone:
        raise Refusal("cant_update_message")
    text, blocks, attachments, metadata = read_content(call)
    posting.edit(call.room, message, (text, blocks, attachments, metadata))
    shape = message_json(call.room.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    """Delete a message: a bot its own, an admin's user token anybody's."""
    channel = call.channel()
    message = call.room.workspace.message(channel, call.needed("ts"))
    admin = call.token.kind == "user" and call.room.workspace.users[call.user].is_admin
    if message.tombstone or (message.user != call.user and not admin):
        raise Refusal("cant_delete_message")
    posting.delete(call.room, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Show a message to one user of a channel."""
    channel = call.channel()
    _may_post(call, channel)
    user = call.room.workspace.user(call.needed("user"))
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks, attachments, _ = read_content(call)
    message = Message(
        ts=call.room.workspace.clock.ts(),
        user=call.user,
        text=text,
        channel=channel.id,
        blocks=blocks,
        attachments=attachments,
        thread_ts=call.text("thread_ts"),
        only_for=user.id,
    )
    posting.whisper(call.room, message)
    return {"message_ts": message.ts}


@method("chat.getPermalink")
def get_permalink(call: Call) -> Json:
    """The address of a message; on the sandbox's page it scrolls there."""
    channel = call.channel()
    message = call.room.workspace.message(channel, call.needed("message_ts"))
    base = call.room.config.base_url.rstrip("/")
    link = f"{base}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
