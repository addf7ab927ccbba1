"""``/imgstatus``: what became of pictures, and a table of what else it answers. From the ledger alone.

Source: docs.slack.dev/interactivity/implementing-slash-commands (the answer may ride on the acknowledgement).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App

from bot.access import may_see
from bot.cards import status
from bot.cards.message import Content
from bot.listeners.commands.asked import Asked, Branch, asked, said
from bot.ports import Health
from pipeline.catalog import Catalog

COMMAND = "/imgstatus"
MINE, ROOM = 5, 10
WRAPPING = "`*_<>.,:;#()[]\"'“”"
"""What people put around an id."""
LOOKS_LIKE_ID = re.compile(r"(?i)img-\S+|[0-9a-f]{8}-?[0-9a-f-]{8,}")


def register(app: App, catalog: Catalog, health: Health, more: Mapping[str, Branch]) -> None:
    """Listen to the command. ``more``: other branches by their first word."""
    branches = {**_branches(catalog, health), **more}

    @app.command(COMMAND)
    def on_imgstatus(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        question = asked(body)
        word = question.text.lower().partition(" ")[0]
        branch = branches.get(word) if word in more else branches.get(question.text.lower())
        ack(**said(branch(question) if branch else _one(question, catalog)))


def _branches(catalog: Catalog, health: Health) -> dict[str, Branch]:
    """By all that was typed."""
    return {
        "": lambda it: status.mine(catalog.of_person(it.team, it.person, MINE), catalog.queue()),
        "channel": lambda it: status.room(catalog.of_channel(it.team, it.channel, ROOM)),
        "health": lambda _: status.health(health()),
        "help": lambda _: status.usage(),
        "?": lambda _: status.usage(),
    }


def _one(it: Asked, catalog: Catalog) -> Content:
    named = it.text.split()[0].strip(WRAPPING)
    found = catalog.find(named) if len(named) <= 64 else None
    if found and may_see(found.source, it.team, it.channel, it.person):
        return status.one(catalog.report(found.image), it.channel)
    if gone := catalog.erased(named) if len(named) <= 64 and not found else None:
        return status.erased(gone)
    return status.unknown(named) if found or LOOKS_LIKE_ID.fullmatch(named) else status.usage(it.text)
