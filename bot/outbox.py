"""The sender: claims a card, takes the one step that is next, notes it, gives the card back."""

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.calls import EYES_PACE, PACES, PER_CHANNEL, SPARE, Calls
from bot.cards.message import text_digest
from bot.cards.published import as_published
from bot.judge import After, judge, reacted
from bot.refusals import Kind, Refusal
from bot.wanted import EYES, SLOW, Call, Edit, End, Look, Post, React, Remove, Rest, Unreact, next_step
from pipeline.beats import nobody
from pipeline.cards import Card, Cards, Done
from pipeline.catalog import Catalog, Listed
from pipeline.errors import LoupeError
from pipeline.ports import Report
from pipeline.processes import alive

LEASE = 120.0
"""Longer than any one step can take."""
IN_DOUBT = 10.0
"""Seconds after a crash in which a message that was being posted may still appear."""
STEPS = 6
"""Steps for one card before another card of the channel has its turn."""
IDLE = 0.25
PAUSE = 2.0
"""Seconds before going on after something broke."""
METHODS: dict[type[Call], str] = {
    Post: "chat.postMessage",
    Edit: "chat.update",
    Remove: "chat.delete",
    React: "reactions.add",
    Unreact: "reactions.remove",
    Look: "conversations.replies",
}
FETCHING = "accept_image"
"""The actor that asks Slack for the file; what keeps it from that is for the person who posted it."""
log = logging.getLogger(__name__)


