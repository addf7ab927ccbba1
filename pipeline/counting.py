"""Figures, counted from the facts of images and from how runs ended: pure functions.

For ledgers that cannot ask their database to count. SQLite counts the same by itself, because that is faster.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from pipeline.durations import percentile, rank
from pipeline.figures import EVERYTHING, Day, Facts, Figures, Scope, Step, Visited

STATES = ("done", "held", "rejected", "failed", "waiting")
Value = TypeVar("Value", int, float)


def within(facts: Iterable[Facts], scope: Scope, day: Day) -> list[Facts]:
    """Those of the scope that came in on the day."""
    return [
        each for each in facts if day.start <= each.entered_at.timestamp() < day.end and of_scope(each, scope)
    ]


def of_scope(facts: Facts, scope: Scope) -> bool:
    """Does an image belong to it?"""
    return scope == EVERYTHING or (facts.team, facts.channel) == (scope.team, scope.channel)


def figures(day: Day, facts: Sequence[Facts]) -> Figures:
    """The figures of a day's images."""
    states = Counter(each.state for each in facts)
    waited = sorted(each.verdict_seconds for each in facts if each.verdict_seconds is not None)
    return Figures(
        day=day,
        images=len(facts),
        **{state: states[state] for state in STATES},  # type: ignore[index]
        nude=sum(bool(each.contains_nudity) for each in facts),
        with_faces=sum(bool(each.faces) for each in facts),
        published=sum(each.renditions > 0 for each in facts),
        median_seconds=at_rank(waited, 50),
        p95_seconds=at_rank(waited, 95),
        bytes_in=sum(each.bytes or 0 for each in facts),
        bytes_before=sum(each.bytes_before for each in facts),
        bytes_after=sum(each.bytes_after for each in facts),
    )


def towns(facts: Iterable[Facts], scope: Scope, most: int) -> list[Visited]:
    """See ``Numbers.towns``, of a day's images."""
    counted = Counter(
        (each.place, each.country_code)
        for each in facts
        if each.place and each.decision == "cleared" and not (scope == EVERYTHING and each.private)
    )
    ordered = sorted(counted.items(), key=lambda town: (-town[1], town[0][0], town[0][1] or ""))
    return [Visited(place, country, count) for (place, country), count in ordered[:most]]


def channels(facts: Iterable[Facts]) -> list[Scope]:
    """See ``Numbers.channels``, of a day's images."""
    found = {(each.team, each.channel) for each in facts if each.channel}
    return [Scope(*each) for each in sorted(found) if not each[1].startswith("D")]


def steps(lines: Iterable[tuple[str, str, int, int]]) -> list[Step]:
    """See ``Numbers.steps``, from lines of actor, outcome, class of duration and how many runs."""
    classes: dict[str, Counter[int]] = {}
    ended: dict[str, Counter[str]] = {}
    for actor, outcome, number, runs in lines:
        ended.setdefault(actor, Counter())[outcome] += runs
        if outcome in ("done", "failed"):
            classes.setdefault(actor, Counter())[number] += runs
    found = [_step(actor, counted, ended[actor]) for actor, counted in sorted(classes.items())]
    return sorted(found, key=lambda step: -step.p95_ms)


def at_rank(ordered: Sequence[Value], percent: int) -> Value | None:
    """The percentile of values in order, by nearest rank; None of none."""
    return ordered[rank(len(ordered), percent)] if ordered else None


def _step(actor: str, classes: Counter[int], ended: Counter[str]) -> Step:
    return Step(
        actor=actor,
        runs=sum(count for outcome, count in ended.items() if outcome != "again"),
        failed=ended["failed"],
        skipped=ended["skipped"],
        retried=ended["again"],
        p50_ms=percentile(classes, 50),
        p95_ms=percentile(classes, 95),
    )
