"""Control calls for commands, buttons, shortcuts, modals and the home tab."""

from __future__ import annotations

from sandbox import events
from sandbox.control.answering import word
from sandbox.delivery.reply import Reply
from sandbox.interactions import actions, commands, modals, suggestions
from sandbox.model import Json, View
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import view_json


def _told(reply: Reply) -> Json:
    return {"ok": reply.ok, "error": reply.error, "body": reply.body, "text": reply.text}


async def command(room: Room, body: Json) -> Json:
    """POST /sandbox/command {channel, user, line}: such as `/imgstatus help`; answers the app's answer."""
    channel = room.workspace.channel(word(body, "channel"))
    return _told(await commands.run_command(room, word(body, "user"), channel, word(body, "line")))


async def press(room: Room, body: Json) -> Json:
    """POST /sandbox/press {user, action_id, channel, ts | view_id, block_id?, value?}: a button, a menu."""
    user, action_id = word(body, "user"), word(body, "action_id")
    block_id, value = word(body, "block_id", ""), body.get("value")
    if body.get("view_id"):
        view = _view(room, user, word(body, "view_id"))
        return _told(await actions.press_in_view(room, user, view, action_id, block_id, value))
    channel = room.workspace.channel(word(body, "channel"))
    return _told(await actions.press(room, user, channel, word(body, "ts"), action_id, block_id, value))


async def suggest(room: Room, body: Json) -> Json:
    """POST /sandbox/suggest {user, action_id, value, channel, ts | view_id, block_id?}: typed into a menu.

    Answers the app's `{options}` or `{option_groups}`; with `error` where it gave none, or a wrong one.
    """
    user, action_id, typed = word(body, "user"), word(body, "action_id"), word(body, "value")
    block_id = word(body, "block_id", "")
    if body.get("view_id"):
        view = _view(room, user, word(body, "view_id"))
        return await suggestions.suggest_in_view(room, user, view, action_id, block_id, typed)
    channel = room.workspace.channel(word(body, "channel"))
    message = actions.visible(channel, user, word(body, "ts"))
    return await suggestions.suggest(room, user, channel, message, action_id, block_id, typed)


async def shortcut(room: Room, body: Json) -> Json:
    """POST /sandbox/shortcut {channel, ts, user, callback_id}: a message shortcut."""
    channel = room.workspace.channel(word(body, "channel"))
    user, callback_id = word(body, "user"), word(body, "callback_id")
    return _told(await actions.run_shortcut(room, user, channel, word(body, "ts"), callback_id))


async def views(room: Room, body: Json) -> Json:
    """POST /sandbox/views {user}: the open modals, the visible one last, and the home tab."""
    user = word(body, "user")
    home = room.workspace.homes.get(user)
    stack = [view_json(view) for view in modals.open_views(room, user)]
    return {"views": stack, "home": view_json(home) if home else None}


async def submit(room: Room, body: Json) -> Json:
    """POST /sandbox/submit {user, view_id, values: {block_id: {action_id: value}}}: `{errors}` of the app."""
    user = word(body, "user")
    return await modals.submit(
        room, user, _view(room, user, word(body, "view_id")), dict(body.get("values") or {})
    )


async def close(room: Room, body: Json) -> Json:
    """POST /sandbox/close {user, view_id}: close a modal."""
    user = word(body, "user")
    await modals.close(
        room, user, _view(room, user, word(body, "view_id")), everything=bool(body.get("everything"))
    )
    return {}


async def open_home(room: Room, body: Json) -> Json:
    """POST /sandbox/open_home {user, tab=home}: somebody looks at the app's home or its messages."""
    events.home_opened(room, word(body, "user"), word(body, "tab", "home"))
    return {}


def _view(room: Room, user: str, id: str) -> View:
    found = room.workspace.views.get(id)
    home = room.workspace.homes.get(user)
    view = found or (home if home and home.id == id else None)
    if view is None:
        raise Refusal("view_not_found")
    return view
