"""Whose delivery it is, told from the delivery alone, without asking Slack. Pure.

Source: docs.slack.dev/apis/events-api ("authorizations", "context_team_id"), /reference/interaction-payloads.
A team that only some deliveries name would tear a picture and its card apart: hence all the places to look.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.cards import Message

Json = Mapping[str, Any]
EVENT_TYPE = "loupe_card"
BULLETIN = "loupe_bulletin"
"""Metadata of messages that answer nobody."""
MARK = "loupe:"
"""Begins the block_id of the first block of everything that Loupe posts."""


def team_of(body: Json) -> str:
    """The workspace through which Loupe hears this; empty when nothing says so."""
    team, event, user = body.get("team"), _part(body, "event"), _part(body, "user")
    named = (
        team if isinstance(team, str) else _part(body, "team").get("id"),
        *(each.get("team_id") for each in _authorizations(body)[:1]),
        body.get("context_team_id"),
        body.get("team_id"),
        event.get("team"),
        user.get("team_id"),
    )
    return next((str(one) for one in named if one), "")


def own_users(body: Json) -> set[str]:
    """Loupe's user ids, as far as the delivery names them."""
    return {str(each.get("user_id")) for each in _authorizations(body) if each.get("is_bot")}


def is_ours(event: Json, body: Json) -> bool:
    """Did this app write the message?"""
    app, author = body.get("api_app_id"), event.get("app_id") or _part(event, "bot_profile").get("app_id")
    if app and author:
        return bool(app == author)
    if event.get("user") and event.get("user") in own_users(body):
        return True
    return bool(answered(event)) or _part(event, "metadata").get("event_type") in (EVENT_TYPE, BULLETIN)


def answered(event: Json) -> Message | None:
    """The message that this one of ours answers, as its first block or its metadata name it."""
    first = next(iter(event.get("blocks") or []), None)
    block = str(first.get("block_id") or "") if isinstance(first, Mapping) else ""
    payload = _part(_part(event, "metadata"), "event_payload")
    key = block.removeprefix(MARK) if block.startswith(MARK) else str(payload.get("key") or "")
    team, channel, ts = key.split(":") if key.count(":") == 2 else ("", "", "")
    bot = event.get("bot_id") or event.get("app_id")
    return Message(team, channel, ts, str(event.get("thread_ts") or ts)) if bot and ts else None


def _authorizations(body: Json) -> list[Json]:
    return [each for each in body.get("authorizations") or [] if isinstance(each, Mapping)]


def _part(json: Json, key: str) -> Json:
    found = json.get(key)
    return found if isinstance(found, Mapping) else {}
