"""Alarms: what calls out when something is wrong, raised once and resolved once.

An alarm is raised as soon as its trouble is seen. It is resolved when there was none for ``CALM`` seconds in
one piece, so that what comes and goes does not call out each time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from pipeline.news import Address, Draft

CALM = 300.0
"""Seconds without the trouble after which an alarm is resolved."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now."""

    rule: str
    subject: str
    """What of several it is about, such as a sink's name; empty where there is only one."""
    words: str
    """What is wrong, with which value; on the next line, what to do. Never names an image."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, from when it was raised."""

    rule: str
    """parked, oldest, failures, disk, quiet, sink, part, ..."""
    subject: str
    """What of several it is about, such as a sink's name; empty where there is only one."""
    words: str
    """What is wrong, with which value; on the next line, what to do."""
    raised_at: datetime
    resolved_at: datetime | None = None
    well_since: datetime | None = None
    """When its trouble was gone; None while it is there."""
    number: int = 0
    """Tells it from earlier and later ones; 0 until it is written down."""


class Alarms(Protocol):
    """Remembers which alarms stand."""

    def standing(self) -> list[Alarm]:
        """Raised and not resolved, the oldest first."""


class Register(Alarms, Protocol):
    """Alarms as the clock sees them."""

    def follow(
        self, troubles: Sequence[Trouble], unknown: Collection[str], now: datetime, hears: "Hears"
    ) -> list[Alarm]:
        """Raise and resolve by what is wrong at ``now``; the alarms for which that was done.

        One transaction with the news of it, so that each is told once, whoever dies, however many
        do this. Alarms of the ``unknown`` rules stay as they are.
        """

    def tidy(self, before: datetime) -> int:
        """Forget what was resolved before that time; how many."""


class Hears(Protocol):
    """Says who hears of an alarm."""

    def __call__(self, alarm: Alarm, draft: Draft, /) -> Sequence[Address]:
        """Where the news goes."""


def changed(
    standing: Sequence[Alarm], troubles: Sequence[Trouble], unknown: Collection[str], now: datetime
) -> list[Alarm]:
    """The alarms that are new, other than before or resolved, by what is wrong at ``now``."""
    there = {(each.rule, each.subject): each for each in troubles}
    known = {(each.rule, each.subject) for each in standing}
    new = [Alarm(each.rule, each.subject, each.words, now) for key, each in there.items() if key not in known]
    after = [
        (each, _after(each, there.get((each.rule, each.subject)), now))
        for each in standing
        if each.rule not in unknown
    ]
    return [*new, *(later for each, later in after if later != each)]


def _after(alarm: Alarm, trouble: Trouble | None, now: datetime) -> Alarm:
    if trouble:
        return replace(alarm, words=trouble.words, well_since=None)
    since = min(alarm.well_since or now, now)  # a system clock that was set back begins anew
    if now - since >= timedelta(seconds=CALM):
        return replace(alarm, well_since=since, resolved_at=now)
    return replace(alarm, well_since=since)


def draft(alarm: Alarm) -> Draft:
    """The piece of news that an alarm was raised or resolved."""
    state = _state(alarm)
    subject = f"alarm/{alarm.rule}/{alarm.subject}"
    return Draft(f"{subject}/{alarm.number}/{state}", "alarm", subject, data(alarm))


def data(alarm: Alarm) -> dict[str, Any]:
    """An alarm as the data of a piece of news: plain JSON."""
    resolved = alarm.resolved_at
    what, _, mend = alarm.words.partition("\n")
    since = f"It stood since {alarm.raised_at:%Y-%m-%d %H:%M} UTC."
    return {
        "rule": alarm.rule,
        "subject": alarm.subject or None,
        "state": _state(alarm),
        "headline": f"{'Resolved' if resolved else 'Alarm'}: {what}",
        "words": alarm.words,
        "raised_at": _moment(alarm.raised_at),
        "resolved_at": _moment(resolved) if resolved else None,
        "lines": [since] if resolved else [mend],
    }


def title(alarm: Alarm | Trouble) -> str:
    """The alarm in a word or two."""
    return f"{alarm.rule} ({alarm.subject})" if alarm.subject else alarm.rule


def _state(alarm: Alarm) -> str:
    return "resolved" if alarm.resolved_at else "raised"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
