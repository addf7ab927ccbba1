"""``/imgstatus mail``: the digest by mail. Answers only the person who asked."""

import re
from typing import Protocol

from bot.cards.message import Content, saying
from bot.cards.words import escape
from bot.listeners.commands.asked import Branch

SLACKS_LINK = re.compile(r"<mailto:[^|>]*\|([^>]*)>")
"""As Slack writes an address that it recognised."""
USAGE = (
    "Say `/imgstatus mail you@example.org` to get Loupe's digest by mail, or `/imgstatus mail off` to end it."
)


class Desk(Protocol):
    """Where people ask for mail; every answer is a sentence."""

    def on(self, words: str, asker: str) -> str:
        """Send a letter that asks the mailbox's reader."""

    def off(self, asker: str) -> str:
        """End what this person asked for."""


def branch(desk: Desk) -> Branch:
    """Answers ``/imgstatus mail ...``."""
    return lambda asked: _answer(asked.text.partition(" ")[2], f"{asked.team}/{asked.person}", desk)


def _answer(typed: str, asker: str, desk: Desk) -> Content:
    said = SLACKS_LINK.sub(r"\1", typed.strip())
    if not said:
        return saying(USAGE)
    return saying(escape(desk.off(asker) if said.lower() == "off" else desk.on(said, asker)))
