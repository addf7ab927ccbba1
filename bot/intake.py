"""The door: a message's pictures go into the ledger and its card into the outbox, before Slack hears back."""

import threading
import time

from bot.arrivals import Posted
from bot.ports import Intake
from pipeline.cards import Cards, Message, Shares
from pipeline.ledger import Entry

NOT_A_PICTURE = (
    "I only look at pictures: JPEG, PNG, GIF, WebP, HEIC, AVIF, TIFF and BMP."
    " Post one here and I will say what I find."
)
HINT = (
    "I look at pictures and say what I find. Post a picture here, or invite me to a channel with"
    " `/invite @Loupe`. `/imgstatus help` says what else I can do."
)
QUIET = 3600.0
"""Seconds in which a direct conversation gets the hint no second time."""


class Door:
    """Takes messages in. Doing it again changes nothing."""

    def __init__(self, intake: Intake, cards: Cards, shares: Shares) -> None:
        self._intake = intake
        self._cards = cards
        self._shares = shares
        self._turn = threading.Lock()

    def take(self, posted: Posted) -> list[Entry]:
        """The pictures of a message; raises when they could not be stored, so that Slack delivers again.

        Deliveries of a burst take turns here: a busy SQLite lets those who wait guess when it is free, and
        one of forty then waits a second in vain.
        """
        with self._turn:
            return self._take(posted)

    def _take(self, posted: Posted) -> list[Entry]:
        entries: list[Entry] = []
        if posted.pictures:
            entries = self._intake.enter(posted.arrivals)
            self._cards.open(posted.message, time.time())
        elif posted.others and posted.direct:
            self._cards.open(posted.message, time.time(), NOT_A_PICTURE)
        elif posted.talk:
            self._hint(posted.message)
        self.pass_by(posted)
        return entries

    def pass_by(self, posted: Posted) -> None:
        """Note that the message of these files came, and nothing else."""
        if posted.shares:
            self._shares.met(posted.shares)

    def _hint(self, message: Message) -> None:
        if not self._cards.spoke(message.team, message.channel, time.time() - QUIET):
            self._cards.open(message, time.time(), HINT)
