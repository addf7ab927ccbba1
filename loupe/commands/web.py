"""``loupe web``: pages, health and Slack's requests over HTTP, a part of `loupe up`."""

import socket
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette

from bot import http
from loupe import part, settings, slack
from loupe.ground import Ground, folder, ground
from loupe.options import data_option
from loupe.settings import Settings
from web.app import create_app


@click.command()
@click.option("--port", type=int, help="Port to listen on (LOUPE_PORT, else 8080).")
@click.option("--fd", type=int, hidden=True, help="A listening socket that `loupe up` shares.")
@data_option
def command(port: int | None, fd: int | None, data: Path | None) -> None:
    """Answer HTTP: health and Slack's requests. Part of `loupe up`."""
    part.begin()
    config = settings.load(data=data, port=port)
    served = uvicorn.Config(
        web(config),
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(served).run(None if fd is None else [socket.socket(fileno=fd)])


def web(config: Settings) -> Starlette:
    """The app with the bot's route, when Slack is configured."""
    base = ground(config)
    routes = []
    if config.slack_bot_token:
        secret = config.slack_signing_secret
        routes = http.routes(slack.app(base), secret.get_secret_value() if secret else "")
    return create_app(base.catalog, lambda: _ready(base), routes)


def _ready(base: Ground) -> str | None:
    folder(base.settings.data)
    return None
