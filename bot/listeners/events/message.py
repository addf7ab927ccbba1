"""A message was posted, changed or deleted.

Source: docs.slack.dev/reference/events/message and its subtypes file_share, message_deleted, message_changed.
A deleted message that has replies becomes a ``tombstone`` by message_changed.
"""

from typing import Any

from slack_bolt import App

from bot.arrivals import SUBTYPES, Json, lost_files, posted
from bot.envelope import answered, is_ours, team_of
from bot.intake import Door
from pipeline.cards import Cards, Message

DELETED = "the message was deleted"
EMPTIED = "the pictures of the message were deleted"


def register(app: App, door: Door, cards: Cards) -> None:
    """Listen to messages."""

    @app.event("message")
    def on_message(event: dict[str, Any], body: dict[str, Any]) -> None:
        hear(event, body, team_of(body), door, cards)


def hear(event: Json, body: Json, team: str, door: Door, cards: Cards) -> None:
    """Take a message's pictures in, or withdraw the card of one that is gone."""
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        _deleted(event, team, cards)
    elif subtype == "message_changed":
        _changed(event, team, cards)
    elif is_ours(event, body):
        _own(event, team, door, cards)
    elif subtype in SUBTYPES:
        door.take(posted(event, team))


def _own(event: Json, team: str, door: Door, cards: Cards) -> None:
    """Our own message: nothing to look at, but the proof that it is there."""
    door.pass_by(posted(event, team))
    message = answered(event)
    if message and (message.team, message.channel) == (team, event.get("channel")):
        cards.see(message, str(event.get("ts") or ""))


def _deleted(event: Json, team: str, cards: Cards) -> None:
    before = event.get("previous_message") or {}
    if before and not before.get("files"):
        return
    cards.withdraw(_message(event, team, before, str(event.get("deleted_ts") or before.get("ts"))), DELETED)


def _changed(event: Json, team: str, cards: Cards) -> None:
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    message = _message(event, team, now, str(now.get("ts") or ""))
    if now.get("subtype") == "tombstone" and before.get("files"):
        cards.withdraw(message, DELETED)
    elif lost_files(event):
        cards.withdraw(message, EMPTIED)


def _message(event: Json, team: str, known: Json, ts: str) -> Message:
    return Message(team, str(event.get("channel") or ""), ts, str(known.get("thread_ts") or ts))
