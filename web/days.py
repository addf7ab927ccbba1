"""The charts of the dashboard: figures of days in, drawings and sentences out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.figures import Figures
from pipeline.text import size
from web import charts
from web.charts import Chart
from web.spans import seconds

STATES = ("done", "held", "rejected", "failed", "waiting")
"""The parts of a bar, from the baseline up."""
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The three charts."""

    images: Chart
    saved: Chart
    unit: str
    """Of the scale of ``saved``."""
    times: Chart


def drawn(days: Sequence[Figures]) -> Drawn:
    """The charts of some days, one after the other."""
    dates = [each.day.date for each in days]
    over = f"{_written(dates[0])} to {_written(dates[-1])}"
    unit, name = _unit(max((abs(each.saved) for each in days), default=0))
    return Drawn(
        images=charts.stacked(
            dates,
            [{state: getattr(each, state) for state in STATES} for each in days],
            [_told(each, _of_states(each)) for each in days],
            _about_images(days, over),
            lambda value: f"{value:,.0f}",
            least=1.0,
        ),
        saved=charts.stacked(
            dates,
            [{"saved": each.saved / unit} for each in days],
            [_told(each, f"{size(each.saved)} saved") for each in days],
            f"Bytes saved a day from {over}: {size(sum(each.saved for each in days))} in all.",
            charts.compact,
        ),
        unit=name,
        times=charts.ranges(
            dates,
            [_pair(each) for each in days],
            [_told(each, _of_times(each)) for each in days],
            _about_times(days, over),
            lambda value: f"{value:.1f}" if value < 9.95 else charts.compact(value),
        ),
    )


def _unit(most: int) -> tuple[float, str]:
    return next(((unit, name) for unit, name in UNITS if most >= unit), (1.0, "bytes"))


def _pair(figures: Figures) -> tuple[float, float] | None:
    if figures.median_seconds is None or figures.p95_seconds is None:
        return None
    return figures.median_seconds, figures.p95_seconds


def _told(figures: Figures, words: str) -> str:
    return f"{figures.day.date:%a} {charts.short(figures.day.date)}: {words}"


def _of_states(figures: Figures) -> str:
    parts = [f"{getattr(figures, name):,} {name}" for name in STATES if getattr(figures, name)]
    images = f"{figures.images:,} image{'' if figures.images == 1 else 's'}"
    return f"{images} ({', '.join(parts)})" if parts else images


def _of_times(figures: Figures) -> str:
    pair = _pair(figures)
    return f"median {seconds(pair[0])}, 95 of 100 within {seconds(pair[1])}" if pair else "nobody was told"


def _about_images(days: Sequence[Figures], over: str) -> str:
    sums = {name: sum(getattr(each, name) for each in days) for name in STATES}
    most = max(days, key=lambda each: each.images)
    parts = ", ".join(f"{count:,} {name}" for name, count in sums.items() if count)
    text = f"Images a day from {over}: {sum(each.images for each in days):,} in all"
    return f"{text} ({parts}), most on {_written(most.day.date)} ({most.images:,})." if parts else f"{text}."


def _about_times(days: Sequence[Figures], over: str) -> str:
    last = days[-1]
    slowest = max((each.p95_seconds or 0.0 for each in days), default=0.0)
    return (
        f"Seconds until people were told, a day, from {over}. Last day: {_of_times(last)}."
        f" Highest 95 of 100: {seconds(slowest)}."
    )


def _written(day: date) -> str:
    return f"{day.day} {day:%B}"
