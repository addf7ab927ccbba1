"""Places for what was typed so far.

Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload ("value" is what was typed; the
answer's options, at most 100, are due within 3 s).
"""

import logging
from typing import Any

from slack_bolt import App

from bot.cards.whereabouts import LEAST, SEARCH, suggestions
from bot.listeners.showing import Say
from pipeline.errors import LoupeError
from pipeline.ports import Atlas

log = logging.getLogger(__name__)
MOST = 20
"""Places that are suggested at once; whoever wants another types one letter more."""


def register(app: App, atlas: Atlas) -> None:
    """Listen to the field."""

    @app.options(SEARCH)
    def on_typing(ack: Say, body: dict[str, Any]) -> None:
        ack(options=answer(str(body.get("value") or ""), atlas))


def answer(typed: str, atlas: Atlas) -> list[dict[str, Any]]:
    """The options; none while the atlas cannot be asked."""
    if len(typed.strip()) < LEAST:
        return []
    try:
        return suggestions(atlas.named(typed, MOST))
    except LoupeError as fault:
        log.error("atlas: %s", fault.words)
        return []
