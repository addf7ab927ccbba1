"""Messages that an app sends as the answer to a command or by a response URL.

Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox import posting
from sandbox.api.content import TEXT_LIMIT, checked_attachments, checked_blocks
from sandbox.api.reading import read_arguments
from sandbox.interactions.hooks import Hook
from sandbox.model import Json, Message
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.workspace import BOT, SLACKBOT


def say(room: Room, hook: Hook, body: Json) -> None:
    """Do what an answer's body asks: replace or delete the message acted upon, or post a new one.

    New messages are ephemeral unless `response_type` is in_channel.
    """
    target = _acted_upon(room, hook)
    if body.get("delete_original"):
        if target is not None:
            _remove(room, target)
        return
    text = str(body.get("text") or "")
    blocks = checked_blocks(room, body.get("blocks"))
    attachments = checked_attachments(body.get("attachments"))
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    if len(text) > TEXT_LIMIT:
        raise Refusal("msg_too_long")
    if body.get("replace_original") and target is not None:
        posting.edit(room, target, (text, blocks, attachments, None))
        return
    message = Message(
        ts=room.workspace.clock.ts(),
        user=BOT,
        text=text,
        channel=hook.channel,
        blocks=blocks,
        attachments=attachments,
        thread_ts=str(body.get("thread_ts") or ""),
    )
    if body.get("response_type") == "in_channel":
        posting.publish(room, message)
    else:
        message.only_for = hook.user
        message.thread_ts = message.thread_ts or hook.thread_ts
        posting.whisper(room, message)


def _acted_upon(room: Room, hook: Hook) -> Message | None:
    channel = room.workspace.channels[hook.channel]
    return channel.messages.get(hook.ts) or channel.ephemeral.get(hook.ts)


def _remove(room: Room, message: Message) -> None:
    channel = room.workspace.channels[message.channel]
    if message.only_for:
        channel.ephemeral.pop(message.ts, None)
        room.changed(channel.id)
    else:
        posting.delete(room, channel, message)


def whisper_from_slack(room: Room, channel: str, user: str, text: str) -> None:
    """A line from Slackbot that only this user sees, such as the failure of a command."""
    ts = room.workspace.clock.ts()
    posting.whisper(room, Message(ts=ts, user=SLACKBOT, text=text, channel=channel, only_for=user))


async def hook_endpoint(request: Request) -> Response:
    """POST to a response URL: `ok`, 404 with used_url or expired_url, 400 for a wrong message."""
    room: Room = request.app.state.room
    try:
        hook = room.hooks.use(request.path_params["secret"])
    except Refusal as refusal:
        return JSONResponse({"ok": False, "error": refusal.error}, 404)
    try:
        body = await read_arguments(request)
        say(room, hook, body)
    except Refusal as refusal:
        room.note_call("response_url", refusal.error, {})
        return JSONResponse({"ok": False, "error": refusal.error} | refusal.extra, 400)
    room.note_call("response_url", "", body)
    return PlainTextResponse("ok")
