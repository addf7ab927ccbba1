"""``/imgstatus``: what became of pictures. Answers only the person who asked, from the ledger alone.

Source: docs.slack.dev/interactivity/implementing-slash-commands (the answer may ride on the acknowledgement).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import App

from bot.access import may_see
from bot.cards import status
from bot.cards.message import Content
from bot.envelope import team_of
from bot.listeners.commands import mail
from bot.ports import Health
from pipeline.catalog import Catalog

COMMAND = "/imgstatus"
MINE, ROOM = 5, 10
WRAPPING = "`*_<>.,:;#()[]\"'“”"
"""What people put around an id."""
LOOKS_LIKE_ID = re.compile(r"(?i)img-\S+|[0-9a-f]{8}-?[0-9a-f-]{8,}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One use of the command."""

    text: str
    team: str
    channel: str
    person: str


def register(app: App, catalog: Catalog, health: Health, desk: mail.Desk) -> None:
    """Listen to the command."""

    @app.command(COMMAND)
    def on_imgstatus(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        asked = Asked(
            text=str(body.get("text") or "").strip(),
            team=team_of(body),
            channel=str(body.get("channel_id") or ""),
            person=str(body.get("user_id") or ""),
        )
        content = answer(asked, catalog, health, desk)
        ack(response_type="ephemeral", text=content.text, blocks=list(content.blocks))


def answer(asked: Asked, catalog: Catalog, health: Health, desk: mail.Desk) -> Content:
    """What the command says."""
    word = asked.text.lower()
    if not word:
        return status.mine(catalog.of_person(asked.team, asked.person, MINE), catalog.queue())
    if word == "channel":
        return status.room(catalog.of_channel(asked.team, asked.channel, ROOM))
    if word == "health":
        return status.health(health())
    if word.partition(" ")[0] == "mail":
        return mail.answer(asked.text, f"{asked.team}/{asked.person}", desk)
    if word in ("help", "?"):
        return status.usage()
    return _one(asked, catalog)


def _one(asked: Asked, catalog: Catalog) -> Content:
    named = asked.text.split()[0].strip(WRAPPING)
    found = catalog.find(named) if len(named) <= 64 else None
    if found and may_see(found.source, asked.team, asked.channel, asked.person):
        return status.one(catalog.report(found.image), asked.channel)
    if gone := catalog.erased(named) if len(named) <= 64 and not found else None:
        return status.erased(gone)
    return status.unknown(named) if found or LOOKS_LIKE_ID.fullmatch(named) else status.usage(asked.text)
