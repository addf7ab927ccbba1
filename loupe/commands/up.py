"""``loupe up``: web, bot, workers and clock on this machine; without Slack tokens the sandbox as well."""

import secrets
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event, Thread

import click

from loupe import preflight, settings
from loupe.ground import only_instance
from loupe.local import Part, Parts
from loupe.options import data_option
from loupe.part import stop_on_signal
from loupe.settings import SLACK_API, Settings
from pipeline.errors import Unavailable

READY_SECONDS = 60


@click.command()
@click.option("--port", type=int, help="Port to listen on (LOUPE_PORT, else 8080).")
@click.option("--workers", type=int, help="Worker processes (LOUPE_WORKERS).")
@data_option
def command(port: int | None, workers: int | None, data: Path | None) -> None:
    """Run everything on this machine. With no Slack tokens, a sandbox workspace takes Slack's place."""
    config = settings.load(data=data, port=port, workers=workers)
    stop = stop_on_signal()
    with only_instance(config.data):
        preflight.check(config)
        parts = Parts(_parts(config), _environment(config))
        parts.start()
        Thread(target=_announce, args=(config, stop), daemon=True).start()
        try:
            parts.watch(stop)
        finally:
            parts.end()


def _parts(config: Settings) -> list[Part]:
    data = ["--data", str(config.data)]
    port = ["--port", str(config.port)]
    parts = [
        Part("web", [*data, *port]),
        Part("bot", data),
        Part("worker", [*data, "--workers", str(config.workers)]),
        Part("clock", data),
    ]
    if not config.has_slack:
        _free(config.host, sandbox_port(config))
        requests = f"http://{_reachable(config.host)}:{config.port}/slack/events"
        parts.insert(0, Part("sandbox", ["--port", str(sandbox_port(config)), "--request-url", requests]))
    _free(config.host, config.port)
    return parts


def _environment(config: Settings) -> dict[str, str]:
    """What connects the bot and the sandbox: tokens made for this run alone."""
    if config.has_slack:
        return {}
    return {
        "SLACK_BOT_TOKEN": f"xoxb-sandbox-{secrets.token_hex(12)}",
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "SLACK_API_URL": f"http://127.0.0.1:{sandbox_port(config)}/api/",
    }


def sandbox_port(config: Settings) -> int:
    """The sandbox listens on the port after Loupe's."""
    return config.port + 1


def _free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Unavailable(
                f"Port {port} on {host} cannot be used: {fault.strerror}. Choose another with --port."
            ) from None


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104


def _announce(config: Settings, stop: Event) -> None:
    """Say where to go, once it is there."""
    address = f"http://{_reachable(config.host)}:{config.port}"
    if not _ready(f"{address}/readyz", stop):
        return
    if config.has_slack:
        where = "Slack" if config.slack_api_url == SLACK_API else config.slack_api_url
        way = "Socket Mode" if config.slack_app_token else f"requests to {address}/slack/events"
        click.echo(f"Loupe is connected to {where} by {way}. Stop it with Ctrl-C.")
    else:
        page = f"http://127.0.0.1:{sandbox_port(config)}/"
        click.echo(f"Loupe is running. Drop a picture on this page: {page}  (stop it with Ctrl-C)")


def _ready(url: str, stop: Event) -> bool:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not stop.wait(0.1):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  an http address of our own
                return True
        except (urllib.error.URLError, OSError):
            continue
    return False
