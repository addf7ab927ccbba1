"""Control calls for what people do with messages, files and memberships."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import people, posting
from sandbox.api.reactions import NAME
from sandbox.control.answering import refused, room_of, word
from sandbox.model import Channel, Json
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import message_json
from sandbox.workspace import BOT


async def post(request: Request) -> Response:
    """POST /sandbox/post, multipart or form: channel, user, text, thread_ts, and any number of `file` parts.

    A person posts words, pictures, or both in one message. Answers `{channel, ts, files: [id], message}`.
    """
    room = room_of(request)
    try:
        async with request.form(max_part_size=1 << 30) as form:
            uploads = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            channel = _channel(room, fields)
            user = fields.get("user") or room.workspace.people()[0].id
            files = [
                people.add_file(room, user, part.filename or "image", await part.read()) for part in uploads
            ]
            message = people.post(
                room, user, channel, fields.get("text", ""), files, fields.get("thread_ts", "")
            )
    except Refusal as refusal:
        return refused(refusal)
    shape = message_json(room.workspace, message)
    return JSONResponse({"channel": channel.id, "ts": message.ts, "files": message.files, "message": shape})


def _channel(room: Room, body: Json) -> Channel:
    return room.workspace.channel(word(body, "channel", "C0PICTURES"))


async def delete_message(room: Room, body: Json) -> Json:
    """POST /sandbox/delete_message {channel, ts, files=true}: as its author, its files with it."""
    people.delete_message(room, _channel(room, body), word(body, "ts"), files=bool(body.get("files", True)))
    return {}


async def delete_file(room: Room, body: Json) -> Json:
    """POST /sandbox/delete_file {file}: as its owner."""
    posting.delete_file(room, room.workspace.file(word(body, "file")))
    return {}


async def react(room: Room, body: Json) -> Json:
    """POST /sandbox/react {channel, ts, user, name}: a person's reaction, or taken back where it is there."""
    message = room.workspace.message(_channel(room, body), word(body, "ts"))
    user, name = room.workspace.user(word(body, "user")).id, word(body, "name")
    if not NAME.match(name):
        raise Refusal("invalid_name")
    if not posting.react(room, message, user, name):
        posting.unreact(room, message, user, name)
    return {}


async def remove_bot(room: Room, body: Json) -> Json:
    """POST /sandbox/remove_bot {channel}: out of the channel it goes."""
    people.remove(room, _channel(room, body), BOT)
    return {}


async def invite_bot(room: Room, body: Json) -> Json:
    """POST /sandbox/invite_bot {channel}: back in."""
    people.invite(room, _channel(room, body), BOT)
    return {}


async def archive(room: Room, body: Json) -> Json:
    """POST /sandbox/archive {channel, archived=true}."""
    channel = _channel(room, body)
    channel.archived = bool(body.get("archived", True))
    room.changed(channel.id)
    return {}


async def revoke_token(room: Room, body: Json) -> Json:
    """POST /sandbox/revoke_token: the bot's token dies, tokens_revoked is sent."""
    people.revoke(room)
    return {}


async def uninstall(room: Room, body: Json) -> Json:
    """POST /sandbox/uninstall: the token dies, tokens_revoked and app_uninstalled are sent."""
    people.uninstall(room)
    return {}


async def reinstall(room: Room, body: Json) -> Json:
    """POST /sandbox/reinstall: the token lives again."""
    people.reinstall(room)
    return {}
