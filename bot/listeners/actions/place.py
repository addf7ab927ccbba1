"""The Add a place button, and Change the place behind More: a modal that looks places up by name."""

import logging
from collections.abc import Collection
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.cards.forms import PICK, View
from bot.cards.more_form import DEED
from bot.cards.whereabouts import (
    PLACE,
    PLACE_FORM,
    PLACE_TITLE,
    has_added_place,
    lacks_place,
    place_form,
    telling,
)
from bot.listeners.allowed import allowed
from bot.listeners.pressed import Pressed, pressed
from bot.listeners.showing import Say, acknowledge, change_modal, open_modal, whisper
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError
from pipeline.ports import Atlas, Report

log = logging.getLogger(__name__)
CHANGE = f"{DEED}place"


def register(app: App, catalog: Catalog, atlas: Atlas, operators: Collection[str]) -> None:
    """Listen to both buttons, and to the choice of another picture."""

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        view = form(press, "", catalog, operators)
        if isinstance(view, str):
            whisper(respond, view)
            return
        open_modal(client, press, respond, view)
        _unfold(atlas)

    def on_other(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        image = press.seat.image if press.action == CHANGE else press.value
        view = form(press, image, catalog, operators)
        change_modal(client, press, telling(PLACE_TITLE, view) if isinstance(view, str) else view)

    app.action(PLACE)(ack=acknowledge, lazy=[on_button])
    app.action(CHANGE)(ack=acknowledge, lazy=[on_other])
    app.action(PICK, matchers=[_here])(ack=acknowledge, lazy=[on_other])


def form(press: Pressed, image: str, catalog: Catalog, operators: Collection[str]) -> View | str:
    """The modal about one picture; or why there is none."""
    may = allowed(press, image, catalog, wants_place, operators)
    if may.one is None or may.refused:
        return may.refused
    return place_form(may.found, may.one, press.seat.about(may.one["id"]).metadata)


def wants_place(report: Report) -> bool:
    """Can a person say where it was taken: for the first time, or anew?"""
    return lacks_place(report) or has_added_place(report)


def _unfold(atlas: Atlas) -> None:
    """An atlas that was never used takes seconds to unfold; the person is still thinking of a name."""
    try:
        atlas.named("a", 1)
    except LoupeError as fault:
        log.error("atlas: %s", fault.words)


def _here(body: dict[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("callback_id") == PLACE_FORM)
