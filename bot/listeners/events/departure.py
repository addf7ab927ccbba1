"""The bot was removed from a channel, or from the workspace.

Source: docs.slack.dev/reference/events: member_left_channel, channel_left, group_left, app_uninstalled,
tokens_revoked.
"""

import logging
from typing import Any

from slack_bolt import App

from bot.envelope import own_users, team_of
from pipeline.cards import Cards

REMOVED = "Loupe was removed from the channel"
log = logging.getLogger(__name__)


def register(app: App, cards: Cards) -> None:
    """Listen to departures."""

    @app.event("member_left_channel")
    def on_member_left(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("user") in own_users(body):
            cards.leave(team_of(body), str(event.get("channel") or ""), REMOVED)

    @app.event("channel_left")
    @app.event("group_left")
    def on_left(event: dict[str, Any], body: dict[str, Any]) -> None:
        cards.leave(team_of(body), str(event.get("channel") or ""), REMOVED)

    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    def on_uninstalled(event: dict[str, Any], body: dict[str, Any]) -> None:
        log.error("%s in workspace %s: install Loupe again.", event.get("type"), team_of(body))
