"""Somebody said what is wrong with a result.

Source: docs.slack.dev/surfaces/modals (``response_action``: errors, update; within 3 s).
"""

import logging
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App

from bot.cards.blocks import section
from bot.cards.forms import modal
from bot.cards.opinion_form import CALLBACK, LONGEST, TITLE, WRONG, entered, faults, thanks
from bot.envelope import team_of
from bot.listeners.actions.opinion import GONE
from bot.listeners.pressed import chosen, reports, seat_of
from bot.listeners.showing import Say
from bot.wishes import Wishes
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError
from pipeline.opinions import Opinion, Opinions
from pipeline.text import keepable

log = logging.getLogger(__name__)
BROKEN = "This could not be noted just now. Please try again in a minute."


def register(app: App, catalog: Catalog, opinions: Opinions, wishes: Wishes) -> None:
    """Listen to the modal."""

    @app.view(CALLBACK)
    def on_send(ack: Say, body: dict[str, Any]) -> None:
        ack(**answer(body, catalog, opinions, wishes))


def answer(body: dict[str, Any], catalog: Catalog, opinions: Opinions, wishes: Wishes) -> dict[str, Any]:
    """What becomes of the modal: thanks once it is kept, or what keeps it from being taken."""
    view = body.get("view") or {}
    image, wrong, comment = entered((view.get("state") or {}).get("values") or {})
    if found := faults(wrong, comment):
        return {"response_action": "errors", "errors": found}
    seat, person = seat_of(view), str((body.get("user") or {}).get("id") or "")
    one = chosen(reports(seat, team_of(body), catalog), image or seat.image or "?")
    if one is None:
        return {"response_action": "update", "view": modal(TITLE, [section(GONE)])}
    said = Opinion(
        key=f"{view.get('id') or ''}:{person}",
        image=one["id"],
        wrong=wrong,
        comment=keepable(comment.strip(), LONGEST),
        person=person,
        at=datetime.now(UTC),
    )
    try:
        opinions.add(said)
        if "nudity" in wrong:
            wishes.hold(one["id"], person)
    except LoupeError as fault:
        log.error("opinion on %s: %s", one["id"], fault.words)
        return {"response_action": "errors", "errors": {WRONG: BROKEN}}
    return {"response_action": "update", "view": thanks(wrong)}
