"""Submitting and closing modals.

Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload, /surfaces/modals.
"""

from __future__ import annotations

from typing import Any

from sandbox.api.views import checked_view, new_hash, new_view
from sandbox.interactions.elements import chosen, elements
from sandbox.interactions.frame import frame
from sandbox.model import Json, View
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import view_json


def open_views(room: Room, user: str) -> list[View]:
    """The user's stack of open modals, the visible one last."""
    return [view for view in room.workspace.views.values() if view.user == user and view.open]


async def submit(room: Room, user: str, view: View, values: dict[str, dict[str, Any]]) -> Json:
    """Submit a modal; `values` is block id -> action id -> what was entered.

    Returns `{"errors": {block: words}}`: what the app found wrong, or under "" that it did not answer.
    """
    if view.user != user or not view.open:
        raise Refusal("view_not_found")
    shape = view_json(view) | {"state": {"values": _state(room, view, values)}}
    payload = frame(room, "view_submission", user) | {"view": shape, "response_urls": []}
    reply = await room.post_office.ask("interactive", payload)
    if not reply.ok:
        return {"errors": {"": "We had some trouble connecting. Try again?"}}
    errors = _obey(room, view, reply.body or {})
    room.feed.publish({"type": "views", "user": user})
    return {"errors": errors}


def _state(room: Room, view: View, values: dict[str, dict[str, Any]]) -> Json:
    state: Json = {}
    for block_id, element in elements(view.body["blocks"]):
        if element["type"] == "button":
            continue
        entered = values.get(block_id, {}).get(element["action_id"])
        known = room.offered.filled(view.id, block_id, element)
        told = {"type": element["type"]} | chosen(known, entered)
        state.setdefault(block_id, {})[element["action_id"]] = told
    return state


def _obey(room: Room, view: View, answer: Json) -> Json:
    action = answer.get("response_action")
    if action == "errors":
        return dict(answer.get("errors") or {})
    if action == "update":
        view.body, view.hash = checked_view(room, answer.get("view")), new_hash()
    elif action == "push":
        new_view(room, view.user, checked_view(room, answer.get("view")), view)
    elif action == "clear":
        for one in open_views(room, view.user):
            one.open = False
    else:
        view.open = False
    return {}


async def close(room: Room, user: str, view: View, *, everything: bool = False) -> None:
    """Close a modal, or the whole stack; view_closed goes out where the view asked for it."""
    for one in open_views(room, user) if everything else [view]:
        one.open = False
    room.feed.publish({"type": "views", "user": user})
    if view.body.get("notify_on_close"):
        payload = frame(room, "view_closed", user) | {"view": view_json(view), "is_cleared": everything}
        payload.pop("trigger_id")
        await room.post_office.ask("interactive", payload)
