"""The Upload the original button: a personal link to the page that takes the file as the camera wrote it."""

import logging
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards.forms import PICK, View
from bot.cards.whereabouts import OPENED, UPLOAD, UPLOAD_FORM, UPLOAD_TITLE, lacks_place, telling, upload_form
from bot.listeners.allowed import allowed
from bot.listeners.pressed import Pressed, pressed
from bot.listeners.showing import Say, acknowledge, change_modal, open_modal, whisper
from bot.ports import PersonalLink
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError, Unsuitable

log = logging.getLogger(__name__)
BROKEN = "No link could be made just now. Please press the button again in a minute."


def register(app: App, catalog: Catalog, link: PersonalLink) -> None:
    """Listen to the button, and to the choice of another picture."""

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        view = form(press, "", catalog, link)
        if isinstance(view, str):
            whisper(respond, view)
        else:
            open_modal(client, press, respond, view)

    def on_pick(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        view = form(press, press.value, catalog, link)
        change_modal(client, press, telling(UPLOAD_TITLE, view) if isinstance(view, str) else view)

    app.action(UPLOAD)(ack=acknowledge, lazy=[on_button])
    app.action(PICK, matchers=[_here])(ack=acknowledge, lazy=[on_pick])
    app.action(OPENED)(acknowledge)


def form(press: Pressed, image: str, catalog: Catalog, link: PersonalLink) -> View | str:
    """The modal about one picture, with a link made this moment; or why there is none."""
    may = allowed(press, image, catalog, lacks_place)
    if may.one is None or may.refused:
        return may.refused
    try:
        made = link(press.team, press.person, str(may.one["id"]))
    except Unsuitable as fault:
        return fault.words
    except LoupeError as fault:
        log.error("link for %s: %s", may.one["id"], fault.words)
        return BROKEN
    return upload_form(may.found, may.one, made, press.seat.about(may.one["id"]).metadata)


def _here(body: dict[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("callback_id") == UPLOAD_FORM)
