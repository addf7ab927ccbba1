"""One use of a slash command, and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards.message import Content
from bot.envelope import team_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Who typed what where."""

    text: str
    """What follows the command."""
    team: str
    channel: str
    person: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; only to who asked, unless it concerns everybody in the channel."""

    content: Content
    for_all: bool = False


Branch = Callable[[Asked], Content | Answer]
"""Answers one kind of question."""


def asked(body: Mapping[str, Any]) -> Asked:
    """From Slack's payload."""
    return Asked(
        text=str(body.get("text") or "").strip(),
        team=team_of(body),
        channel=str(body.get("channel_id") or ""),
        person=str(body.get("user_id") or ""),
    )


def said(given: Content | Answer) -> dict[str, Any]:
    """The answer as Slack takes it on the acknowledgement."""
    answer = given if isinstance(given, Answer) else Answer(given)
    kind = "in_channel" if answer.for_all else "ephemeral"
    content = answer.content
    return {"response_type": kind, "text": content.text, "blocks": list(content.blocks)}
