"""Serving the sandbox on loopback."""

from __future__ import annotations

from dataclasses import replace

import uvicorn

from sandbox.app import create_app
from sandbox.config import SandboxConfig
from sandbox.guard import LOOPBACK


def server(config: SandboxConfig, port: int, host: str = "127.0.0.1") -> uvicorn.Server:
    """A server, not yet running, at `http://{host}:{port}`; ValueError for a host beyond loopback."""
    if host not in LOOPBACK:
        raise ValueError(f"The sandbox binds loopback only, not {host}.")
    shown = f"[{host}]" if ":" in host else host
    app = create_app(replace(config, base_url=f"http://{shown}:{port}"))
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(settings)


def serve(config: SandboxConfig, port: int, host: str = "127.0.0.1") -> None:
    """Serve until interrupted. `base_url` of the config is replaced by the address it is served at."""
    server(config, port, host).run()
