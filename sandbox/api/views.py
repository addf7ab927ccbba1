"""views.*: modals and the home tab. Source: docs.slack.dev/reference/methods/views.open and others."""

from __future__ import annotations

import secrets

from sandbox.api.call import Call, method, missing
from sandbox.api.content import invalid_blocks
from sandbox.blocks import identify, view_problems
from sandbox.model import Json, View
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import view_json

MOST_STACKED = 3


def checked_view(room: Room, body: object) -> Json:
    """A view's body with block ids filled in; invalid_arguments names what is wrong with it."""
    if not isinstance(body, dict):
        raise missing("view")
    found = view_problems(body)
    if found:
        refusal = invalid_blocks(found)
        raise Refusal("invalid_arguments", **refusal.extra)
    return body | {"blocks": identify(body["blocks"], room.workspace.clock.id)}


def new_view(room: Room, user: str, body: Json, below: View | None = None) -> View:
    """Open a modal for a user, on top of `below` where that is given."""
    id = room.workspace.clock.id("V")
    root = below.root if below else id
    view = View(id, user, body, new_hash(), root, below.id if below else "")
    room.workspace.views[id] = view
    room.feed.publish({"type": "views", "user": user})
    return view


def new_hash() -> str:
    """A new version mark of a view."""
    return secrets.token_hex(8)


def _modal(call: Call) -> Json:
    """The view of a call that takes no home tab."""
    body = checked_view(call.room, call.structure("view"))
    if body["type"] != "modal":
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a modal"]})
    return body


@method("views.open")
def open_view(call: Call) -> Json:
    """Open a modal with a trigger id, which works once and for 3 seconds."""
    body = _modal(call)
    user = call.room.triggers.spend(call.needed("trigger_id"))
    return {"view": view_json(new_view(call.room, user, body))}


@method("views.push")
def push_view(call: Call) -> Json:
    """Open a modal on top of the open one; at most three."""
    body = _modal(call)
    user = call.room.triggers.spend(call.needed("trigger_id"))
    stack = [view for view in call.room.workspace.views.values() if view.user == user and view.open]
    if len(stack) >= MOST_STACKED:
        raise Refusal("push_limit_reached")
    return {"view": view_json(new_view(call.room, user, body, stack[-1] if stack else None))}


@method("views.update")
def update_view(call: Call) -> Json:
    """Replace an open modal's body. Refusals: not_found, hash_conflict."""
    body = _modal(call)
    view = _named(call)
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    view.body, view.hash = body, new_hash()
    call.room.feed.publish({"type": "views", "user": view.user})
    return {"view": view_json(view)}


def _named(call: Call) -> View:
    views = call.room.workspace.views
    id, external = call.text("view_id"), call.text("external_id")
    found = views.get(id) or next(
        (v for v in views.values() if external and v.body.get("external_id") == external), None
    )
    if found is None or not found.open:
        raise Refusal("not_found")
    return found


@method("views.publish")
def publish_view(call: Call) -> Json:
    """Set a user's home tab."""
    user = call.room.workspace.user(call.needed("user_id"))
    body = checked_view(call.room, call.structure("view"))
    if body["type"] != "home":
        raise Refusal("invalid_arguments")
    old = call.room.workspace.homes.get(user.id)
    if old and call.text("hash") and call.text("hash") != old.hash:
        raise Refusal("hash_conflict")
    id = old.id if old else call.room.workspace.clock.id("V")
    view = View(id, user.id, body, new_hash(), id)
    call.room.workspace.homes[user.id] = view
    call.room.feed.publish({"type": "home", "user": user.id})
    return {"view": view_json(view)}
