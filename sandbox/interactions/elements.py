"""Finding an interactive element again in what was posted, and what a press of it reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.model import Json
from sandbox.refusal import Refusal

CHOICES = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
}


def elements(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Every part with an action_id and the id of its block."""
    for block in blocks:
        for part in _parts(block):
            yield block["block_id"], part


def _parts(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, dict):
        if value.get("action_id"):
            yield value
        for item in value.values():
            yield from _parts(item)


def find(blocks: list[Json], action_id: str, block_id: str = "") -> tuple[str, Json]:
    """(block id, element), or the refusal no_such_action."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in ("", block):
            return block, element
    raise Refusal("no_such_action")


def chosen(element: Json, value: Any) -> Json:
    """What the person chose, as the element reports it in `actions` and in a view's state.

    `value` is an option's value (or a list of them) for menus, text for inputs, nothing for a button.
    """
    kind = element["type"]
    name = CHOICES.get(kind)
    if name is None:
        return {} if kind == "button" else {"value": value}
    if name == "selected_option":
        return {name: _option(element, value)}
    if name == "selected_options":
        return {name: [_option(element, one) for one in value or []]}
    return {name: value}


def options_of(element: Json) -> list[Json]:
    """All options of a menu, or of an answer with options, those in groups among them."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def _option(element: Json, value: Any) -> Json | None:
    found: Json | None = next((each for each in options_of(element) if each.get("value") == value), None)
    if found is None and value is not None:
        raise Refusal("no_such_option")
    return found
