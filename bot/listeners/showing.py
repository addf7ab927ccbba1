"""Opens and changes modals; where that is too late, says the same to the one person who pressed.

Source: docs.slack.dev/surfaces/modals (a trigger_id works once, within 3 s).
"""

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.api import call, trusts
from bot.cards.blocks import SECTION, cut, section
from bot.cards.forms import View, said
from bot.listeners.pressed import Pressed
from bot.refusals import Refusal

log = logging.getLogger(__name__)
Say = Callable[..., Any]
"""Bolt's ``respond``."""
LATE = "That did not open in time. Press the button once more."


def acknowledge(ack: Say) -> None:
    """At once; the work follows."""
    ack()


def open_modal(client: WebClient, press: Pressed, respond: Say, view: View) -> str:
    """Open a modal: its id. Empty where what it says was whispered instead."""
    try:
        opened = call(client.views_open, trigger_id=press.trigger, view=view)
        return str((opened.get("view") or {}).get("id") or "")
    except Refusal as refusal:
        log.warning("views.open: %s", refusal.words)
        whisper(respond, LATE if "submit" in view and not _copies(view) else "\n".join(said(view)))
        return ""


def change_modal(client: WebClient, press: Pressed, view: View, words: str = "") -> None:
    """Change the modal that was pressed in, or whisper ``words`` where it is closed by now."""
    try:
        call(client.views_update, view_id=press.view, view=view)
    except Refusal as refusal:
        log.warning("views.update: %s", refusal.words)
        if words and press.seat.respond and trusts(client.base_url)(press.seat.respond):
            whisper(Respond(response_url=press.seat.respond), words)


def whisper(respond: Say, words: str) -> None:
    """A message that only whoever pressed can see."""
    words = cut(words, SECTION)
    respond(text=words, blocks=[section(words)], response_type="ephemeral", replace_original=False)


def _copies(view: View) -> bool:
    """Does the modal hold something to copy?"""
    return any((block.get("element") or {}).get("initial_value") for block in view["blocks"])
