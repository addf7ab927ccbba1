"""``loupe bot``: what goes out to Slack, and Socket Mode; a part of `loupe up`."""

from pathlib import Path
from threading import Thread

import click

from bot import socket
from loupe import news, part, settings, slack
from loupe.ground import ground
from loupe.options import data_option


@click.command()
@data_option
def command(data: Path | None) -> None:
    """Send cards to Slack; listen in Socket Mode when SLACK_APP_TOKEN is set. Part of `loupe up`."""
    stop = part.begin()
    config = settings.load(data=data)
    base = ground(config)
    outbox, repair = slack.outbox(base), slack.repair(base)
    threads = [
        Thread(target=outbox.run, args=(stop,), name="outbox"),
        Thread(target=repair.run, args=(stop,), name="repair"),
        Thread(target=news.slack_sender(base).run, args=(stop,), name="news"),
    ]
    for thread in threads:
        thread.start()
    if config.slack_app_token:
        socket.listen(slack.app(base), config.slack_app_token.get_secret_value(), stop)
    for thread in threads:
        thread.join()
