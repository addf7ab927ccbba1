"""What the dashboard tells: the figures of some days, and how things stand at this moment. Values, no HTML.

It is about the whole installation. No name, person, place or picture is in it: an image that needs somebody
is told by its short id.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.alarms import Alarm, Alarms
from pipeline.alarms import data as alarming
from pipeline.alt import plain
from pipeline.beats import PARTS, SILENT, Beats
from pipeline.catalog import Catalog, Queue
from pipeline.digest import Digest, digest
from pipeline.digest import data as digested
from pipeline.figures import EVERYTHING, Day, Figures, Numbers, day_of
from pipeline.ledger import Row
from pipeline.outbox import Outbox, Standing
from pipeline.results import Failed
from web.spans import seconds

RANGES = (7, 30)
"""Days that the charts may show; the first where nothing is said."""
EARLIEST = date(2000, 1, 1)
PARKED_SHOWN = 20
LONGEST = 240
"""Characters of a reason or fault; the whole is in `loupe status` and the logs."""
KEPT = ("date", "zone", "headline", "slowest", "steps")
"""Of a digest's data, beside the figures; all else a dashboard does not tell, or tells in its own words."""
TOLD = {"sink", "due", "sent", "parked", "oldest_seconds", "failures", "fault", "state", "open_until"}
"""Of a standing, what has its own place or words; whatever else it may say one day is shown as it is."""
Mood = Literal["well", "quiet", "busy", "wrong"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days are wanted: ``count`` of them, that end with ``day``."""

    day: Day
    count: int

    @property
    def span(self) -> list[Day]:
        """The days that end with it."""
        back = range(self.count - 1, -1, -1)
        return [Day(self.day.date - timedelta(days=n), self.day.zone) for n in back]


@dataclass(frozen=True, slots=True)
class Watched:
    """Where everything that is told comes from."""

    site: str
    zone: str
    sinks: Mapping[str, str]
    """The kinds of the sinks that are set up, by name."""
    numbers: Numbers
    catalog: Catalog
    outbox: Outbox
    beats: Beats
    alarms: Alarms


@dataclass(frozen=True, slots=True)
class Stuck:
    """A parked run."""

    short: str
    actor: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Sink:
    """How a sink is doing, in a word and in a sentence."""

    name: str
    kind: str
    """Empty where it is not set up any more."""
    mood: Mood
    words: str
    standing: Standing
    more: Mapping[str, str]
    """What else its standing says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of Loupe, and the seconds since it was heard of; None: never."""

    name: str
    age: float | None

    @property
    def silent(self) -> bool:
        """Is it missed?"""
        return self.age is not None and self.age > SILENT


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page and its JSON tell."""

    site: str
    at: datetime
    """In the installation's time zone."""
    today: date
    told: Digest
    days: tuple[Figures, ...]
    queue: Queue
    stuck: tuple[Stuck, ...]
    sinks: tuple[Sink, ...]
    parts: tuple[Part, ...]
    alarms: tuple[Alarm, ...]

    @property
    def empty(self) -> bool:
        """Did no picture come yet?"""
        return not any(self.queue.images.values()) and not any(each.images for each in self.days)


def asked(query: Mapping[str, str], now: float, zone: str) -> Asked:
    """The days that a query names (``day``, ``days``); today's where it does not. Raises ``ValueError``."""
    today, count, wanted = day_of(now, zone), query.get("days", str(RANGES[0])), query.get("day")
    if count not in map(str, RANGES):
        raise ValueError(f"days must be {' or '.join(map(str, RANGES))}.")
    if wanted is None:
        return Asked(today, int(count))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", wanted, re.ASCII):
        raise ValueError(f"day must be a date such as {today.date}.")
    found = date.fromisoformat(wanted)
    if not EARLIEST <= found <= today.date:
        raise ValueError(f"day must not be before {EARLIEST} or after {today.date}.")
    return Asked(Day(found, zone), int(count))


def board(watched: Watched, wanted: Asked, now: float) -> Board:
    """Look at everything. ``now``: seconds since the epoch. Raises ``Unavailable``."""
    told = digest(watched.numbers, EVERYTHING, wanted.day)
    older = watched.numbers.days(EVERYTHING, wanted.span[: -len(told.week)])
    at = datetime.fromtimestamp(now, ZoneInfo(watched.zone))
    return Board(
        site=watched.site,
        at=at,
        today=at.date(),
        told=told,
        days=(*older, *told.week),
        queue=watched.catalog.queue(),
        stuck=tuple(_stuck(watched.catalog)),
        sinks=tuple(sinks(watched.sinks, watched.outbox.standings(), now)),
        parts=parts(watched.beats.ages()),
        alarms=tuple(watched.alarms.standing()),
    )


def data(told: Board) -> dict[str, Any]:
    """The same as plain JSON. Figures have the names that they have in a digest's data."""
    figures = digested(replace(told.told, week=told.days))
    of_day = figures["week"][-1].keys()
    return {
        "as_of": _time(told.at),
        "site": told.site,
        **{name: value for name, value in figures.items() if name in KEPT or name in of_day},
        "days": figures["week"],
        "queue": asdict(told.queue),
        "parked": [asdict(each) | {"since": _time(each.since)} for each in told.stuck],
        "sinks": [_sink(each) for each in told.sinks],
        "parts": {each.name: each.age and round(each.age, 1) for each in told.parts},
        "alarms": [alarming(each) for each in told.alarms],
    }


def parts(ages: Mapping[str, float]) -> tuple[Part, ...]:
    """Those that should be there and those that were, by name; none as long as nothing ever ran."""
    names = {*PARTS, *ages} if ages else ()
    return tuple(Part(name, ages.get(name)) for name in sorted(names))


def sinks(known: Mapping[str, str], standings: Sequence[Standing], now: float) -> list[Sink]:
    """Those that are set up, and those that ever had deliveries, by name. ``now``: as in ``board``."""
    found = {each.sink: each for each in standings}
    nothing = {name: Standing(name, 0, 0, 0, 0.0, 0) for name in known}
    return [_judged(each, known.get(name, ""), now) for name, each in sorted({**nothing, **found}.items())]


def _judged(standing: Standing, kind: str, now: float) -> Sink:
    said = asdict(standing)
    more = {name.replace("_", " "): _short(str(said[name])) for name in said.keys() - TOLD if said[name]}
    mood, words = _mood(standing, now)
    fault = _short(standing.fault)
    return Sink(standing.sink, kind, mood, words, replace(standing, fault=fault), more)


def _mood(standing: Standing, now: float) -> tuple[Mood, str]:
    wrong = [_failing(standing, now)] if standing.failures or standing.state != "closed" else []
    wrong += [f"{standing.parked:,} given up"] if standing.parked else []
    if wrong:
        return "wrong", ", ".join(wrong)
    if standing.due:
        return "busy", f"on the way, the oldest for {seconds(standing.oldest_seconds)}"
    return ("well", "all delivered") if standing.sent else ("quiet", "nothing to deliver yet")


def _failing(standing: Standing, now: float) -> str:
    if standing.state == "paused":
        return "paused, because it wants no more news"
    tries = f"{standing.failures:,} {'try' if standing.failures == 1 else 'tries'} in vain"
    if standing.state == "open":
        return f"left alone after {tries}, a probe in {seconds(max(0.0, standing.open_until - now))}"
    return f"not reached, {tries}"


def _stuck(catalog: Catalog) -> list[Stuck]:
    found = []
    for row in catalog.parked(PARKED_SHOWN):
        listed = catalog.find(row.image)
        if listed:
            found.append(Stuck(listed.short, row.actor, _reason(row), row.at.astimezone(UTC)))
    return found


def _reason(row: Row) -> str:
    return _short(row.result.reason) if isinstance(row.result, Failed) else ""


def _short(words: str) -> str:
    """On one line, without what no page may hold."""
    line = plain(words)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _sink(told: Sink) -> dict[str, Any]:
    said = asdict(told.standing)
    return {**said, "kind": told.kind or None, "mood": told.mood, "words": told.words}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
