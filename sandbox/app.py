"""The sandbox as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from sandbox.api.gate import answer
from sandbox.config import SandboxConfig
from sandbox.control.routes import control_routes
from sandbox.downloads import private_file, private_thumb, receive_upload
from sandbox.guard import Guard
from sandbox.interactions.answers import hook_endpoint
from sandbox.room import Room
from sandbox.workspace import TEAM

STATIC = Path(__file__).parent / "static"


async def channel_page(request: Request) -> Response:
    """The channel page; permalinks lead to it too."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def link(socket: WebSocket) -> None:
    """A Socket Mode connection."""
    room: Room = socket.app.state.room
    await room.post_office.hub.serve(socket)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    room: Room = app.state.room
    room.feed.close()
    await room.post_office.close()


def create_app(config: SandboxConfig) -> Starlette:
    """A workspace with its Web API at /api/, Socket Mode at /link/, control API at /sandbox/ and page at /.

    Run it with one event loop: the state is in memory and belongs to that loop.
    """
    routes = [
        Route("/", channel_page),
        Route("/archives/{path:path}", channel_page),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/api/{method}", answer, methods=["GET", "POST"]),
        Route(f"/files-pri/{TEAM}-{{id}}/download/{{name}}", private_file),
        Route(f"/files-pri/{TEAM}-{{id}}/{{name}}", private_file),
        Route(f"/files-tmb/{TEAM}-{{id}}/{{name}}", private_thumb),
        Route("/upload/v1/{id}", receive_upload, methods=["POST"]),
        Route("/hooks/{kind}/{team}/{number}/{secret}", hook_endpoint, methods=["POST"]),
        WebSocketRoute("/link/", link),
        Mount("/sandbox", routes=control_routes()),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard)], lifespan=_lifespan)
    app.state.room = Room(config)
    return app
