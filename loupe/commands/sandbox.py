"""``loupe sandbox``: a Slack workspace on this machine, a part of `loupe up` when there are no tokens."""

from pathlib import Path

import click

from loupe import part, settings
from loupe.options import data_option
from pipeline.errors import Misconfigured
from sandbox.config import SandboxConfig
from sandbox.server import serve


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--request-url", required=True, help="Where Loupe takes Slack's requests.")
@data_option
def command(port: int, request_url: str, data: Path | None) -> None:
    """Run a Slack workspace for trying Loupe. Part of `loupe up` when no Slack is configured.

    Keeps nothing on disk; --data is taken because every command takes it.
    """
    part.begin()
    config = settings.load(data=data)
    if not (config.slack_bot_token and config.slack_signing_secret):
        raise Misconfigured(
            "The sandbox needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET; `loupe up` makes them."
        )
    serve(
        SandboxConfig(
            bot_token=config.slack_bot_token.get_secret_value(),
            signing_secret=config.slack_signing_secret.get_secret_value(),
            request_url=request_url,
            base_url=f"http://127.0.0.1:{port}",
        ),
        port,
    )
