"""What people do in the workspace: post pictures and words, delete, leave, remove the bot."""

from __future__ import annotations

import time

from sandbox import events, posting
from sandbox.model import Channel, File, Message
from sandbox.pictures import file_type, size
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.strip import stripped
from sandbox.workspace import APP, BOT


def add_file(room: Room, user: str, name: str, data: bytes, title: str = "") -> File:
    """Store an upload, as Slack would keep it, not shared anywhere yet. A person's upload loses its EXIF."""
    if user != BOT and room.switches.strip_exif:
        data = stripped(data)
    mimetype, filetype = file_type(name, data)
    width, height = size(data) if mimetype.startswith("image/") else (0, 0)
    id = room.workspace.clock.id("F")
    file = File(id, name, title or name, mimetype, filetype, user, int(time.time()), data, width, height)
    room.workspace.files[id] = file
    return file


def post(
    room: Room, user: str, channel: Channel, text: str, files: list[File], thread_ts: str = ""
) -> Message:
    """Post words, files, or both. Refusals: user_not_found, is_archived, not_in_channel, no_text."""
    room.workspace.user(user)
    if channel.archived:
        raise Refusal("is_archived")
    if user not in channel.members:
        raise Refusal("not_in_channel")
    if not text and not files:
        raise Refusal("no_text")
    message = Message(
        ts=room.workspace.clock.ts(),
        user=user,
        text=text,
        channel=channel.id,
        thread_ts=thread_ts,
        subtype="file_share" if files else "",
        files=[file.id for file in files],
    )
    return posting.publish(room, message)


def delete_message(room: Room, channel: Channel, ts: str, *, files: bool = True) -> None:
    """Delete a message as its author, and the files it alone shared, as Slack's own dialog offers."""
    message = room.workspace.message(channel, ts)
    for id in message.files if files else []:
        file = room.workspace.files[id]
        if not file.deleted and [share for share in file.shares if share != (channel.id, ts)] == []:
            events.file_deleted(room, file)
            file.deleted, file.data = True, b""
    posting.delete(room, channel, message)


def remove(room: Room, channel: Channel, user: str) -> None:
    """Take somebody, or the bot, out of a channel. The one who leaves is told before the door closes."""
    if user not in channel.members:
        raise Refusal("not_in_channel")
    events.left(room, channel, user)
    channel.members.discard(user)
    room.changed(channel.id)


def invite(room: Room, channel: Channel, user: str) -> None:
    """Bring somebody, or the bot, into a channel."""
    room.workspace.user(user)
    if user not in channel.members:
        channel.members.add(user)
        events.joined(room, channel, user)
        room.changed(channel.id)


def revoke(room: Room) -> None:
    """Revoke the bot's token: from now on token_revoked, and the event tokens_revoked."""
    room.workspace.tokens[room.config.bot_token].revoked = True
    tokens = {"oauth": [], "bot": [BOT]}
    events.gone(room, {"type": "tokens_revoked", "tokens": tokens, "event_ts": room.workspace.clock.ts()})


def uninstall(room: Room) -> None:
    """Remove the app from the workspace: its token dies; app_uninstalled and tokens_revoked follow."""
    revoke(room)
    events.gone(room, {"type": "app_uninstalled", "api_app_id": APP, "event_ts": room.workspace.clock.ts()})


def reinstall(room: Room) -> None:
    """Install the app again: its token lives."""
    room.workspace.tokens[room.config.bot_token].revoked = False
