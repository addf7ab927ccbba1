"""A file was shared: Slack's second word about it, which repairs a message event that was lost.

Source: docs.slack.dev/reference/events/file_shared: it carries ids only and comes in any order.
"""

import time
from typing import Any

from slack_bolt import App

from bot.envelope import team_of
from pipeline.cards import Share, Shares

PATIENCE = 10.0
"""Seconds in which the message itself should come."""


def register(app: App, shares: Shares) -> None:
    """Listen to shared files."""

    @app.event("file_shared")
    def on_file_shared(event: dict[str, Any], body: dict[str, Any]) -> None:
        file = str(event.get("file_id") or (event.get("file") or {}).get("id") or "")
        channel = str(event.get("channel_id") or "")
        if file and channel:
            shares.expect(Share(team_of(body), channel, file), time.time() + PATIENCE)
