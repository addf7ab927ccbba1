"""A description was written in the modal with the markup.

Source: docs.slack.dev/surfaces/modals (``response_action``: errors, update; within 3 s).
"""

import logging
from typing import Any

from slack_bolt import App

from bot.cards.markup_form import CALLBACK, SAVED, entered, gone, markup_form, rewritten
from bot.cards.published import is_published
from bot.envelope import team_of
from bot.listeners.actions.markup import GONE
from bot.listeners.pressed import chosen, reports, seat_of
from bot.listeners.showing import Say
from bot.wishes import Wishes
from pipeline.alt import written
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError

log = logging.getLogger(__name__)
BROKEN = "This could not be saved just now. Please try again in a minute."


def register(app: App, catalog: Catalog, wishes: Wishes) -> None:
    """Listen to the modal."""

    @app.view(CALLBACK)
    def on_save(ack: Say, body: dict[str, Any]) -> None:
        ack(**answer(body, catalog, wishes))


def answer(body: dict[str, Any], catalog: Catalog, wishes: Wishes) -> dict[str, Any]:
    """What becomes of the modal: the new markup, an error at the field, or nothing where nothing changed."""
    view = body.get("view") or {}
    seat, person = seat_of(view), str((body.get("user") or {}).get("id") or "")
    block, typed = entered((view.get("state") or {}).get("values") or {})
    found = [each for each in reports(seat, team_of(body), catalog) if is_published(each)]
    one = chosen(found, seat.image)
    if one is None or not seat.image:
        return {"response_action": "update", "view": gone(GONE)}
    try:
        words = written(typed)
    except LoupeError as fault:
        return {"response_action": "errors", "errors": {block: fault.words}}
    if words == one.get("alt"):
        return {}
    try:
        wishes.describe(one["id"], words, person)
    except LoupeError as fault:
        log.error("alt of %s: %s", one["id"], fault.words)
        return {"response_action": "errors", "errors": {block: BROKEN}}
    shown = [rewritten(each, words) if each is one else each for each in found]
    form = markup_form(shown, next(each for each in shown if each["id"] == one["id"]), seat.metadata, SAVED)
    return {"response_action": "update", "view": form}