class Outbox:
    """Sends cards. Any number of outboxes may run at once, in any number of processes."""

    def __init__(
        self,
        cards: Cards,
        catalog: Catalog,
        calls: Calls,
        clock: Callable[[], float] = time.time,
        turned: Callable[[], None] = nobody,
    ) -> None:
        self._cards = cards
        self._catalog = catalog
        self._calls = calls
        self._clock = clock
        self._turned = turned

    def send_next(self, owner: str) -> bool:
        """Take one card as far as it goes now; False when none is due."""
        card = self._cards.claim(owner, LEASE)
        if card is None:
            return False
        rest_until = 0.0
        for _ in range(STEPS):
            after = self._advance(card)
            rest_until = max(rest_until, after.rest_until)
            if after.done == card.done or after.due_at is None or after.due_at > self._clock():
                break
            self._cards.note(card, after.done)
            card = replace(card, done=after.done)
        self._cards.finish(card, after.done, after.due_at, rest_until=rest_until)
        return True

    def run(self, stop: threading.Event, senders: int = 4) -> None:
        """Send until told to stop; a slow channel holds up no other."""
        self._free_the_dead()
        names = [f"{socket.gethostname()}/{os.getpid()}/{n}" for n in range(senders)]
        threads = [threading.Thread(target=self._loop, args=(stop, name), name=name) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _loop(self, stop: threading.Event, owner: str) -> None:
        while not stop.is_set():
            try:
                self._turned()
                if not self.send_next(owner):
                    self._cards.wait(IDLE)
            except LoupeError as fault:
                log.warning("outbox: %s", fault.words)
                self._pause(stop, owner)
            except Exception:
                log.exception("outbox: a step broke; the card stays due")
                self._pause(stop, owner)

    def _pause(self, stop: threading.Event, owner: str) -> None:
        stop.wait(PAUSE)
        try:
            self._cards.release(owner)
        except LoupeError as fault:
            log.warning("outbox: %s", fault.words)

    def _free_the_dead(self) -> None:
        """Take back what senders of this machine held whose process is gone, or had the id we have now."""
        for owner in self._cards.owners():
            host, _, rest = owner.partition("/")
            pid = rest.partition("/")[0]
            if host != socket.gethostname() or not pid.isdigit():
                continue
            if int(pid) == os.getpid() or not alive(int(pid)):
                self._cards.release(owner)

    def _advance(self, card: Card) -> After:
        now = self._clock()
        reports = self._reports(card)
        step = next_step(card, reports, now, self._delays(card, reports, now))
        if isinstance(step, Rest):
            return After(card.done, step.until)
        if isinstance(step, End):
            return After(replace(card.done, over=step.why, fault=None), None)
        if isinstance(step, Post) and card.rest_until > now:
            return After(card.done, card.rest_until)
        if free_at := self._free_at(card, step):
            return After(
                card.done, card.opened_at + SLOW if step == React(EYES) else self._turn(card, step, free_at)
            )
        return self._call(card, step)

    def _turn(self, card: Card, step: Call, free_at: float) -> float:
        """When to ask again; cards that wait for the same slow call spread out over its pace."""
        crowd = 0 if isinstance(step, Post) else card.others
        return free_at + random.uniform(0, 0.3 + crowd * PACES[METHODS[type(step)]].every)  # noqa: S311

    def _free_at(self, card: Card, step: Call) -> float:
        team, method = card.message.team, METHODS[type(step)]
        if step == React(EYES) and (free_at := self._cards.reserve(team, "eyes", EYES_PACE)):
            return free_at
        patient = isinstance(step, Edit) and not step.urgent
        return self._cards.reserve(team, method, SPARE[method] if patient else PACES[method])

    def _call(self, card: Card, step: Call) -> After:
        noted = card.done
        if isinstance(step, Post):
            text = text_digest(step.content.text)
            until = self._clock() + IN_DOUBT
            noted = replace(card.done, ts=None, posting=until, post=text, told=step.tells)
            self._cards.note(card, noted)
        try:
            done = replace(self._take(card, noted, step), tries=0, fault=None)
        except Refusal as refusal:
            return self._refused(card, noted, step, refusal)
        if not isinstance(step, Look):
            log.info("sent", extra={"step": type(step).__name__, "channel": card.message.channel})
        now = self._clock()
        if isinstance(step, Look) and done.ts is None and done.posting:
            return After(done, min(done.posting, now + 2))
        if isinstance(step, Remove):
            return After(done, None)
        return After(done, now, now + PER_CHANNEL if isinstance(step, Post) else 0.0)

    def _take(self, card: Card, done: Done, step: Call) -> Done:
        message = card.message
        match step:
            case Post(content, tells):
                ts = self._calls.post(message, content)
                return replace(done, ts=ts, digest=content.digest, posting=0.0, frozen=False, told=tells)
            case Edit(ts, content, tells):
                self._calls.edit(message, ts, content)
                return replace(done, digest=content.digest, told=tells)
            case Remove(ts):
                self._calls.remove(message, ts)
                return replace(done, over=card.withdrawn, ts=None)
            case Look():
                return self._look(card, done)
            case React(name):
                self._calls.react(message, name)
                return reacted(done, step)
            case Unreact(name):
                self._calls.unreact(message, name)
                return reacted(done, step)

    def _look(self, card: Card, done: Done) -> Done:
        try:
            found = self._calls.find(card.message, done.post)
        except Refusal:
            if card.seen is None:
                raise
            found = None
        found = found or ((card.seen, "") if card.seen else None)
        if found is not None:
            return replace(done, ts=found[0], digest=found[1], posting=0.0)
        return replace(done, posting=0.0) if self._clock() >= done.posting else done

    def _refused(self, card: Card, noted: Done, step: Call, refusal: Refusal) -> After:
        method, now = METHODS[type(step)], self._clock()
        if refusal.kind is Kind.LATER:
            self._cards.hold(card.message.team, method, now + refusal.retry_after)
        log.warning("%s for a card in %s: %s", method, card.message.channel, refusal.words)
        return judge(card, noted, step, refusal, now)

    def _delays(self, card: Card, reports: Sequence[Report | None], now: float) -> list[str]:
        """Why pictures that should be here by now are not, in words; each once."""
        if None not in reports or now < card.opened_at + SLOW:
            return []
        images = (image.image for image in self._listed(card) if image.state == "waiting")
        runs = [(self._catalog.report(image).get("actors") or {}).get(FETCHING) or {} for image in images]
        return list(dict.fromkeys(str(run["error"]) for run in runs if run.get("error")))

    def _listed(self, card: Card) -> list[Listed]:
        message = card.message
        return self._catalog.of_message(message.team, message.channel, message.ts)

    def _reports(self, card: Card) -> Sequence[Report | None]:
        if card.done.over is not None or card.withdrawn is not None or card.words is not None:
            return ()
        return [self._report(card.reports.get(image.image), image) for image in self._listed(card)]

    def _report(self, announced: Report | None, image: Listed) -> Report | None:
        """What was announced, as it stands in the ledger by now; None while there is nothing to tell."""
        if announced is None and image.state == "waiting":
            return None
        kept = self._catalog.report(image.image)
        return kept if announced is None else as_published(announced, kept)
