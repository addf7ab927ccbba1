"""One bulletin on its way: look where it is in doubt, post what is missing, note each step before the next.

A post is noted before it is made. Whoever goes on after a crash, or after an answer that never came, looks
into the channel first, and posts only what is not there once it can no longer appear.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.bulletins.gear import Gear
from bot.bulletins.gone import GONE, gone
from bot.bulletins.noted import Doubt, Noted, noted
from bot.bulletins.parts import MAIN, Part
from bot.bulletins.posts import Place
from bot.calls import PACES, PER_CHANNEL
from bot.cards.blocks import Block
from bot.cards.charts import Way, chart_block, picture_block
from bot.cards.message import Content, text_digest
from bot.judge import BROKEN, LOST
from bot.refusals import Kind, Refusal
from pipeline.errors import Transient, Undeliverable
from pipeline.outbox import Delivery, Note

POST = "chat.postMessage"
IN_DOUBT = 10.0
"""Seconds after a crash in which a message that was being posted may still appear."""
PATIENCE = 8.0
"""Seconds that one bulletin may wait in all; beyond that it makes room for others."""
WAYS: tuple[Way, ...] = ("block", "picture", "words")
"""From the best to the plainest."""
BUSY = "The channel or Slack is busy."


@dataclass(slots=True)
class Trip:
    """One delivery, by one sender."""

    delivery: Delivery
    note: Note
    gear: Gear
    channel: str
    team: str
    noted: Noted = field(init=False)
    waited: float = 0.0

    def __post_init__(self) -> None:
        self.noted = noted(self.delivery.progress)

    def bring(self, part: Part) -> None:
        """See to it that the part is there. Raises ``Transient`` or ``Undeliverable``."""
        while part.name not in self.noted.posted:
            self._settle(part)
            if part.name not in self.noted.posted:
                self._post(part)

    def _settle(self, part: Part) -> None:
        """Find out what became of a post in doubt."""
        while (doubt := self.noted.doubt) is not None:
            began = self.gear.clock()
            if ts := self._looked(part, doubt):
                self._there(part, ts)
            elif began >= doubt.until:
                self._noting(doubt=None)
            else:
                self._pause(doubt.until - self.gear.clock())

    def _looked(self, part: Part, doubt: Doubt) -> str:
        try:
            ts, cursor = self.gear.posts.look(self._place(part), self._key(part), doubt)
            while cursor and not ts:
                doubt = replace(doubt, cursor=cursor)
                self._noting(doubt=doubt)
                ts, cursor = self.gear.posts.look(self._place(part), self._key(part), doubt)
        except Refusal as refusal:
            return self._blind(refusal)
        if doubt.cursor and not ts:
            self._noting(doubt=replace(doubt, cursor=""))
        return ts

    def _blind(self, refusal: Refusal) -> str:
        """Where nothing can be read, the post is made again once it would have appeared."""
        if refusal.kind in (Kind.LATER, Kind.UNSURE, Kind.UNSENT):
            raise Transient(refusal.words, refusal.retry_after)
        if refusal.error in GONE:
            raise Undeliverable(gone(refusal))
        return ""

    def _post(self, part: Part) -> None:
        content, way = self._content(part)
        self._wait_for_turn()
        now = self.gear.clock()
        self._noting(doubt=Doubt(part.name, now, now + IN_DOUBT, text_digest(content.text)))
        try:
            ts = self.gear.posts.post(self._place(part), self._key(part), content)
        except Refusal as refusal:
            self._refused(part, way, refusal)
        else:
            self._there(part, ts)

    def _refused(self, part: Part, way: Way, refusal: Refusal) -> None:
        now, doubt = self.gear.clock(), self.noted.doubt
        if refusal.kind is Kind.UNSURE and doubt:
            wait = LOST if refusal.error in ("TimeoutError", "timeout") else BROKEN
            self._noting(doubt=replace(doubt, until=now + wait))
            raise Transient(refusal.words, wait)
        self._noting(doubt=None)
        if refusal.kind is Kind.LATER:
            self.gear.cards.hold(self.team, POST, now + refusal.retry_after)
        if refusal.kind in (Kind.LATER, Kind.UNSENT, Kind.IDENTITY):
            raise Transient(refusal.words, refusal.retry_after)
        if refusal.error == "thread_not_found" and part.name != MAIN:
            self._there(part, "")  # somebody deleted the message meanwhile
        elif not (refusal.kind is Kind.SHAPE and self._simpler(part, way)):
            raise Undeliverable(gone(refusal))

    def _simpler(self, part: Part, way: Way) -> bool:
        """Show less from now on; False when nothing less is left."""
        if part.week and way != "words":
            self._noting(refused=(*self.noted.refused, way))
        elif part.name not in self.noted.plain:
            self._noting(plain=(*self.noted.plain, part.name))
        else:
            return False
        return True

    def _content(self, part: Part) -> tuple[Content, Way]:
        if part.name in self.noted.plain:
            return Content(part.render(None).text), "words"
        way = self._way() if part.week else "words"
        chart = self._chart(part, way)
        return part.render(chart), way if chart else "words"

    def _way(self) -> Way:
        """The best way that Slack has refused neither now nor lately."""
        not_these = self.gear.ways.refused(self.team) | set(self.noted.refused)
        return next((way for way in WAYS if way not in not_these), "words")

    def _chart(self, part: Part, way: Way) -> Block | None:
        if way == "block":
            return chart_block(part.week)
        if way == "picture" and (file := self._file(part)):
            return picture_block(part.week, file)
        return None

    def _file(self, part: Part) -> str:
        """The uploaded chart; empty where that does not work: then words have to do."""
        uploads = self.gear.uploads
        try:
            if self.noted.file and uploads.is_usable(self.noted.file):
                return self.noted.file
            file = uploads.begin(self.gear.draw(part.week))
            self._noting(file=file)
            uploads.finish(file)
            if uploads.is_usable(file):
                return file
        except Refusal as refusal:
            self.gear.tell(self.channel, refusal)
            if refusal.kind in (Kind.NEVER, Kind.IDENTITY):
                self.gear.ways.refuse(self.team, "picture")
        return ""

    def _wait_for_turn(self) -> None:
        cards = self.gear.cards
        while free_at := cards.rest(self.team, self.channel, PER_CHANNEL):
            self._pause(free_at - self.gear.clock())
        while free_at := cards.reserve(self.team, POST, PACES[POST]):
            self._pause(free_at - self.gear.clock())

    def _pause(self, seconds: float) -> None:
        if self.waited + seconds > PATIENCE:
            raise Transient(BUSY, seconds)
        seconds = max(0.02, seconds)
        self.waited += seconds
        self.gear.sleep(seconds)

    def _there(self, part: Part, ts: str) -> None:
        self._noting(posted={**self.noted.posted, part.name: ts}, doubt=None)
        blamed = part.week and part.name not in self.noted.plain
        for way in self.noted.refused if blamed else ():
            self.gear.ways.refuse(self.team, way)

    def _noting(self, **changes: Any) -> None:
        self.noted = replace(self.noted, **changes)
        self.note(self.noted.progress)

    def _key(self, part: Part) -> str:
        return f"{self.delivery.piece.id}/{self.delivery.number}/{part.name}"

    def _place(self, part: Part) -> Place:
        return Place(self.channel, "" if part.name == MAIN else self.noted.posted[MAIN])
