"""External selects: what somebody types goes to the app, which answers with options.

Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload and
/reference/block-kit/block-elements/select-menu-element (external_select: three letters unless the element
says otherwise; 100 options, or 100 groups of them; the answer is due within 3 s).
"""

from __future__ import annotations

from sandbox.blocks.schema import array, both, exactly_one_of, record
from sandbox.blocks.texts import OPTION, OPTION_GROUP
from sandbox.interactions.elements import find, options_of
from sandbox.interactions.frame import frame, where
from sandbox.interactions.offered import EXTERNAL
from sandbox.model import Channel, Json, Message, View
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.shapes import message_json, view_json

USUALLY = 3
"""Letters from which on an app is asked."""
LONGEST = 100
ANSWER = both(
    record({}, {"options": array(OPTION, LONGEST, 0), "option_groups": array(OPTION_GROUP, LONGEST, 0)}),
    exactly_one_of("options", "option_groups"),
)


async def suggest_in_view(
    room: Room, user: str, view: View, action_id: str, block_id: str, typed: str
) -> Json:
    """What the app suggests for words typed in a modal or the home tab."""
    block_id, element = find(view.body["blocks"], action_id, block_id)
    place: Json = {"container": {"type": "view", "view_id": view.id}, "view": view_json(view)}
    return await _ask(room, user, view.id, place, (block_id, element, typed))


async def suggest(
    room: Room, user: str, channel: Channel, message: Message, action_id: str, block_id: str, typed: str
) -> Json:
    """What the app suggests for words typed in a menu of a message."""
    block_id, element = find(message.blocks, action_id, block_id)
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container["is_ephemeral"] = bool(message.only_for)
    place: Json = {"container": container, "channel": where(channel)}
    if not message.only_for:
        place["message"] = message_json(room.workspace, message)
    return await _ask(room, user, message.ts, place, (block_id, element, typed))


async def _ask(room: Room, user: str, seat: str, place: Json, asked: tuple[str, Json, str]) -> Json:
    """``{options | option_groups}`` as the app answered; with ``error`` where it did not, or wrongly.

    Refusals: no_such_action for another element, query_too_short.
    """
    block_id, element, typed = asked
    if element["type"] not in EXTERNAL:
        raise Refusal("no_such_action")
    least = element.get("min_query_length")
    if len(typed) < (USUALLY if least is None else int(least)):
        raise Refusal("query_too_short")
    payload = frame(room, "block_suggestion", user) | place
    payload |= {"action_id": element["action_id"], "block_id": block_id, "value": typed}
    payload.pop("trigger_id")
    reply = await room.post_office.ask("interactive", payload)
    if not reply.ok:
        return {"options": [], "error": reply.error}
    answer = {name: part for name, part in (reply.body or {}).items() if part is not None}
    if found := list(ANSWER(answer, "")):
        return {"options": [], "error": "invalid_options", "problems": found}
    room.offered.keep((seat, block_id, element["action_id"]), options_of(answer))
    return answer
