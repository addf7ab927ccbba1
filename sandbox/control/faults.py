"""Control calls for faults: switches, injected failures, Socket Mode disconnects, the Request URL."""

from __future__ import annotations

from sandbox.control.answering import word
from sandbox.model import Json
from sandbox.rates import Injection
from sandbox.room import Room


async def switches(room: Room, body: Json) -> Json:
    """POST /sandbox/switches {name: value, ...}: set some (switches.py lists them), answer all."""
    return {"switches": room.switches.turn(body)}


async def inject(room: Room, body: Json) -> Json:
    """POST /sandbox/inject {method, count=1, retry_after | error | status}: the next calls fail so.

    method `*` is any method; {"clear": true} forgets all that still wait.
    """
    if body.get("clear"):
        room.injections.clear()
        return {}
    injection = Injection(
        method=word(body, "method"),
        left=int(body.get("count", 1)),
        error=word(body, "error", ""),
        retry_after=int(body.get("retry_after", 0)),
        status=int(body.get("status", 0)),
    )
    if injection.status and not 400 <= injection.status <= 599:
        raise ValueError("status is 400 to 599")
    room.injections.add(injection)
    return {}


async def disconnect(room: Room, body: Json) -> Json:
    """POST /sandbox/disconnect {reason=refresh_requested}: to every Socket Mode connection."""
    return {"connections": await room.post_office.hub.disconnect(word(body, "reason", "refresh_requested"))}


async def request_url(room: Room, body: Json) -> Json:
    """POST /sandbox/request_url {url, verify=true}: where events go; verified by Slack's challenge first."""
    url = word(body, "url")
    if body.get("verify", True) and not await room.post_office.verify(url):
        return {"verified": False}
    room.post_office.request_url = url
    return {"verified": True}


async def scopes(room: Room, body: Json) -> Json:
    """POST /sandbox/scopes {remove: [scope], add: [scope]}: what the bot's token may do."""
    token = room.workspace.tokens[room.config.bot_token]
    token.scopes = (token.scopes - set(body.get("remove") or [])) | set(body.get("add") or [])
    return {"scopes": sorted(token.scopes)}
