"""The Copy HTML button: a modal with the markup of a published picture, and its description to change."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards.buttons import MARKUP
from bot.cards.forms import PICK, View
from bot.cards.markup_form import CALLBACK, gone, markup_form
from bot.cards.published import is_published
from bot.listeners.pressed import Pressed, chosen, pressed, reports
from bot.listeners.showing import Say, acknowledge, change_modal, open_modal, whisper
from pipeline.catalog import Catalog

GONE = "There are no web copies to show any more: the picture has changed since that card was written."


def register(app: App, catalog: Catalog) -> None:
    """Listen to the button, and to the choice of another picture."""

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        view = form(press, "", catalog)
        if view is None:
            whisper(respond, GONE)
        else:
            open_modal(client, press, respond, view)

    def on_pick(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        change_modal(client, press, form(press, press.value, catalog) or gone(GONE))

    app.action(MARKUP)(ack=acknowledge, lazy=[on_button])
    app.action(PICK, matchers=[_here])(ack=acknowledge, lazy=[on_pick])


def form(press: Pressed, image: str, catalog: Catalog) -> View | None:
    """The modal about one picture of the message; None where that is not published."""
    found = [each for each in reports(press.seat, press.team, catalog) if is_published(each)]
    one = chosen(found, image)
    return markup_form(found, one, press.seat.about(one["id"]).metadata) if one else None


def _here(body: dict[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("callback_id") == CALLBACK)
