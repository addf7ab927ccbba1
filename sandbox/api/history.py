"""conversations.history and conversations.replies.

Source: docs.slack.dev/reference/methods/conversations.history and conversations.replies.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from sandbox.api.call import Call, method
from sandbox.api.paging import page
from sandbox.events import HISTORY
from sandbox.model import Channel, Json, Message
from sandbox.refusal import Refusal
from sandbox.shapes import message_json

DISTRIBUTED_ITEMS = 15


def _room(call: Call) -> Channel:
    channel = call.channel()
    call.need_scope(HISTORY[channel.kind])
    if call.user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _most(call: Call) -> int:
    return DISTRIBUTED_ITEMS if call.room.switches.distributed else 999


def _answer(call: Call, messages: list[Message], cursor: str) -> Json:
    metadata = call.flag("include_all_metadata")
    shapes = [message_json(call.room.workspace, message, metadata=metadata) for message in messages]
    answer: Json = {"messages": shapes, "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.history")
def history(call: Call) -> Json:
    """A channel's own messages and broadcast replies, newest first."""
    channel = _room(call)
    within = _interval(call)
    own = [m for m in channel.messages.values() if not m.thread_ts or m.thread_ts == m.ts or m.broadcast]
    found = [m for m in own if within(m.ts)]
    found.sort(key=lambda m: m.ts, reverse=True)
    part, cursor = page(call, found, 100, _most(call))
    return _answer(call, part, cursor) | {
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


@method("conversations.replies")
def replies(call: Call) -> Json:
    """A thread, its parent first; `ts` may be the parent's or a reply's. Refusal: thread_not_found."""
    channel = _room(call)
    named = channel.messages.get(call.needed("ts"))
    if named is None:
        raise Refusal("thread_not_found")
    parent = channel.messages.get(named.thread_ts) or named
    within = _interval(call)
    inside = [m for m in call.room.workspace.replies(channel, parent.ts) if within(m.ts)]
    part, cursor = page(call, inside, 1000, _most(call))
    first = [] if call.text("cursor") else [parent]
    return _answer(call, first + part, cursor)


def _interval(call: Call) -> Callable[[str], bool]:
    """Whether a ts lies between `oldest` and `latest`; invalid_ts_oldest, invalid_ts_latest for no times."""
    oldest, latest = _moment(call, "oldest", "0"), _moment(call, "latest", "99999999999")
    if call.flag("inclusive"):
        return lambda ts: oldest <= Decimal(ts) <= latest
    return lambda ts: oldest < Decimal(ts) < latest


def _moment(call: Call, name: str, default: str) -> Decimal:
    try:
        moment = Decimal(call.text(name) or default)
    except InvalidOperation:
        raise Refusal(f"invalid_ts_{name}") from None
    if moment.is_nan():
        raise Refusal(f"invalid_ts_{name}")
    return moment
