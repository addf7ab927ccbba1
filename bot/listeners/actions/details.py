"""The Details button of a card: every step of every picture, in a modal for whoever pressed it.

Source: docs.slack.dev/surfaces/modals (a trigger_id works once, within 3 s; 100 blocks).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.api import call
from bot.cards import picture, status
from bot.cards.blocks import SECTION, Block, cut, section
from bot.cards.message import DETAILS
from bot.envelope import team_of
from bot.refusals import Refusal
from pipeline.catalog import Catalog
from pipeline.ports import Report

MOST = 20
"""Pictures in one modal: 250,000 characters a view, and nobody reads more."""
log = logging.getLogger(__name__)
NOTHING = "There is nothing to tell about this message any more."


def register(app: App, catalog: Catalog) -> None:
    """Listen to the button."""

    def on_details(body: dict[str, Any], client: WebClient, respond: Callable[..., Any]) -> None:
        shown = view(_reports(body, team_of(body), catalog))
        try:
            call(client.views_open, trigger_id=body.get("trigger_id"), view=shown)
        except Refusal as refusal:
            log.warning("views.open: %s", refusal.words)
            _say(respond, shown)

    app.action(DETAILS)(ack=_acknowledge, lazy=[on_details])


def _say(respond: Callable[..., Any], shown: dict[str, Any]) -> None:
    """The same in a message only for whoever pressed, when the modal cannot be opened any more."""
    words = cut("\n".join(block["text"]["text"] for block in shown["blocks"]), SECTION)
    respond(text=words, blocks=[section(words)], response_type="ephemeral", replace_original=False)


def _acknowledge(ack: Callable[..., Any]) -> None:
    ack()


def _reports(body: Mapping[str, Any], team: str, catalog: Catalog) -> list[Report]:
    """Only of the channel in which the button was pressed, whatever its value says."""
    container = body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
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
