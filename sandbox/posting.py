"""The acts that change what a channel shows: post, edit, delete, react. Each tells the app and open pages."""

from __future__ import annotations

from sandbox import events
from sandbox.model import Channel, File, Json, Message
from sandbox.room import Room
from sandbox.shapes import message_json

Editable = tuple[str, list[Json], list[Json], Json | None]


def publish(room: Room, message: Message) -> Message:
    """Put a message into its channel and its files' shares.

    A reply to a message that does not exist (any more) becomes a message of the channel itself, without an
    error, as real Slack does (github.com/slack-go/slack issue 1571); a reply to a reply joins its thread.
    """
    channel = room.workspace.channels[message.channel]
    parent = channel.messages.get(message.thread_ts)
    message.thread_ts = (parent.thread_ts or parent.ts) if parent else ""
    channel.messages[message.ts] = message
    if message.thread_ts:
        channel.threads.setdefault(message.thread_ts, []).append(message.ts)
    for id in message.files:
        room.workspace.files[id].shares.append((channel.id, message.ts))
    room.changed(channel.id)
    events.posted(room, message)
    return message


def whisper(room: Room, message: Message) -> Message:
    """Show a message to one user only; it is in no history and causes no event."""
    room.workspace.channels[message.channel].ephemeral[message.ts] = message
    room.changed(message.channel)
    return message


def edit(room: Room, message: Message, content: Editable) -> None:
    """Replace text, blocks, attachments and (where given) metadata."""
    before = message_json(room.workspace, message)
    message.text, message.blocks, message.attachments, metadata = content
    message.metadata = metadata if metadata is not None else message.metadata
    if not message.only_for:
        message.edited_ts = room.workspace.clock.ts()
        events.changed(room, message, before)
    room.changed(message.channel)


def delete(room: Room, channel: Channel, message: Message) -> None:
    """Take a message away: a tombstone stays where it has replies (message_changed), else message_deleted."""
    before = message_json(room.workspace, message)
    if room.workspace.replies(channel, message.ts):
        message.tombstone, message.text = True, "This message was deleted."
        message.blocks, message.attachments, message.files, message.reactions = [], [], [], {}
        events.changed(room, message, before)
    else:
        del channel.messages[message.ts]
        if message.thread_ts:
            channel.threads[message.thread_ts].remove(message.ts)
        events.removed(room, channel, before)
    room.changed(channel.id)


def delete_file(room: Room, file: File) -> None:
    """Delete a file for everybody: file_deleted, and its messages show a tombstone."""
    touched = [(room.workspace.channels[channel], ts) for channel, ts in file.shares]
    messages = [channel.messages[ts] for channel, ts in touched if ts in channel.messages]
    before = [message_json(room.workspace, message) for message in messages]
    file.deleted = True
    file.data = b""
    events.file_deleted(room, file)
    for message, old in zip(messages, before, strict=True):
        events.changed(room, message, old)
        room.changed(message.channel)


def react(room: Room, message: Message, user: str, name: str) -> bool:
    """Add a reaction; False where this user already gave it."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        return False
    users.append(user)
    room.changed(message.channel)
    events.reaction(room, message, user, name, "reaction_added")
    return True


def unreact(room: Room, message: Message, user: str, name: str) -> bool:
    """Take a reaction back; False where this user had not given it."""
    users = message.reactions.get(name, [])
    if user not in users:
        return False
    users.remove(user)
    if not users:
        del message.reactions[name]
    room.changed(message.channel)
    events.reaction(room, message, user, name, "reaction_removed")
    return True
