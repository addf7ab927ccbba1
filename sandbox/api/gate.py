"""The door of the Web API: finds the method, checks token, rate and scope, words the answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import sandbox.api as families
from sandbox.api.call import METHODS, Call, Method
from sandbox.api.reading import read_arguments, read_token
from sandbox.model import Json, Token
from sandbox.refusal import Broken, RateLimited, Refusal
from sandbox.room import Room

assert families  # importing the families registers their methods


async def answer(request: Request) -> Response:
    """Answer `/api/{method}`: HTTP 200 with `ok` true or false; 429 where it came too soon."""
    room: Room = request.app.state.room
    name = request.path_params["method"]
    arguments: Json = {}
    try:
        arguments = await read_arguments(request)
        token, result = _run(room, name, arguments, read_token(request, arguments))
    except Refusal as refusal:
        room.note_call(name, refusal.error, arguments)
        return JSONResponse({"ok": False, "error": refusal.error} | refusal.extra)
    except RateLimited as limited:
        room.note_call(name, "ratelimited", arguments)
        headers = {"Retry-After": str(limited.seconds)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
    except Broken as broken:
        room.note_call(name, f"http_{broken.status}", arguments)
        return PlainTextResponse("upstream failure", broken.status)
    room.note_call(name, "", arguments)
    headers = {"X-OAuth-Scopes": ",".join(sorted(token.scopes))} if token else {}
    return JSONResponse({"ok": True} | result, headers=headers)


def _run(room: Room, name: str, arguments: Json, secret: str) -> tuple[Token | None, Json]:
    room.injections.check(name)
    if name == "api.test":
        return None, api_test(arguments)
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", req_method=name)
    call = Call(room, arguments, token_of(room, secret))
    _admit(call, name, method)
    return call.token, method.handle(call)


def api_test(arguments: Json) -> Json:
    """api.test: echo the arguments; `error` asks for that refusal. Needs no token."""
    if arguments.get("error"):
        raise Refusal(str(arguments["error"]), args=arguments)
    return {"args": arguments}


def token_of(room: Room, secret: str) -> Token:
    """The token with this value, or not_authed, invalid_auth, token_revoked."""
    if not secret:
        raise Refusal("not_authed")
    token = room.workspace.tokens.get(secret)
    if token is None:
        raise Refusal("invalid_auth")
    if token.revoked:
        raise Refusal("token_revoked")
    return token


def _admit(call: Call, name: str, method: Method) -> None:
    if call.token.kind not in method.kinds:
        raise Refusal("not_allowed_token_type")
    room = call.room
    if room.switches.enforce_rates:
        room.rates.check(name, call.text("channel"), distributed=room.switches.distributed)
    if method.scope:
        call.need_scope(method.scope)
