"""The outbox of cards in memory: the twin that keeps the contract honest, for tests and for trying things."""

import threading
import time
from dataclasses import dataclass, field, replace

from pipeline.cards import BUSY, FRESH, Card, Done, Message, Pace
from pipeline.errors import Unavailable
from pipeline.model import Source
from pipeline.ports import Report

Lane = tuple[str, str]


@dataclass
class _Kept:
    card: Card
    due_at: float | None


@dataclass
class _Claim:
    owner: str | None = None
    until: float = 0.0
    rest_until: float = 0.0


@dataclass
class MemoryCards:
    """``pipeline.cards.Cards`` in dictionaries, for one process."""

    _kept: dict[tuple[str, str, str], _Kept] = field(default_factory=dict)
    _lanes: dict[Lane, _Claim] = field(default_factory=dict)
    _seen: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _used: dict[tuple[str, str], float] = field(default_factory=dict)
    _held: dict[tuple[str, str], float] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def open(self, message: Message, due_at: float, words: str | None = None) -> None:
        """See ``Cards.open``."""
        with self._changed:
            card = Card(message, "", time.time(), 1, Done(), words)
            self._kept.setdefault(_key(message), _Kept(card, due_at))
            self._changed.notify_all()

    def withdraw(self, message: Message, why: str) -> None:
        """See ``Cards.withdraw``."""
        self.open(message, time.time())
        self._touch(_key(message), withdrawn=why)

    def see(self, message: Message, ts: str) -> None:
        """See ``Cards.see``."""
        self._seen[_key(message)] = ts

    def spoke(self, team: str, channel: str, since: float) -> bool:
        """See ``Cards.spoke``."""
        cards = [kept.card for key, kept in self._kept.items() if key[:2] == (team, channel)]
        return any(card.words is not None and card.opened_at > since for card in cards)

    def leave(self, team: str, channel: str, why: str) -> None:
        """See ``Cards.leave``."""
        for key, kept in list(self._kept.items()):
            if key[:2] == (team, channel) and kept.due_at is not None:
                self._touch(key, withdrawn=why)

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """See ``News.announce``."""
        if source.kind != "slack":
            return ()
        message = Message(source.team, source.channel, source.message, source.thread or source.message)
        self.open(message, time.time())
        reports = self._kept[_key(message)].card.reports
        if reports.get(image) != report:
            self._touch(_key(message), reports={**reports, image: report})
        return ("slack",)

    def claim(self, owner: str, lease: float) -> Card | None:
        """See ``Cards.claim``."""
        now = time.time()
        with self._changed:
            due = [kept for kept in self._kept.values() if kept.due_at is not None and kept.due_at <= now]
            free = [kept for kept in due if self._is_free(kept.card, now)]
            if not free:
                return None
            first = min(free, key=lambda kept: (kept.card.done.ts is not None, kept.due_at or 0.0))
            lane = self._lanes.setdefault(_lane(first.card), _Claim())
            lane.owner, lane.until = owner, now + lease
            others = sum(_lane(kept.card) == _lane(first.card) for kept in due) - 1
            seen = self._seen.get(_key(first.card.message))
            return replace(first.card, owner=owner, rest_until=lane.rest_until, others=others, seen=seen)

    def note(self, card: Card, done: Done) -> None:
        """See ``Cards.note``."""
        with self._changed:
            if self._lanes[_lane(card)].owner != card.owner:
                raise Unavailable(f"Another sender took over the card of {card.message.channel}.")
            kept = self._kept[_key(card.message)]
            kept.card = replace(kept.card, done=done)

    def finish(self, card: Card, done: Done, due_at: float | None, *, rest_until: float = 0.0) -> None:
        """See ``Cards.finish``."""
        self.note(card, done)
        with self._changed:
            kept, lane = self._kept[_key(card.message)], self._lanes[_lane(card)]
            kept.due_at = due_at if kept.card.wanted == card.wanted else time.time()
            lane.owner, lane.rest_until = None, max(lane.rest_until, rest_until)

    def owners(self) -> list[str]:
        """See ``Cards.owners``."""
        return sorted({lane.owner for lane in self._lanes.values() if lane.owner})

    def release(self, owner: str) -> None:
        """See ``Cards.release``."""
        for lane in self._lanes.values():
            if lane.owner == owner:
                lane.owner = None

    def reserve(self, team: str, method: str, pace: Pace) -> float:
        """See ``Cards.reserve``."""
        now, key = time.time(), (team, method)
        with self._changed:
            used = self._used.get(key, 0.0)
            free_at = max(self._held.get(key, 0.0), used - pace.every * (pace.burst - 1))
            if free_at > now:
                return free_at
            self._used[key] = max(used, now) + pace.every
            return 0.0

    def rest(self, team: str, channel: str, seconds: float) -> float:
        """See ``Cards.rest``."""
        now = time.time()
        with self._changed:
            lane = self._lanes.setdefault((team, channel), _Claim())
            if lane.owner is not None and lane.until > now:
                return now + BUSY
            if lane.rest_until > now:
                return lane.rest_until
            lane.rest_until = now + seconds
            return 0.0

    def hold(self, team: str, method: str, until: float) -> None:
        """See ``Cards.hold``."""
        self._held[team, method] = max(until, self._held.get((team, method), 0.0))

    def stopped(self, limit: int) -> list[tuple[Message, str]]:
        """See ``Cards.stopped``."""
        cards = sorted((kept.card for kept in self._kept.values()), key=lambda card: -card.opened_at)
        troubled = [(card.message, card.done.over or card.done.fault) for card in cards]
        return [(message, why) for message, why in troubled if why][:limit]

    def wait(self, seconds: float) -> None:
        """See ``Cards.wait``."""
        with self._changed:
            self._changed.wait(seconds)

    def _is_free(self, card: Card, now: float) -> bool:
        claim = self._lanes.get(_lane(card), _Claim())
        fresh = card.done == Done() and card.opened_at > now - FRESH
        unrested = claim.rest_until <= now or fresh or card.done.ts is not None
        return unrested and (claim.owner is None or claim.until <= now)

    def _touch(self, key: tuple[str, str, str], **changes: object) -> None:
        with self._changed:
            kept = self._kept[key]
            kept.card = replace(kept.card, wanted=kept.card.wanted + 1, **changes)  # type: ignore[arg-type]
            kept.due_at = time.time()
            self._changed.notify_all()


def _key(message: Message) -> tuple[str, str, str]:
    return message.team, message.channel, message.ts


def _lane(card: Card) -> Lane:
    return card.message.team, card.message.channel
