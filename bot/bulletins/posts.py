"""Posts bulletins, and finds those that are there. Everything raises ``Refusal``.

Source: docs.slack.dev/reference/methods/chat.postMessage, /conversations.history and /conversations.replies.
For some apps the latter two give 15 messages at a time, once a minute: so one page is asked for at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bot.api import call
from bot.bulletins.noted import Doubt
from bot.cards.message import Content, text_digest
from bot.envelope import BULLETIN, MARK
from bot.refusals import Kind, Refusal

SKEW = 120.0
"""Seconds by which Slack's clock and ours may differ."""
PAGE = 100
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or a thread in it."""

    channel: str
    thread: str = ""


class Posts:
    """Slack's methods as bulletins need them."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._self: Json | None = None

    def team(self) -> str:
        """The workspace that the token is for; empty where Slack does not say."""
        try:
            return str(self._identity().get("team_id") or "")
        except Refusal:
            return ""

    def post(self, place: Place, key: str, content: Content) -> str:
        """Post; the ts of the new message. ``key`` goes with it, to find it by."""
        answer = call(
            self._client.chat_postMessage,
            channel=place.channel,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": place.thread} if place.thread else {}),
            **_shown(key, content),
        )
        ts = answer.get("ts") or (answer.get("message") or {}).get("ts")
        if not ts:
            raise Refusal(Kind.UNSURE, "an answer without ts")
        return str(ts)

    def look(self, place: Place, key: str, doubt: Doubt) -> tuple[str, str]:
        """One page of what was posted about then: our message's ts where it is there, and the next cursor."""
        answer = call(
            self._client.conversations_replies if place.thread else self._client.conversations_history,
            channel=place.channel,
            oldest=f"{doubt.since - SKEW:.6f}",
            latest=f"{doubt.until + SKEW:.6f}",
            limit=PAGE,
            include_all_metadata=True,
            **({"ts": place.thread} if place.thread else {}),
            **({"cursor": doubt.cursor} if doubt.cursor else {}),
        )
        own = [each for each in answer.get("messages") or [] if self._is_ours(each)]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        return found(own, key, doubt.text), str(cursor)

    def _is_ours(self, message: Json) -> bool:
        try:
            bot = self._identity().get("bot_id")
        except Refusal:
            bot = None
        return not bot or message.get("bot_id") in (None, bot)

    def _identity(self) -> Json:
        if self._self is None:
            self._self = call(self._client.auth_test)
        return self._self


def found(messages: Sequence[Json], key: str, text: str) -> str:
    """The ts of the message with this key, or with this text where neither key nor blocks are shown."""
    for message in messages:
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        first: Json = next(iter(message.get("blocks") or []), {})
        bare = not (message.get("metadata") or message.get("blocks"))
        marked = key in (payload.get("key"), str(first.get("block_id") or "").removeprefix(MARK))
        if marked or (bare and text_digest(str(message.get("text"))) == text):
            return str(message["ts"])
    return ""


def _shown(key: str, content: Content) -> dict[str, Any]:
    metadata = {"event_type": BULLETIN, "event_payload": {"key": key}}
    shown: dict[str, Any] = {"text": content.text, "metadata": metadata}
    if not content.blocks:
        return shown
    first = {**content.blocks[0], "block_id": f"{MARK}{key}"}
    return {**shown, "blocks": [first, *content.blocks[1:]]}
