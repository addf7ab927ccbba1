"""The details of a digest, for its thread: day and week in numbers, steps, held images, parked runs."""

from collections.abc import Sequence
from typing import Any

from bot.cards.blocks import TEXT, cut, section
from bot.cards.digest import Run, Told, facts
from bot.cards.message import Content
from bot.cards.words import escape, name
from pipeline.chart import day_name
from pipeline.digest import overall
from pipeline.text import size

STEPS = 12
WEEK = ("images", "held", "rejected", "failed")
REASON = 200
"""Characters of what went wrong."""


def details(told: Told, runs: Sequence[Run]) -> Content:
    """Everything that the message itself leaves out."""
    parts = [facts(told), _formats(told), _held(told), _week(told), _steps(told), _reasons(runs)]
    said = [part for part in parts if part]
    return Content(cut("\n".join(said), TEXT), tuple(map(section, said)))


def _formats(told: Told) -> str:
    found = [f"{escape(format)} {images:,}" for format, images in (told.get("formats") or {}).items()]
    return f"*Formats:* {', '.join(found)}" if found else ""


def _held(told: Told) -> str:
    held: Sequence[str] = told.get("held_images") or ()
    if not held:
        return ""
    more = told["held"] - len(held)
    return f"*Held:* {', '.join(map(name, held))}" + (f" and {more:,} more" if more > 0 else "")


def _week(told: Told) -> str:
    rows = [
        [day_name(day), *(f"{day[each]:,}" for each in WEEK), size(day["bytes_saved"])]
        for day in told["week"]
    ]
    return "*The week*\n" + _table([["day", *WEEK, "saved"], *rows])


def _steps(told: Told) -> str:
    steps: Sequence[Any] = (told.get("steps") or ())[:STEPS]
    if not steps:
        return ""
    rows = [
        [
            each["actor"],
            f"{each['runs']:,}",
            f"{each['failed']:,}",
            f"{each['p50_ms']:,.0f}",
            f"{each['p95_ms']:,.0f}",
        ]
        for each in steps
    ]
    of = "" if overall(told) else " of the whole installation"
    return f"*Steps*{of}, in milliseconds\n" + _table([["step", "runs", "failed", "p50", "p95"], *rows])


def _reasons(runs: Sequence[Run]) -> str:
    lines = [f"• `{escape(run.actor)}` on {name(run.short)}: {escape(run.reason[:REASON])}" for run in runs]
    return "\n".join(["*Parked*", *lines]) if lines else ""


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, the first to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    return "```\n" + "\n".join(escape(line.rstrip()) for line in lines) + "\n```"
