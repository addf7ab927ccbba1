"""The message shortcut "Check this image": take in what was missed, or say what was found.

Source: docs.slack.dev/interactivity/implementing-shortcuts (acknowledge in 3 s, answer by response_url).
"""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.api import call
from bot.arrivals import Posted, posted
from bot.cards.message import Content, card, saying
from bot.cards.picture import is_told
from bot.envelope import team_of
from bot.intake import Door
from bot.refusals import Kind, Refusal
from pipeline.catalog import Catalog, Listed
from pipeline.errors import LoupeError

CALLBACK = "check_image"
NO_PICTURE = "There is no picture in that message."
INVITE = (
    "I am not in this conversation, so I cannot fetch its pictures. Invite me with `/invite @Loupe` first."
)
UNSEEN = ("channel_not_found", "not_in_channel")
TAKEN = "I am looking at it. What I find comes into its thread."
ERASED = "It was erased, so I do not look at it again. To have it looked at, post it anew."
WAITING = "I am already looking at it. What I find comes into its thread."
BROKEN = "I could not take the picture in just now. Please try again in a minute."


def register(app: App, door: Door, catalog: Catalog) -> None:
    """Listen to the shortcut."""

    def on_check(body: dict[str, Any], client: WebClient, respond: Callable[..., Any]) -> None:
        content = answer(body, team_of(body), client, door, catalog)
        respond(
            text=content.text,
            blocks=list(content.blocks),
            response_type="ephemeral",
            replace_original=False,
        )

    app.shortcut(CALLBACK)(ack=_acknowledge, lazy=[on_check])


def _acknowledge(ack: Callable[..., Any]) -> None:
    ack()


def answer(body: Mapping[str, Any], team: str, client: WebClient, door: Door, catalog: Catalog) -> Content:
    """What the shortcut says; takes the message's pictures in where they were not known."""
    channel = body.get("channel") or {}
    told = body.get("message") or {}
    event = {**told, "channel": channel.get("id"), "ts": told.get("ts") or body.get("message_ts")}
    asked = posted(event, team, str(channel.get("name") or ""))
    if not asked.pictures:
        return saying(NO_PICTURE)
    known = catalog.of_message(team, asked.message.channel, asked.message.ts)
    if known:
        return _found(known, asked, catalog)
    try:
        return _take(asked, client, door, catalog)
    except LoupeError:
        return saying(BROKEN)


def _take(asked: Posted, client: WebClient, door: Door, catalog: Catalog) -> Content:
    if _is_outside(client, asked.message.channel):
        return saying(INVITE)
    door.take(asked)
    message = asked.message
    return saying(TAKEN if catalog.of_message(message.team, message.channel, message.ts) else ERASED)


def _is_outside(client: WebClient, channel: str) -> bool:
    """Does Slack say that Loupe is no member? Direct messages have no members to speak of."""
    try:
        found: Mapping[str, Any] = call(client.conversations_info, channel=channel).get("channel") or {}
    except Refusal as refusal:
        if refusal.error in UNSEEN:
            return True
        if refusal.kind is Kind.NEVER:
            return False
        raise
    return found.get("is_member") is False and not (found.get("is_im") or found.get("is_mpim"))


def _found(known: list[Listed], asked: Posted, catalog: Catalog) -> Content:
    reports = [catalog.report(image.image) for image in known]
    if not all(is_told(report) for report in reports):
        return saying(WAITING)
    return card(reports, asked.message.channel)
