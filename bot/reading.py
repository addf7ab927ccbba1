"""Reads what stands in a conversation.

Source: docs.slack.dev/reference/methods/conversations.replies and /conversations.history. Both can be missing
a scope, be limited to one call a minute, or leave metadata and blocks out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from bot.api import call
from bot.refusals import Refusal
from pipeline.cards import Message

Json = Mapping[str, Any]
LATEST = 100
"""Messages of a channel that are looked through."""


class Reading:
    """Messages as Slack has them now. Everything raises ``Refusal``."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._bot_id: str | None = None

    def after(self, message: Message) -> list[Json]:
        """Our own answers to a message: from its thread or, where that cannot be read, from its channel."""
        try:
            found = list(self._replies(message))
        except Refusal as refusal:
            found = self._else_latest(message, refusal)
        return [reply for reply in found if self._ours(reply)]

    def latest(self, channel: str, **limits: str) -> Sequence[Json]:
        """The newest messages of a channel."""
        answer = call(self._client.conversations_history, channel=channel, limit=LATEST, **limits)
        found: Sequence[Json] = answer.get("messages") or []
        return found

    def _else_latest(self, message: Message, refusal: Refusal) -> list[Json]:
        """A channel's history tells little of its threads: silence there proves nothing."""
        if refusal.error != "unknown_method":
            raise refusal
        found = [each for each in self.latest(message.channel, oldest=message.ts) if _is_reply(each, message)]
        if not found:
            raise refusal
        return found

    def _replies(self, message: Message) -> Iterator[Json]:
        cursor = ""
        while True:
            answer = call(
                self._client.conversations_replies,
                channel=message.channel,
                ts=message.thread,
                oldest=message.ts,
                limit=LATEST,
                include_all_metadata=True,
                **({"cursor": cursor} if cursor else {}),
            )
            yield from answer.get("messages") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ours(self, reply: Json) -> bool:
        if self._bot_id is None:
            try:
                self._bot_id = str(call(self._client.auth_test).get("bot_id") or "")
            except Refusal:
                return True
        return not self._bot_id or reply.get("bot_id") in (None, self._bot_id)


def _is_reply(each: Json, message: Message) -> bool:
    return each.get("thread_ts") == message.thread and each.get("ts") != message.ts
