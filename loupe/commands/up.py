"""``loupe up``: web, bot, workers and clock on this machine; without Slack tokens the sandbox as well."""

import logging
import secrets
import socket
import sys
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread

import click

from loupe import logs, operators, preflight, settings
from loupe.ground import only_instance
from loupe.local import Part, Parts
from loupe.options import data_option
from loupe.part import stop_on_signal
from loupe.settings import Settings
from loupe.values import SLACK_API
from pipeline.errors import Unavailable

READY_SECONDS = 60
SANDBOX_HOST = "127.0.0.1"
log = logging.getLogger("loupe.up")
BACKLOG = 1024
"""Callers who wait while the web part is busy or starts again."""


@click.command()
@click.option("--port", type=int, help="Port to listen on (LOUPE_PORT, else 8080).")
@click.option("--workers", type=int, help="Worker processes (LOUPE_WORKERS).")
@data_option
def command(port: int | None, workers: int | None, data: Path | None) -> None:
    """Run everything on this machine. With no Slack tokens, a sandbox workspace takes Slack's place."""
    config = settings.load(data=data, port=port, workers=workers)
    logs.start_part()
    stop = stop_on_signal()
    with only_instance(config.data):
        preflight.check(config)
        listener = _listen(config.host, config.port)
        parts = Parts(_parts(config, listener), _environment(config))
        parts.start()
        Thread(target=_announce, args=(config, stop), daemon=True).start()
        try:
            parts.watch(stop)
        finally:
            parts.end()


def _parts(config: Settings, listener: socket.socket) -> list[Part]:
    data = ["--data", str(config.data)]
    port, fd = ["--port", str(config.port)], listener.fileno()
    parts = [
        Part("web", [*data, *port, "--fd", str(fd)], inherits=[fd]),
        Part("bot", data),
        Part("worker", [*data, "--workers", str(config.workers)]),
        Part("clock", data),
        Part("news", data),
        Part("drop", data),
    ]
    if not config.has_slack:
        _listen(SANDBOX_HOST, sandbox_port(config)).close()
        requests = f"http://{config.reachable}:{config.port}/slack/events"
        parts.insert(0, Part("sandbox", ["--port", str(sandbox_port(config)), "--request-url", requests]))
    return parts


def _environment(config: Settings) -> dict[str, str]:
    """What all parts must agree on: the port, and what connects bot and sandbox, made for this run alone."""
    port = {"LOUPE_PORT": str(config.port)}
    if config.has_slack:
        return port
    return port | {
        "LOUPE_OPERATORS": ",".join(operators.people(config)),
        "LOUPE_OPERATORS_CHANNEL": operators.channel(config),
        "SLACK_BOT_TOKEN": f"xoxb-sandbox-{secrets.token_hex(12)}",
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "SLACK_API_URL": f"http://127.0.0.1:{sandbox_port(config)}/api/",
    }


def sandbox_port(config: Settings) -> int:
    """The sandbox listens on the port after Loupe's."""
    return config.port + 1


def _listen(host: str, port: int) -> socket.socket:
    """Take the port. Raises ``Unavailable``.

    It stays ours while the web part starts again: who calls then waits a moment and is not refused.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as fault:
        listener.close()
        raise Unavailable(
            f"Port {port} on {host} cannot be used: {fault.strerror}. Choose another with --port."
        ) from None
    return listener


def _announce(config: Settings, stop: Event) -> None:
    """Say where to go, once it is there."""
    address = f"http://{config.reachable}:{config.port}"
    if not _ready(f"{address}/readyz", stop):
        return
    if config.has_slack:
        where = "Slack" if config.slack_api_url == SLACK_API else config.slack_api_url
        way = "Socket Mode" if config.slack_app_token else f"requests to {address}/slack/events"
        _say(
            f"Loupe is connected to {where} by {way}. Upload pictures: {config.site}/  (stop it with Ctrl-C)"
        )
    else:
        page = f"http://127.0.0.1:{sandbox_port(config)}/"
        _say(
            f"Loupe is running. Drop a picture on this page: {page}  or upload originals: {config.site}/"
            "  (stop it with Ctrl-C)"
        )


def _say(words: str) -> None:
    """To a person as a sentence; a file or a pipe gets log lines, so there it is one of them."""
    if sys.stdout.isatty():
        click.echo(words)
    else:
        log.info("%s", words)


def _ready(url: str, stop: Event) -> bool:
    """Does it answer in time? A proxy that the environment names is for other hosts, not for this one."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not stop.wait(0.1):
        try:
            with direct.open(url, timeout=2):
                return True
        except (OSError, HTTPException):
            continue
    return False
