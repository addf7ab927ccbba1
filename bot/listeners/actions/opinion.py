"""The Wrong result button: a modal to say what is wrong."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards.buttons import OPINION, was_judged
from bot.cards.opinion_form import opinion_form
from bot.listeners.pressed import pressed, reports
from bot.listeners.showing import Say, acknowledge, open_modal, whisper
from pipeline.catalog import Catalog

GONE = "There is no result to correct any more: the message or its pictures have changed since."


def register(app: App, catalog: Catalog) -> None:
    """Listen to the button."""

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        found = [each for each in reports(press.seat, press.team, catalog) if was_judged(each)]
        if not found:
            whisper(respond, GONE)
            return
        about = press.seat.about(found[0]["id"])
        open_modal(client, press, respond, opinion_form(found, about.metadata))

    app.action(OPINION)(ack=acknowledge, lazy=[on_button])
