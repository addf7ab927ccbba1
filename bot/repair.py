"""Takes in pictures whose message event was lost: Slack announced the file, but the message never came."""

import logging
import threading
import time
from collections import Counter

from bot.arrivals import Posted, shared_in, with_file
from bot.files import SlackFiles
from bot.intake import Door
from bot.reading import Reading
from bot.refusals import Refusal
from pipeline.cards import Share, Shares
from pipeline.errors import LoupeError, Rejected, Transient

AGAIN = 30.0
TRIES = 10
"""Looks for a message that is nowhere: Slack shares files a while after it announced them."""
LOOK_EVERY = 2.0
log = logging.getLogger(__name__)


class Repair:
    """Looks for overdue messages."""

    def __init__(self, shares: Shares, files: SlackFiles, door: Door, reading: Reading) -> None:
        self._reading = reading
        self._tries: Counter[Share] = Counter()
        self._shares = shares
        self._files = files
        self._door = door

    def mend_next(self) -> bool:
        """Take one overdue message in; False when there is none."""
        share = self._shares.missed()
        if share is None:
            return False
        try:
            self._mend(share)
        except Transient as fault:
            self._shares.postpone(share, time.time() + (fault.retry_after or AGAIN))
        return True

    def _mend(self, share: Share) -> None:
        try:
            found = shared_in(self._files.info(share.team, share.file), share) or self._listed(share)
        except Rejected:
            found = []
        else:
            if not found and self._tries[share] < TRIES:
                self._tries[share] += 1
                raise Transient("Slack does not say yet where the file was shared.", AGAIN)
        for posted in found:
            self._door.take(posted)
            log.info("a lost message was found", extra={"channel": share.channel})
        self._shares.met([share])

    def _listed(self, share: Share) -> list[Posted]:
        """In the channel's history, for files of which Slack does not say where they were shared."""
        try:
            return with_file(self._reading.latest(share.channel), share)
        except Refusal as refusal:
            log.info("%s: %s", share.channel, refusal.words)
            return []

    def run(self, stop: threading.Event) -> None:
        """Mend until told to stop."""
        while not stop.is_set():
            try:
                busy = self.mend_next()
            except LoupeError as fault:
                log.warning("repair: %s", fault.words)
                busy = False
            if not busy:
                stop.wait(LOOK_EVERY)
