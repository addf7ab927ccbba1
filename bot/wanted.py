"""What has to happen next to a card, decided from what should be seen and what was done. Pure.

One step at a time: after each the outbox notes what was done and asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cards import picture
from bot.cards.message import Content, card, looking, needs_admin, saying
from pipeline.cards import FRESH, Card, Done
from pipeline.ports import Report

SLOW = 5.0
"""Seconds after which a person is told that the picture is being looked at."""
CROWD = 2
"""With more cards than this waiting for the channel's one post a second, cards go before small talk."""
STUBBORN = 4
"""After so many tries, what only adds to the card no longer waits for the reaction."""
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
    tells: bool = True
    """Does it say what was found, or only that the pictures are being looked at?"""


@dataclass(frozen=True, slots=True)
class Edit:
    """Change our message."""

    ts: str
    content: Content
    tells: bool = True
    """Does it say what was found?"""
    urgent: bool = True
    """Does anybody wait for it, or does it only add to what stands there?"""


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


def next_step(card: Card, reports: Sequence[Report | None], now: float, delays: Sequence[str] = ()) -> Step:
    """The next step for a card whose pictures have these reports, None where one is still being looked at.

    ``delays``: in words, what keeps those from being looked at.
    """
    if card.withdrawn is not None and card.done.ts:
        return Remove(card.done.ts)
    if card.done.over is not None:
        return Rest()
    if card.done.posting and card.done.ts is None:
        return Look()
    if card.withdrawn is not None:
        return End(card.withdrawn)
    if card.words is not None:
        return Rest() if card.done.ts else Post(_fitting(card, saying(card.words)))
    if not reports:
        return _nothing_yet(card, now)
    if None in reports:
        return _meanwhile(card, reports, now, delays)
    return _finally(card, [report for report in reports if report is not None])


def reaction(reports: Sequence[Report]) -> str:
    """The reaction that stands for how a message's pictures ended; the card says it in words."""
    if any(picture.is_trouble(report) for report in reports):
        return TROUBLE
    return QUIET if any(picture.is_quiet(report) for report in reports) else CLEAR


def _nothing_yet(card: Card, now: float) -> Step:
    age = now - card.opened_at
    return End("its pictures never arrived") if age > PATIENCE else Rest(now + max(0.5, age / 4))


def _meanwhile(card: Card, reports: Sequence[Report | None], now: float, delays: Sequence[str]) -> Step:
    age, done = now - card.opened_at, card.done
    if not done.mute and not done.reactions and age < FRESH:
        return React(EYES)
    stuck = needs_admin(delays)
    content = _fitting(card, looking(len(reports) - reports.count(None), len(reports), delays))
    if age >= SLOW and done.ts is None:
        return Post(content, tells=False) if stuck or card.others <= CROWD else Rest(now + SLOW)
    if done.ts and done.digest != content.digest and not done.frozen:
        return Edit(done.ts, content, tells=False)
    if age < SLOW:
        return Rest(card.opened_at + SLOW)
    return (_turn(done, TROUBLE) if stuck and done.ts else None) or Rest(now + min(60.0, age / 4))


def _finally(wanted: Card, reports: Sequence[Report]) -> Step:
    done, message = wanted.done, wanted.message
    content = _fitting(wanted, card(reports, message.channel, f"{message.channel}:{message.ts}"))
    if done.ts is None:
        return Post(content)
    turn = _turn(done, reaction(reports))
    if done.digest == content.digest:
        return turn or Rest()
    if done.frozen:
        return Post(content)
    urgent = not done.told or any(picture.is_quiet(report) for report in reports)
    first = not urgent and done.tries < STUBBORN and (isinstance(turn, React) or done.tries > 0)
    return turn if turn and first else Edit(done.ts, content, urgent=urgent)


def _turn(done: Done, ending: str) -> Step | None:
    """The next step towards this being our one reaction."""
    if done.mute:
        return None
    if ending not in done.reactions:
        return React(ending)
    stale = sorted(done.reactions - {ending})
    return Unreact(stale[0]) if stale else None


def _fitting(card: Card, content: Content) -> Content:
    return replace(content, blocks=()) if card.done.plain else content
