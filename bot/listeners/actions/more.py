"""The More button: what can still be done with a picture, and the buttons that do it."""

import logging
import re
from collections.abc import Collection
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards.buttons import MORE
from bot.cards.forms import PICK, View
from bot.cards.more_form import CALLBACK, DEED, DONE, gone, more_form, telling
from bot.listeners.pressed import Pressed, chosen, pressed, reports
from bot.listeners.showing import Say, acknowledge, change_modal, open_modal, whisper
from bot.offers import Offer, offers, underway
from bot.wishes import Wishes
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError
from pipeline.ports import Report

log = logging.getLogger(__name__)
GONE = "There is nothing to do here any more: the message or its pictures are gone."
CHANGED = "That is not possible any more: the picture has changed since. Press More again to see what is."
BROKEN = "That could not be written down just now. Please try again in a minute."


def register(app: App, catalog: Catalog, wishes: Wishes, operators: Collection[str] = ()) -> None:
    """Listen to the button, to the choice of another picture, and to what is asked for."""

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        view = form(press, "", catalog, wishes, operators)
        if view is None:
            whisper(respond, GONE)
        else:
            open_modal(client, press, respond, view)

    def on_pick(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        change_modal(client, press, form(press, press.value, catalog, wishes, operators) or gone(GONE))

    def on_deed(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        found = reports(press.seat, press.team, catalog)
        one = chosen(found, press.seat.image)
        words = done(press, one, wishes, operators) if one else GONE
        told = telling(found, one, words, press.seat.metadata) if one else gone(words)
        change_modal(client, press, told, words)

    app.action(MORE)(ack=acknowledge, lazy=[on_button])
    app.action(PICK, matchers=[_here])(ack=acknowledge, lazy=[on_pick])
    app.action(re.compile(f"^{DEED}"))(ack=acknowledge, lazy=[on_deed])


def form(
    press: Pressed, image: str, catalog: Catalog, wishes: Wishes, operators: Collection[str]
) -> View | None:
    """The modal about one picture of the message; None where there is none."""
    found = reports(press.seat, press.team, catalog)
    one = chosen(found, image)
    if one is None:
        return None
    metadata = press.seat.about(one["id"]).metadata
    return more_form(found, one, _offers(press, one, wishes, operators), underway(one), metadata)


def done(press: Pressed, report: Report, wishes: Wishes, operators: Collection[str]) -> str:
    """Do what was pressed, if it is still on offer to this person; what became of it, in words."""
    found = _offers(press, report, wishes, operators)
    offer = next((each for each in found if press.action == DEED + each.deed), None)
    if offer is None:
        return CHANGED
    if offer.refused:
        return offer.refused
    try:
        wishes.do(offer.deed, report["id"], press.person)
    except LoupeError as fault:
        log.error("%s of %s: %s", offer.deed, report["id"], fault.words)
        return BROKEN
    return DONE[offer.deed]


def _offers(press: Pressed, report: Report, wishes: Wishes, operators: Collection[str]) -> list[Offer]:
    withdrawn = wishes.is_withdrawn(report["id"])
    return offers(report, press.person, withdrawn=withdrawn, operators=operators)


def _here(body: dict[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("callback_id") == CALLBACK)
