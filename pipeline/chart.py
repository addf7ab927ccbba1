"""The chart of a digest: images per day of a week, stacked by how they ended, as a PNG and in words. Pure.

The background is opaque and light, so that the chart reads alike on a light and on a dark page. No part is
told by its colour alone: each has a hatching of its own, and numbers stand in and above the bars. Contrasts
follow WCAG 2.2: 4.5:1 for words (1.4.3), 3:1 for bars (1.4.11). matplotlib (60 MB) is loaded to draw.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.text import size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DPI = 960, 480, 150
"""Pixels; Slack shows a picture of this shape about half as wide."""
BACKGROUND, INK, SOFT, LINE = "#f8f9fa", "#1d2327", "#4f5961", "#d5dade"
LONGEST_ALT = 1900
"""Characters; Slack takes 2,000."""
ROOM = 0.09
"""Of the axis: a part that is lower has no room for its number."""


@dataclass(frozen=True, slots=True)
class Part:
    """One way in which an image ends, as it is drawn."""

    name: str
    """As in ``pipeline.figures.Figures``."""
    color: str
    hatch: str


PARTS = (
    Part("done", "#1f7a72", ""),
    Part("held", "#8a4bb8", "///"),
    Part("rejected", "#5b666e", "..."),
    Part("failed", "#b3341f", "xxx"),
    Part("waiting", "#765c12", "---"),
)
"""From the bottom of a bar to its top."""
Told = Mapping[str, Any]
"""One day of a digest's ``week``: its date (ISO 8601), its figures and ``bytes_saved``."""


def draw(week: Sequence[Told]) -> bytes:
    """The week as a PNG of at most 60 kB."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12)
    figure = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=BACKGROUND, layout=layout)
    canvas: Any = FigureCanvasAgg(figure)
    _plot(figure.add_subplot(facecolor=BACKGROUND), week)
    canvas.draw()
    return _png(canvas)


def alt(week: Sequence[Told]) -> str:
    """The numbers of the chart, for those who cannot see it."""
    total = sum(day["images"] for day in week)
    said = f"Images per day, {total:,} in {len(week)} days. " + ". ".join(map(_day_in_words, week)) + "."
    return said if len(said) <= LONGEST_ALT else said[: LONGEST_ALT - 1] + "…"


def day_name(told: Told) -> str:
    """``Mon 23 Nov``."""
    day = date.fromisoformat(told["date"])
    return f"{day:%a} {day.day} {day:%b}"


def short_day(told: Told) -> str:
    """``Mon 23``."""
    day = date.fromisoformat(told["date"])
    return f"{day:%a} {day.day}"


def parts_of(week: Sequence[Told]) -> list[Part]:
    """The parts that any day of the week has; the first one always."""
    return [part for part in PARTS if part is PARTS[0] or any(day[part.name] for day in week)]


def _day_in_words(told: Told) -> str:
    ended = [f"{told[part.name]:,} {part.name}" for part in PARTS[1:] if told[part.name]]
    notes = [*ended, f"{size(told['bytes_saved'])} saved"] if told["images"] else []
    return f"{day_name(told)}: {told['images']:,}" + (f" ({', '.join(notes)})" if notes else "")


def _plot(axes: "Axes", week: Sequence[Told]) -> None:
    from matplotlib.ticker import MaxNLocator

    top = max([4, *(day["images"] for day in week)]) * 1.12
    shown = parts_of(week)
    for part in shown:
        _stack(axes, week, part, top * ROOM)
    for index, day in enumerate(week):
        axes.text(
            index,
            day["images"] + top * 0.015,
            f"{day['images']:,}",
            ha="center",
            color=INK,
            size=11,
            weight="bold",
        )
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_xticks(range(len(week)), [f"{short_day(day)}\n{_saved(day)}" for day in week])
    span = f"{day_name(week[0])} to {day_name(week[-1])}"
    axes.set_title(f"Images per day; below, bytes saved. {span}", loc="left", color=INK, size=11, pad=24)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.01, 0.99), ncols=len(shown), frameon=False, fontsize=10,
        labelcolor=INK, handlelength=1.4, columnspacing=1.4, borderaxespad=0.2,
    )  # fmt: skip
    _quieten(axes)


def _saved(day: Told) -> str:
    return size(day["bytes_saved"]) if day["bytes_saved"] else "-"


def _stack(axes: "Axes", week: Sequence[Told], part: Part, room: float) -> None:
    below = PARTS[: PARTS.index(part)]
    heights = [day[part.name] for day in week]
    feet = [sum(day[each.name] for each in below) for day in week]
    bars = axes.bar(
        range(len(week)), heights, 0.62, feet, label=part.name, color=part.color, hatch=part.hatch,
        edgecolor=BACKGROUND, linewidth=0.8,
    )  # fmt: skip
    numbers = [
        f"{height:,}" if height >= room and height != day["images"] else ""
        for height, day in zip(heights, week, strict=True)
    ]
    label = {"facecolor": part.color, "edgecolor": "none", "pad": 1.5} if part.hatch else None
    for text in axes.bar_label(bars, numbers, label_type="center", color=BACKGROUND, size=10, weight="bold"):
        text.set_bbox(label if text.get_text() else None)


def _quieten(axes: "Axes") -> None:
    axes.tick_params(colors=SOFT, labelsize=10, length=0)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)


def _png(canvas: Any) -> bytes:
    """With a palette, which flat colours lose nothing by."""
    from PIL import Image

    pixels = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
    out = io.BytesIO()
    pixels.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()
