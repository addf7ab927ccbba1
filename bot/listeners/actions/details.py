"""The Details button of a card: every step of every picture, in a modal for whoever pressed it.

Source: docs.slack.dev/surfaces/modals (100 blocks).
"""

from collections.abc import Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards import picture, status
from bot.cards.blocks import Block, section
from bot.cards.buttons import DETAILS
from bot.cards.forms import View, modal
from bot.listeners.pressed import pressed, reports
from bot.listeners.showing import Say, acknowledge, open_modal
from pipeline.catalog import Catalog
from pipeline.ports import Report

MOST = 20
"""Pictures in one modal: 250,000 characters a view, and nobody reads more."""
NOTHING = "There is nothing to tell about this message any more."


def register(app: App, catalog: Catalog) -> None:
    """Listen to the button."""

    def on_details(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        open_modal(client, press, respond, view(reports(press.seat, press.team, catalog, MOST)))

    app.action(DETAILS)(ack=acknowledge, lazy=[on_details])


def view(found: Sequence[Report]) -> View:
    """The modal."""
    blocks: list[Block] = [
        section("\n".join([f"*{picture.label(report)}*", *status.timeline(report)])) for report in found
    ]
    return modal("Details", blocks or [section(NOTHING)])
