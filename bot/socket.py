"""Socket Mode: Slack's deliveries over a websocket that Loupe opens; no public address is needed.

Source: docs.slack.dev/apis/events-api/using-socket-mode. An envelope is acknowledged only after its listener
has stored what it brought.
"""

import logging
import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

LONGEST = 60.0
PING = 5.0
log = logging.getLogger(__name__)


def listen(app: App, app_token: str, stop: threading.Event) -> None:
    """Stay connected until told to stop; the client itself reconnects a connection that broke."""
    handler = SocketModeHandler(app, app_token, ping_interval=PING)
    try:
        _connect(handler, stop)
        stop.wait()
    finally:
        handler.client.close()


def _connect(handler: SocketModeHandler, stop: threading.Event) -> None:
    pause = 1.0
    while not stop.is_set():
        try:
            handler.client.connect()
            return
        except (SlackApiError, SlackClientError, OSError, ValueError) as fault:
            log.warning("Socket Mode: no connection yet (%s); next try in %.0f s.", _words(fault), pause)
        stop.wait(pause)
        pause = min(pause * 2, LONGEST)


def _words(fault: Exception) -> str:
    if isinstance(fault, SlackApiError):
        return f"Slack said {fault.response.get('error')}"
    return type(fault).__name__
