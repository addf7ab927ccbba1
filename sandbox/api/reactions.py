"""reactions.*: Source: docs.slack.dev/reference/methods/reactions.add and others."""

from __future__ import annotations

import re

from sandbox import posting
from sandbox.api.call import Call, method
from sandbox.model import Json, Message
from sandbox.refusal import Refusal
from sandbox.shapes import message_json

NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?\Z")
MOST_EMOJI = 23


def _message(call: Call) -> Message:
    return call.room.workspace.message(call.channel(), call.needed("timestamp"))


def _reachable(call: Call) -> Message:
    """The message, where the caller may react: is_archived and not_in_channel otherwise."""
    channel = call.channel()
    if channel.archived:
        raise Refusal("is_archived")
    if call.user not in channel.members:
        raise Refusal("not_in_channel")
    return _message(call)


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not NAME.match(name):
        raise Refusal("invalid_name")
    return name


@method("reactions.add", "reactions:write")
def add(call: Call) -> Json:
    """Add an emoji to a message."""
    name = _name(call)
    message = _reachable(call)
    if name not in message.reactions and len(message.reactions) >= MOST_EMOJI:
        raise Refusal("too_many_emoji")
    if not posting.react(call.room, message, call.user, name):
        raise Refusal("already_reacted")
    return {}


@method("reactions.remove", "reactions:write")
def remove(call: Call) -> Json:
    """Take one's own emoji back."""
    name = _name(call)
    if not posting.unreact(call.room, _reachable(call), call.user, name):
        raise Refusal("no_reaction")
    return {}


@method("reactions.get", "reactions:read")
def get(call: Call) -> Json:
    """A message with its reactions."""
    message = _message(call)
    return {
        "type": "message",
        "channel": message.channel,
        "message": message_json(call.room.workspace, message),
    }
