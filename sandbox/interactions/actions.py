"""Buttons and menus in messages, modals and the home tab; message shortcuts.

Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload and shortcuts-interaction-payload.
"""

from __future__ import annotations

from typing import Any

from sandbox.delivery.reply import Reply
from sandbox.interactions.elements import chosen, find
from sandbox.interactions.frame import frame, where
from sandbox.model import Channel, Json, Message, View
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import message_json, view_json


def _action(room: Room, element: Json, block_id: str, value: Any) -> Json:
    kept = {k: v for k, v in element.items() if k in ("type", "action_id", "text", "value", "style", "url")}
    return kept | {"block_id": block_id, "action_ts": room.workspace.clock.ts()} | chosen(element, value)


def visible(channel: Channel, user: str, ts: str) -> Message:
    """A message that this person sees. Refusals: message_not_found."""
    message = channel.messages.get(ts) or channel.ephemeral.get(ts)
    if message is None or message.only_for not in ("", user):
        raise Refusal("message_not_found")
    return message


async def press(
    room: Room, user: str, channel: Channel, ts: str, action_id: str, block_id: str = "", value: Any = None
) -> Reply:
    """Press a button, or choose in a menu, of a message. Refusals: message_not_found, no_such_action."""
    message = visible(channel, user, ts)
    block_id, element = find(message.blocks, action_id, block_id)
    element = room.offered.filled(ts, block_id, element)
    shape = message_json(room.workspace, message)
    container: Json = {"type": "message", "message_ts": ts, "channel_id": channel.id}
    container["is_ephemeral"] = bool(message.only_for)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = frame(room, "block_actions", user) | {
        "container": container,
        "channel": where(channel),
        "state": {"values": {}},
        "response_url": room.hooks.new("actions", channel.id, user, ts, message.thread_ts),
        "actions": [_action(room, element, block_id, value)],
    }
    if not message.only_for:
        payload["message"] = shape
    return await room.post_office.ask("interactive", payload)


async def press_in_view(
    room: Room, user: str, view: View, action_id: str, block_id: str, value: Any
) -> Reply:
    """Press a button of a modal or of the home tab."""
    block_id, element = find(view.body["blocks"], action_id, block_id)
    element = room.offered.filled(view.id, block_id, element)
    payload = frame(room, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view),
        "actions": [_action(room, element, block_id, value)],
    }
    return await room.post_office.ask("interactive", payload)


async def run_shortcut(room: Room, user: str, channel: Channel, ts: str, callback_id: str) -> Reply:
    """Run a message shortcut on a message. Refusals: no_such_shortcut, message_not_found."""
    if callback_id not in room.config.shortcuts:
        raise Refusal("no_such_shortcut")
    message = visible(channel, user, ts)
    payload = frame(room, "message_action", user) | {
        "callback_id": callback_id,
        "action_ts": room.workspace.clock.ts(),
        "channel": where(channel),
        "response_url": room.hooks.new("actions", channel.id, user, "", message.thread_ts),
        "message_ts": ts,
        "message": message_json(room.workspace, message),
    }
    return await room.post_office.ask("interactive", payload)
