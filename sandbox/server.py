"""Serving the sandbox on loopback."""

from __future__ import annotations

import socket
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette

from sandbox.app import create_app
from sandbox.config import SandboxConfig
from sandbox.guard import LOOPBACK
from sandbox.room import Room


class SandboxServer(uvicorn.Server):
    """A server that, asked to stop, first ends what would stay open for ever: live feeds and sockets."""

    def __init__(self, app: Starlette, settings: uvicorn.Config) -> None:
        super().__init__(settings)
        self._room: Room = app.state.room

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop within moments, open pages or not."""
        self._room.feed.close()
        await self._room.post_office.hub.disconnect("link_disabled")
        await super().shutdown(sockets)


def server(config: SandboxConfig, port: int, host: str = "127.0.0.1") -> SandboxServer:
    """A server, not yet running, at `http://{host}:{port}`; ValueError for a host beyond loopback."""
    if host not in LOOPBACK:
        raise ValueError(f"The sandbox binds loopback only, not {host}.")
    shown = f"[{host}]" if ":" in host else host
    app = create_app(replace(config, base_url=f"http://{shown}:{port}"))
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
    )
    return SandboxServer(app, settings)


def serve(config: SandboxConfig, port: int, host: str = "127.0.0.1") -> None:
    """Serve until interrupted. `base_url` of the config is replaced by the address it is served at."""
    server(config, port, host).run()
