"""What has to happen next to a card, decided from what should be seen and what was done. Pure.

One step at a time: after each the outbox notes what was done and asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cards import picture
from bot.cards.message import Content, card, looking, saying
from pipeline.cards import FRESH, Card
from pipeline.ports import Report

SLOW = 5.0
"""Seconds after which a person is told that the picture is being looked at."""
CROWD = 2
"""With more cards than this waiting for the channel's one post a second, cards go before small talk."""
PATIENCE = 900.0
"""Seconds that a card waits for its pictures to reach the ledger."""
EYES, CLEAR, QUIET, TROUBLE = "eyes", "white_check_mark", "hourglass", "warning"


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do until then (seconds since the epoch), or until something changes."""

    until: float | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more will be sent, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """A post may or may not have worked: look into the thread."""


@dataclass(frozen=True, slots=True)
class Post:
    """Post our message."""

    content: Content


@dataclass(frozen=True, slots=True)
class Edit:
    """Change our message."""

    ts: str
    content: Content


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete our own message."""

    ts: str


@dataclass(frozen=True, slots=True)
class React:
    """Put a reaction on the message with the pictures."""

    name: str


@dataclass(frozen=True, slots=True)
class Unreact:
    """Take our reaction away."""

    name: str


Call = Look | Post | Edit | Remove | React | Unreact
Step = Rest | End | Call


def next_step(card: Card, reports: Sequence[Report | None], now: float) -> Step:
    """The next step for a card whose pictures have these reports, None where one is still being looked at."""
    if card.done.over is not None:
        return Rest()
    if card.done.posting and card.done.ts is None:
        return Look()
    if card.withdrawn is not None:
        return Remove(card.done.ts) if card.done.ts else End(card.withdrawn)
    if card.words is not None:
        return Rest() if card.done.ts else Post(_fitting(card, saying(card.words)))
    if not reports:
        return _nothing_yet(card, now)
    if None in reports:
        return _meanwhile(card, reports, now)
    return _finally(card, [report for report in reports if report is not None])


def reaction(reports: Sequence[Report]) -> str:
    """The reaction that stands for how a message's pictures ended; the card says it in words."""
    if any(picture.is_trouble(report) for report in reports):
        return TROUBLE
    return QUIET if any(picture.is_quiet(report) for report in reports) else CLEAR


def _nothing_yet(card: Card, now: float) -> Step:
    age = now - card.opened_at
    return End("its pictures never arrived") if age > PATIENCE else Rest(now + max(0.5, age / 4))


def _meanwhile(card: Card, reports: Sequence[Report | None], now: float) -> Step:
    age = now - card.opened_at
    if not card.done.mute and not card.done.reactions and age < FRESH:
        return React(EYES)
    content = _fitting(card, looking(len(reports) - reports.count(None), len(reports)))
    if age >= SLOW and card.done.ts is None:
        return Post(content) if card.others <= CROWD else Rest(now + SLOW)
    if card.done.ts and card.done.digest != content.digest:
        return Edit(card.done.ts, content)
    return Rest(now + min(60.0, age / 4) if age >= SLOW else card.opened_at + SLOW)


def _finally(wanted: Card, reports: Sequence[Report]) -> Step:
    done, message = wanted.done, wanted.message
    content = _fitting(wanted, card(reports, message.channel, f"{message.channel}:{message.ts}"))
    if done.ts is None:
        return Post(content)
    if done.digest != content.digest:
        return Edit(done.ts, content)
    if done.mute:
        return Rest()
    ending = reaction(reports)
    if ending not in done.reactions:
        return React(ending)
    stale = sorted(done.reactions - {ending})
    return Unreact(stale[0]) if stale else Rest()


def _fitting(card: Card, content: Content) -> Content:
    return replace(content, blocks=()) if card.done.plain else content
