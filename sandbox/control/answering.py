"""How a control call answers: JSON, and 400 with the refusal's name where it cannot be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.model import Json
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.strict_json import read_json

Handler = Callable[[Room, Json], Awaitable[Json]]


def room_of(request: Request) -> Room:
    """The running sandbox."""
    room: Room = request.app.state.room
    return room


def control(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler of (room, JSON body) as an endpoint."""

    async def endpoint(request: Request) -> Response:
        try:
            body = read_json(await request.body() or b"{}")
            return JSONResponse(await handle(room_of(request), body))
        except Refusal as refusal:
            return refused(refusal)
        except (KeyError, ValueError, TypeError, AttributeError) as wrong:
            return JSONResponse(
                {"error": "invalid_arguments", "detail": f"{type(wrong).__name__}: {wrong}"}, 400
            )

    endpoint.__doc__ = handle.__doc__
    return endpoint


def refused(refusal: Refusal) -> Response:
    """A refusal as 400."""
    return JSONResponse({"error": refusal.error} | refusal.extra, 400)


def word(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """A field as text; KeyError names one that is missing."""
    value = body.get(name, default)
    if value is None:
        raise KeyError(name)
    return str(value)
