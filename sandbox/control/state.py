"""Control calls that only look: the state for tests, a channel, the live feed, a file's bytes."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from sandbox.control.answering import room_of
from sandbox.model import Channel, Json
from sandbox.pictures import thumb
from sandbox.room import Room
from sandbox.shapes import channel_json, message_json, user_json
from sandbox.workspace import BOT, TEAM, TEAM_NAME

THUMB_SIDE = 720


async def state(request: Request) -> Response:
    """GET /sandbox/state: everything a test asks about.

    `channels[]` with `messages` and `ephemeral` (each with `only_for`), `users`, `calls` (Web API journal),
    `deliveries` (journal), `under_way` (deliveries not settled), `sockets` (open connections), `switches`.
    """
    room = room_of(request)
    office = room.post_office
    return JSONResponse(
        {
            "team": {"id": TEAM, "name": TEAM_NAME},
            "bot": BOT,
            "users": [user_json(user) for user in room.workspace.users.values()],
            "channels": [_full(room, channel) for channel in room.workspace.channels.values()],
            "calls": list(room.calls),
            "deliveries": list(office.journal),
            "under_way": office.under_way,
            "sockets": office.hub.connected,
            "switches": asdict(room.switches),
        }
    )


def _full(room: Room, channel: Channel, since: str = "") -> Json:
    recent = [message for ts, message in channel.messages.items() if ts >= since]
    messages = [message_json(room.workspace, message, metadata=True) for message in recent]
    whispers = [
        message_json(room.workspace, message) | {"only_for": message.only_for, "thread_ts": message.thread_ts}
        for message in channel.ephemeral.values()
    ]
    return channel_json(channel) | {
        "members": sorted(channel.members),
        "messages": messages,
        "ephemeral": whispers,
    }


async def summary(request: Request) -> Response:
    """GET /sandbox/summary: cheap to ask for often: under_way, sockets, calls and messages so far."""
    room = room_of(request)
    messages = {channel.id: len(channel.messages) for channel in room.workspace.channels.values()}
    office = room.post_office
    return JSONResponse(
        {
            "under_way": office.under_way,
            "sockets": office.hub.connected,
            "calls": room.counted,
            "messages": messages,
        }
    )


async def messages(request: Request) -> Response:
    """GET /sandbox/messages/{id}?since=TS: a channel's messages from TS on, `ephemeral` ones too."""
    room = room_of(request)
    found = room.workspace.channels.get(request.path_params["id"])
    if found is None:
        return JSONResponse({"error": "channel_not_found"}, 404)
    return JSONResponse(_full(room, found, request.query_params.get("since", "")))


async def calls(request: Request) -> Response:
    """GET /sandbox/calls/{method}: the journal of one Web API method."""
    method = request.path_params["method"]
    return JSONResponse({"calls": [call for call in room_of(request).calls if call["method"] == method]})


async def page(request: Request) -> Response:
    """GET /sandbox/page?user=U: what the page starts with: people, channels, commands, shortcuts."""
    room = room_of(request)
    user = request.query_params.get("user") or room.workspace.people()[0].id
    mine = [c for c in room.workspace.channels.values() if user in c.members]
    return JSONResponse(
        {
            "team": TEAM_NAME,
            "bot": BOT,
            "user": user,
            "users": [user_json(one) for one in room.workspace.users.values()],
            "people": [one.id for one in room.workspace.people()],
            "channels": [
                channel_json(one, user) | {"latest_ts": max(one.messages, default="")} for one in mine
            ],
            "commands": list(room.config.commands),
            "shortcuts": dict(room.config.shortcuts),
        }
    )


async def channel(request: Request) -> Response:
    """GET /sandbox/channels/{id}?user=U: the channel's messages as this person sees them, oldest first."""
    room = room_of(request)
    found = room.workspace.channels.get(request.path_params["id"])
    user = request.query_params.get("user", "")
    if found is None or user not in found.members:
        return JSONResponse({"error": "channel_not_found"}, 404)
    full = _full(room, found)
    seen = [{**m, "ephemeral": True} for m in full["ephemeral"] if m["only_for"] == user]
    messages = sorted([*full["messages"], *seen], key=lambda message: str(message["ts"]))
    bot_here = BOT in found.members
    return JSONResponse(
        {"id": found.id, "messages": messages, "bot_here": bot_here, "archived": found.archived}
    )


async def stream(request: Request) -> Response:
    """GET /sandbox/stream: server-sent events such as `{"type": "channel", "channel": ...}`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(room_of(request).feed.stream(), media_type="text/event-stream", headers=headers)


async def file(request: Request) -> Response:
    """GET /sandbox/files/{id}: a file's bytes, as stored; ?thumb=1 a JPEG of at most 720 pixels."""
    found = room_of(request).workspace.files.get(request.path_params["id"])
    if found is None or found.deleted:
        return PlainTextResponse("404 Not Found", 404)
    if "thumb" not in request.query_params:
        headers = {"Content-Disposition": "attachment"}
        return Response(found.data, media_type=found.mimetype, headers=headers)
    small = await asyncio.to_thread(thumb, found.data, THUMB_SIDE)
    headers = {"Cache-Control": "private, max-age=3600"}
    return (
        Response(small, media_type="image/jpeg", headers=headers) if small else PlainTextResponse("404", 404)
    )
