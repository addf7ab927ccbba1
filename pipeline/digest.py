"""The digest: what happened on a day, in a channel or everywhere. Pure: figures in, words out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from pipeline.figures import EVERYTHING, Day, Figures, Numbers, Scope, Step, Visited
from pipeline.text import size

TOWNS = 5
"""Named at most."""
NAMED = 10
"""Images that are named by their short ids at most."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A parked run as a digest tells it."""

    short: str
    """The image's short id."""
    actor: str
    revision: int
    """Of the row that says so: once the run was replayed, there is another."""
    reason: str
    """In words, for who looks now. What is written down outlives the image, so this stays out of it."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Single images that a digest names, and what else is told of them. Private ones only where they are."""

    private: bool = False
    """The scope is a private channel."""
    parked: tuple[Shelved, ...] = ()
    parked_in_all: int = 0
    """With those that are not named."""
    held: tuple[str, ...] = ()
    """Short ids of the day's held images."""
    formats: tuple[tuple[str, int], ...] = ()
    """Format and how many of the day's images have it."""


NOTHING = Cases()


class Naming(Protocol):
    """Finds the single images that a digest names."""

    def of(self, scope: Scope, day: Day) -> Cases:
        """The cases of a day. Parked runs are those that are parked now, whenever their images came."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything that a digest tells."""

    scope: Scope
    figures: Figures
    week: tuple[Figures, ...]
    """The seven days that end with this one."""
    towns: tuple[Visited, ...]
    """Empty unless a setting allows it."""
    steps: tuple[Step, ...]
    """Of the whole installation, the slowest first; in a channel's digest too."""
    cases: Cases = NOTHING
    so_far: bool = False
    """The day is not over."""


def digest(
    numbers: Numbers, scope: Scope, day: Day, cases: Cases = NOTHING, *, with_towns: bool = False
) -> Digest:
    """The digest of a day."""
    week = numbers.days(scope, day.week())
    return Digest(
        scope=scope,
        figures=week[-1],
        week=tuple(week),
        towns=tuple(numbers.towns(scope, day, TOWNS)) if with_towns else (),
        steps=tuple(numbers.steps(day)),
        cases=cases,
    )


def headline(figures: Figures) -> str:
    """``14 images, 1 held, 0 failed, median 1.8 s, 61 MB saved``."""
    parts = [_count(figures.images, "image"), f"{figures.held} held", f"{figures.failed} failed"]
    if figures.rejected:
        parts.append(f"{figures.rejected} rejected")
    if figures.waiting:
        parts.append(f"{figures.waiting} still waiting")
    if figures.median_seconds is not None:
        parts.append(f"median {figures.median_seconds:.1f} s")
    return ", ".join([*parts, f"{size(figures.saved)} saved"])


def lines(told: Digest) -> list[str]:
    """The rest, one sentence or list a line, for a terminal or a text part."""
    said = []
    if told.towns:
        places = ", ".join(f"{each.place} ({each.images:,})" for each in told.towns)
        said.append(f"Top places: {places}.")
    if told.steps:
        step = told.steps[0]
        said.append(f"Slowest step: {step.actor}, p95 {step.p95_ms:,.0f} ms over {_count(step.runs, 'run')}.")
    said += [f"Parked: {each.actor} on {each.short}." for each in told.cases.parked]
    if more := told.cases.parked_in_all - len(told.cases.parked):
        said.append(f"Parked and not named here: {_count(more, 'run')}.")
    return said


def key(scope: Scope, day: Day) -> str:
    """Says which digest it is; no two of them are sent."""
    return f"digest/{scope.team}/{scope.channel}/{day.date.isoformat()}"


def asked_for(team: str, channel: str) -> str:
    """The subject of digests that a channel asked for at once."""
    return f"digest/{team}/{channel}/now"


def data(told: Digest) -> dict[str, Any]:
    """The digest as the data of a piece of news: plain JSON, everything that messages and letters need.

    No id, name or reason that must go when an image is erased: short ids alone.
    """
    return {
        "date": told.figures.day.date.isoformat(),
        "zone": told.figures.day.zone,
        "so_far": told.so_far,
        "team": told.scope.team or None,
        "channel": told.scope.channel or None,
        "headline": headline(told.figures),
        **named(told.figures),
        "week": [{"date": f.day.date.isoformat(), **named(f)} for f in told.week],
        "towns": [asdict(each) for each in told.towns],
        "slowest": asdict(told.steps[0]) if told.steps else None,
        "steps": [asdict(each) for each in told.steps],
        "parked": [
            {"short": each.short, "actor": each.actor, "revision": each.revision}
            for each in told.cases.parked
        ],
        "parked_in_all": told.cases.parked_in_all,
        "held_images": list(told.cases.held),
        "formats": dict(told.cases.formats),
        "lines": lines(told),
    }


def overall(told: Mapping[str, Any]) -> bool:
    """Is it about the whole installation?"""
    return Scope(told.get("team") or "", told.get("channel") or "") == EVERYTHING


def named(figures: Figures) -> dict[str, Any]:
    """The figures by name; the same names stand in metrics, exports and payloads."""
    found = {name: value for name, value in asdict(figures).items() if name != "day"}
    return found | {"bytes_saved": figures.saved}


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
