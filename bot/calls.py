"""The calls that make and keep a card, and how often Slack lets them be made.

Rates: docs.slack.dev/apis/web-api/rate-limits (chat.postMessage about one a second and channel; tiers 2, 3
and 4 are 20, 50 and 100 a minute "or more", and bursts are tolerated) and chat.update (50 a minute). A window
of one minute sees at most burst + 60 / every calls; what Slack still refuses says how long to wait. How many
"100 or more" are for files.info is left to Slack: pictures that we hold back are never served sooner.
"""

from typing import Any

from slack_sdk import WebClient

from bot.api import call
from bot.cards.message import Content, text_digest
from bot.envelope import EVENT_TYPE, MARK, answered
from bot.reading import Reading
from bot.refusals import Kind, Refusal
from pipeline.cards import Message, Pace

PER_CHANNEL = 1.05
"""Seconds between two posts in a channel."""
PACES = {
    "chat.postMessage": Pace(0.25, 20),
    "chat.update": Pace(1.5, 10),
    "chat.delete": Pace(1.5, 10),
    "reactions.add": Pace(1.2, 30),
    "reactions.remove": Pace(4.0, 8),
    "conversations.replies": Pace(1.5, 10),
    "files.info": Pace(0.05, 200),
}
SPARE = {"chat.update": Pace(1.5, 4)}
"""For calls that can wait: the same window, of which they leave the larger part to those that cannot."""
EYES_PACE = Pace(4.0, 8)
"""As often as a reaction can be taken away again."""


def key(message: Message) -> str:
    """What our message carries in its metadata and its first block: the message it answers."""
    return f"{message.team}:{message.channel}:{message.ts}"


class Calls:
    """Slack's methods as the outbox needs them. Everything raises ``Refusal``."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._reading = Reading(client)

    def post(self, message: Message, content: Content) -> str:
        """Post into the thread; the ts of the new message."""
        answer = call(
            self._client.chat_postMessage,
            channel=message.channel,
            thread_ts=message.thread,
            unfurl_links=False,
            unfurl_media=False,
            **_shown(message, content),
        )
        ts = answer.get("ts") or (answer.get("message") or {}).get("ts")
        if not ts:
            raise Refusal(Kind.UNSURE, "an answer without ts")
        return str(ts)

    def edit(self, message: Message, ts: str, content: Content) -> None:
        """Change our message."""
        call(self._client.chat_update, channel=message.channel, ts=ts, **_shown(message, content))

    def remove(self, message: Message, ts: str) -> None:
        """Delete our message."""
        call(self._client.chat_delete, channel=message.channel, ts=ts)

    def react(self, message: Message, name: str) -> None:
        """Put a reaction on the message."""
        call(self._client.reactions_add, channel=message.channel, timestamp=message.ts, name=name)

    def unreact(self, message: Message, name: str) -> None:
        """Take our reaction away."""
        call(self._client.reactions_remove, channel=message.channel, timestamp=message.ts, name=name)

    def find(self, message: Message, post: str) -> tuple[str, str] | None:
        """Our message for this one, where it is in the thread: its ts and its content's digest.

        ``post``: digest of its text, for a Slack that shows neither metadata nor blocks.
        """
        for reply in self._reading.after(message):
            own = answered({"bot_id": "?", **reply})
            payload = (reply.get("metadata") or {}).get("event_payload") or {}
            bare = not (reply.get("metadata") or reply.get("blocks"))
            same = bare and text_digest(str(reply.get("text"))) == post
            if own == message if own else same:
                return str(reply["ts"]), str(payload.get("digest") or "")
        return None


def _shown(message: Message, content: Content) -> dict[str, Any]:
    payload = {"key": key(message), "digest": content.digest}
    shown: dict[str, Any] = {
        "text": content.text,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": payload},
    }
    first = [{**block, "block_id": f"{MARK}{key(message)}"} for block in content.blocks[:1]]
    return {**shown, "blocks": [*first, *content.blocks[1:]]}
