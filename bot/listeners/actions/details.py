"""The Details button of a card: every step of every picture, in a modal for whoever pressed it.

Source: docs.slack.dev/surfaces/modals (a trigger_id works once, within 3 s; 100 blocks).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.api import call
from bot.cards import picture, status
from bot.cards.blocks import Block, section
from bot.cards.message import DETAILS
from pipeline.catalog import Catalog
from pipeline.ports import Report

MOST = 20
"""Pictures in one modal: 250,000 characters a view, and nobody reads more."""
NOTHING = "There is nothing to tell about this message any more."


def register(app: App, catalog: Catalog) -> None:
    """Listen to the button."""

    def on_details(body: dict[str, Any], client: WebClient, context: dict[str, Any]) -> None:
        reports = _reports(body, str(context.get("team_id") or ""), catalog)
        call(client.views_open, trigger_id=body.get("trigger_id"), view=view(reports))

    app.action(DETAILS)(ack=_acknowledge, lazy=[on_details])


def _acknowledge(ack: Callable[..., Any]) -> None:
    ack()


def _reports(body: Mapping[str, Any], team: str, catalog: Catalog) -> list[Report]:
    """Only of the channel in which the button was pressed, whatever its value says."""
    channel = str((body.get("channel") or {}).get("id") or "")
    value = str(((body.get("actions") or [{}])[0]).get("value") or "")
    named, _, ts = value.partition(":")
    if named != channel:
        return []
    return [catalog.report(image.image) for image in catalog.of_message(team, channel, ts)[:MOST]]


def view(reports: Sequence[Report]) -> dict[str, Any]:
    """The modal."""
    blocks: list[Block] = [
        section("\n".join([f"*{picture.label(report)}*", *status.timeline(report)])) for report in reports
    ]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Details"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks or [section(NOTHING)],
    }
