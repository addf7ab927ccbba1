"""Charts of days, drawn here: where bars, dots and labels go. Pure geometry; dashboard_charts.html draws it.

Across, everything is in per cent of the drawing's width, so that bars grow with the page while letters keep
their size. Down, it is in pixels. Every scale begins at zero.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

LEFT = 10.0
"""Per cent that the labels of the scale take."""
TOP, PLOT, BELOW = 20.0, 150.0, 38.0
"""Pixels: room for a number above the highest bar, the bars, and the days below."""
HEIGHT = TOP + PLOT + BELOW
GAP, LEAST = 1.5, 2.0
"""Pixels between two parts of a bar; of what is there at all: one held picture in a thousand must show."""
WEEK = 7
"""So many days have a label and a number each; of more, each seventh a label, the most a number."""
STEPS = (1.0, 2.0, 5.0, 10.0)
SMALLEST = 1e-12
"""What is less counts as nothing: no line could be named for it."""
LINES = 4
"""Lines above the baseline at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: what it counts, and where it lies."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Span:
    """From a smaller to a larger value, as a line with a mark at both ends."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    x: float
    width: float
    """Of the day's place; the bar itself is ``bar`` wide, in its middle."""
    bar: float
    label: tuple[str, ...]
    """Lines below; none where there is no room."""
    number: str
    """Above; empty where there is no room or nothing."""
    y: float
    """Upper end of what is drawn."""
    title: str
    parts: tuple[Part, ...] = ()
    span: Span | None = None

    @property
    def middle(self) -> float:
        """Per cent."""
        return self.x + self.width / 2

    @property
    def left(self) -> float:
        """Where the bar begins, in per cent."""
        return self.middle - self.bar / 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the same in words."""

    summary: str
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    """From the baseline upwards."""


Say = Callable[[float], str]
"""A value in as few letters as will do."""


def stacked(
    days: Sequence[date],
    parts: Sequence[Mapping[str, float]],
    titles: Sequence[str],
    summary: str,
    say: Say,
    least: float = 0.0,
) -> Chart:
    """A bar a day, its parts one on the other from the baseline, in the order of the mapping.

    What is below zero has no bar, but its number. ``least``: between two lines of the scale; 1 where things
    are counted.
    """
    sums = [sum(each.values()) for each in parts]
    top, ticks = scale(max(0.0, *sums), least)
    numbers = _numbers(sums, say)
    columns = [
        Column(*place, number, _y(max(0.0, total), top), title, parts=_pile(each, top))
        for place, each, total, number, title in zip(_places(days), parts, sums, numbers, titles, strict=True)
    ]
    return Chart(summary, tuple(columns), ticks)


def ranges(
    days: Sequence[date],
    pairs: Sequence[tuple[float, float] | None],
    titles: Sequence[str],
    summary: str,
    say: Say,
) -> Chart:
    """A line a day from a smaller to a larger value; nothing where there is none."""
    upper = [pair[1] if pair else 0.0 for pair in pairs]
    top, ticks = scale(max(upper, default=0.0))
    numbers = _numbers(upper, say)
    columns = [
        Column(*place, number, _y(high, top), title, span=_span(pair, top))
        for place, pair, high, number, title in zip(_places(days), pairs, upper, numbers, titles, strict=True)
    ]
    return Chart(summary, tuple(columns), ticks)


def scale(most: float, least: float = 0.0) -> tuple[float, tuple[Tick, ...]]:
    """The value at the upper edge, and the lines: few, at round values, the first one zero."""
    if most < SMALLEST:
        return 1.0, (Tick(_y(0, 1), "0"),)
    power = 10.0 ** math.floor(math.log10(most / LINES))
    step = max(least, next(power * each for each in STEPS if power * each * LINES >= most))
    count = math.ceil(round(most / step, 9))
    top = step * count
    return top, tuple(Tick(_y(step * n, top), compact(step * n)) for n in range(count + 1))


def compact(value: float) -> str:
    """Few letters: ``0.25``, ``12``, ``1.5k``, ``3M``, ``−2``, ``1.5e-4``."""
    if value < 0:
        return f"−{compact(-value)}"
    for power, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= power:
            return f"{value / power:.3g}{letter}"
    if 0 < value < 1e-3:
        return f"{value:.1e}".replace("e-0", "e-").replace(".0e", "e")
    return f"{value:.3g}"


def short(day: date) -> str:
    """``22 Nov``."""
    return f"{day.day} {day:%b}"


def _y(value: float, top: float) -> float:
    return TOP + PLOT * (1 - value / top)


def _places(days: Sequence[date]) -> list[tuple[float, float, float, tuple[str, ...]]]:
    """Where each day begins, how wide its place and its bar are, and the label below it."""
    width = (100 - LEFT) / max(1, len(days))
    bar = width * (0.56 if len(days) <= WEEK else 0.72)
    return [(LEFT + n * width, width, bar, _label(day, n, len(days))) for n, day in enumerate(days)]


def _label(day: date, number: int, count: int) -> tuple[str, ...]:
    if count <= WEEK:
        return f"{day:%a}", str(day.day)
    return () if (count - 1 - number) % WEEK else (short(day),)


def _numbers(values: Sequence[float], say: Say) -> list[str]:
    said = [say(value) if value else "" for value in values]
    if len(said) <= WEEK:
        return said
    peak = values.index(max(values))
    return [words if n == peak else "" for n, words in enumerate(said)]


def _pile(parts: Mapping[str, float], top: float) -> tuple[Part, ...]:
    """What is too small to be seen is enlarged, at the cost of the largest part."""
    exact = {name: PLOT * value / top for name, value in parts.items() if value > 0}
    if not exact:
        return ()
    heights = {name: max(LEAST + GAP, height) for name, height in exact.items()}
    most = max(exact, key=lambda name: exact[name])
    heights[most] = max(LEAST + GAP, heights[most] - sum(heights.values()) + sum(exact.values()))
    found, floor = [], TOP + PLOT
    for name, height in heights.items():
        gap = 0.0 if name == list(heights)[-1] else GAP
        found.append(Part(name, floor - height + gap, height - gap))
        floor -= height
    return tuple(found)


def _span(pair: tuple[float, float] | None, top: float) -> Span | None:
    return Span(_y(pair[0], top), _y(pair[1], top)) if pair else None
