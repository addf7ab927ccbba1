"""Somebody said where a picture was taken.

Source: docs.slack.dev/surfaces/modals (``response_action``: errors, update; within 3 s).
"""

import logging
from collections.abc import Collection
from typing import Any

from slack_bolt import App

from bot.cards.whereabouts import PLACE_FORM, PLACE_TITLE, SEARCH, entered, saved, telling
from bot.envelope import team_of
from bot.listeners.actions.place import wants_place
from bot.listeners.allowed import GONE
from bot.listeners.pressed import chosen, reports, seat_of
from bot.listeners.showing import Say
from bot.offers import only_poster
from bot.wishes import Wishes
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError, Unsuitable

log = logging.getLogger(__name__)
BROKEN = "This could not be noted just now. Please try again in a minute."


def register(app: App, catalog: Catalog, wishes: Wishes, operators: Collection[str]) -> None:
    """Listen to the modal."""

    @app.view(PLACE_FORM)
    def on_save(ack: Say, body: dict[str, Any]) -> None:
        ack(**answer(body, catalog, wishes, operators))


def answer(
    body: dict[str, Any], catalog: Catalog, wishes: Wishes, operators: Collection[str]
) -> dict[str, Any]:
    """What becomes of the modal: what follows once it is noted, or what keeps it from being noted."""
    view = body.get("view") or {}
    seat, person = seat_of(view), str((body.get("user") or {}).get("id") or "")
    one = chosen([each for each in reports(seat, team_of(body), catalog) if wants_place(each)], seat.image)
    if one is None or not seat.image:
        return {"response_action": "update", "view": telling(PLACE_TITLE, GONE)}
    if refused := "" if person in operators else only_poster(one, person):
        return {"response_action": "update", "view": telling(PLACE_TITLE, refused)}
    try:
        latitude, longitude, name = entered((view.get("state") or {}).get("values") or {})
        wishes.place(one["id"], latitude, longitude, person)
    except Unsuitable as fault:
        return {"response_action": "errors", "errors": {SEARCH: fault.words}}
    except LoupeError as fault:
        log.error("place of %s: %s", one["id"], fault.words)
        return {"response_action": "errors", "errors": {SEARCH: BROKEN}}
    return {"response_action": "update", "view": saved(one, name)}
