"""``loupe web``: pages, health and Slack's requests over HTTP, a part of `loupe up`."""

import socket
from functools import partial
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import http
from loupe import health, mail, part, settings, site, slack
from loupe.around import towns
from loupe.dashboard import watched
from loupe.ground import Ground, ground, pulse
from loupe.metering import meters
from loupe.options import data_option
from loupe.settings import Settings
from loupe.visits import own
from pipeline.adapters.sqlite_beats import SqliteBeats
from web import dashboard, metrics, public, sns
from web import mail as mail_pages
from web.access import Access
from web.app import create_app
from web.assets import static_routes
from web.page import page
from web.shield import Shield
from web.troubles import HANDLERS


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
    """The app with the public files, and the bot's route when Slack is configured."""
    base = ground(config)
    files = public.routes(base.standings, base.public, _named(base), _page(base))
    gate = access(config)
    routes: list[BaseRoute] = [*static_routes(), *files, *mail_pages.routes(mail.subscribers(base))]
    routes += dashboard.routes(watched(base), gate.invite, gate.guard)
    routes.append(metrics.route(meters(base), gate.guard))
    if config.sns_topics:
        from loupe.notices import notices  # and with it all that can send; only where somebody tells us

        routes += sns.routes(notices(base, mail.subscribers(base)).take)
    if config.slack_bot_token:
        secret = config.slack_signing_secret
        routes += http.routes(slack.app(base), secret.get_secret_value() if secret else "")
    routes += site.routes(base)
    beats = SqliteBeats(base.database)
    ready = partial(health.reason, base)
    app = create_app(base.catalog, ready, routes, beats.ages, pulse(base, "web"), HANDLERS)
    app.add_middleware(Shield, secure=config.site.startswith("https:"))
    return app


def access(config: Settings) -> Access:
    """Who may see metrics and the dashboard."""
    token = config.metrics_token
    return Access(token.get_secret_value() if token else "", own=own(config))


def _named(base: Ground) -> public.Named:
    """Short ids can be guessed: they are for a site that only this machine reaches."""
    if not own(base.settings):
        return public.nobody

    def named(short: str) -> str | None:
        found = base.catalog.find(short)
        return found.image if found else None

    return named


def _page(base: Ground) -> public.Page:
    """The page with the towns around the spot."""
    around = towns(base.settings.data)
    return lambda shown: page(shown, around(shown.spot) if shown.spot else ())
