"""Where files come from and go to: url_private, url_private_download, and the upload address.

Source: docs.slack.dev/reference/objects/file-object ("url_private" needs a bearer token with files:read).
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from sandbox.api.reading import read_token
from sandbox.file_shapes import THUMBS
from sandbox.model import File
from sandbox.pictures import size, thumb
from sandbox.refusal import Refusal
from sandbox.room import Room

SIDES = {str(side) for side in THUMBS}
LOGIN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in | Slack</title></head>
<body><h1>Sign in to Sandbox</h1><form action="/signin" method="post"><p><label>Email
<input name="email" type="email"></label></p><p><button>Sign in</button></p></form></body></html>
"""


async def private_file(request: Request) -> Response:
    """The bytes for a token that may read the file; a login page (200 or 302) for all others."""
    room: Room = request.app.state.room
    await asyncio.sleep(room.switches.download_delay)
    file = _allowed(room, request)
    if isinstance(file, Response):
        return file
    headers = {
        "Content-Disposition": f'attachment; filename="{file.id}"',
        "Cache-Control": "private, no-store",
    }
    return Response(file.data, media_type=file.mimetype, headers=headers)


def _allowed(room: Room, request: Request) -> File | Response:
    token = room.workspace.tokens.get(read_token(request, dict(request.query_params)))
    if room.switches.broken_downloads or token is None or token.revoked or "files:read" not in token.scopes:
        return login(room)
    try:
        return room.workspace.file(request.path_params["id"], token.user)
    except Refusal:
        return PlainTextResponse("404 Not Found", 404)


def login(room: Room) -> Response:
    """What Slack shows to whom it does not know: never a 401."""
    if room.switches.login_page == "redirect":
        return RedirectResponse(f"{room.config.base_url.rstrip('/')}/?redir=%2Ffiles-pri", 302)
    return HTMLResponse(LOGIN_PAGE)


async def private_thumb(request: Request) -> Response:
    """A smaller copy, for the same tokens."""
    room: Room = request.app.state.room
    file = _allowed(room, request)
    if isinstance(file, Response):
        return file
    side = request.path_params["name"].rsplit("_", 1)[-1].removesuffix(".jpg")
    if side not in SIDES:
        return PlainTextResponse("404 Not Found", 404)
    small = await asyncio.to_thread(thumb, file.data, int(side))
    return Response(small, media_type="image/jpeg") if small else PlainTextResponse("404 Not Found", 404)


async def receive_upload(request: Request) -> Response:
    """The second step of an upload: the bytes, raw or as a form's file. Answers `OK - {size}`."""
    room: Room = request.app.state.room
    file = room.workspace.pending.get(request.path_params["id"])
    if file is None:
        return PlainTextResponse("404 Not Found", 404)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            parts = [part for part in form.values() if isinstance(part, UploadFile)]
            file.data = await parts[0].read() if parts else b""
    else:
        file.data = await request.body()
    if file.mimetype.startswith("image/"):
        file.width, file.height = size(file.data)
    return PlainTextResponse(f"OK - {len(file.data)}")
