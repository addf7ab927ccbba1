"""The Add a place button, and Change the place behind More: a modal that looks places up by name."""

import logging
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
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
HURRY, PATIENCE = 1.0, 120.0
"""Seconds: a modal must be opened within three of the press, and may be changed at any time."""
UNFOLDING = "The list of the world's places is being made. That takes some seconds, and happens only once."
BROKEN = "The list of places cannot be read just now. Please try again in a minute."


def register(app: App, catalog: Catalog, atlas: Atlas, operators: Collection[str]) -> None:
    """Listen to both buttons, and to the choice of another picture."""
    reading = ThreadPoolExecutor(1, "atlas")

    def on_button(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        view = form(press, "", catalog, operators)
        if isinstance(view, str):
            whisper(respond, view)
            return
        asked = reading.submit(atlas.named, "a", 1)
        if _answered(asked, HURRY):
            open_modal(client, press, respond, view)
        elif opened := open_modal(client, press, respond, telling(PLACE_TITLE, UNFOLDING)):
            there = _answered(asked, PATIENCE)
            later = replace(press, view=opened)
            change_modal(client, later, view if there else telling(PLACE_TITLE, BROKEN))

    def on_pick(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        _change(client, press, form(press, press.value, catalog, operators))

    def on_change(body: dict[str, Any], client: WebClient) -> None:
        press = pressed(body)
        _change(client, press, changing(press, catalog, operators))

    app.action(PLACE)(ack=acknowledge, lazy=[on_button])
    app.action(CHANGE)(ack=acknowledge, lazy=[on_change])
    app.action(PICK, matchers=[_here])(ack=acknowledge, lazy=[on_pick])


def form(press: Pressed, image: str, catalog: Catalog, operators: Collection[str]) -> View | str:
    """The modal about one of the pictures without a place; or why there is none."""
    may = allowed(press, image, catalog, lacks_place, operators)
    if may.one is None or may.refused:
        return may.refused
    return place_form(may.found, may.one, press.seat.about(may.one["id"]).metadata)


def changing(press: Pressed, catalog: Catalog, operators: Collection[str]) -> View | str:
    """The modal about the one picture whose added place is to be changed; or why there is none."""
    may = allowed(press, press.seat.image, catalog, has_added_place, operators)
    if may.one is None or may.refused:
        return may.refused
    return place_form([may.one], may.one, press.seat.metadata)


def wants_place(report: Report) -> bool:
    """Can a person say where it was taken: for the first time, or anew?"""
    return lacks_place(report) or has_added_place(report)


def _change(client: WebClient, press: Pressed, view: View | str) -> None:
    change_modal(client, press, telling(PLACE_TITLE, view) if isinstance(view, str) else view)


def _answered(asked: "Future[Any]", seconds: float) -> bool:
    """Has the atlas answered in time? One that was never used takes seconds to be made, once."""
    try:
        asked.result(seconds)
    except (TimeoutError, LoupeError) as fault:
        if isinstance(fault, LoupeError):
            log.error("atlas: %s", fault.words)
        return False
    return True


def _here(body: dict[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("callback_id") == PLACE_FORM)
