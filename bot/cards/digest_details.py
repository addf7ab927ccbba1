"""The details of a digest, for its thread: day and week in numbers, steps, held images, parked runs."""

from collections.abc import Sequence
from typing import Any

from bot.cards.blocks import TEXT, cut, section
from bot.cards.digest import Run, Told, facts
from bot.cards.message import Content
from bot.cards.words import escape, name
from pipeline.chart import short_day
from pipeline.digest import overall
from pipeline.text import size

STEPS = 12
WEEK = ("images", "held", "failed")
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
        [short_day(day), *(f"{day[each]:,}" for each in WEEK), size(day["bytes_saved"])]
        for day in told["week"]
    ]
    return "*The week*\n" + _table([["day", *WEEK, "saved"], *rows])


def _steps(told: Told) -> str:
    steps: Sequence[Any] = (told.get("steps") or ())[:STEPS]
    if not steps:
        return ""
    rows = [[each["actor"], f"{each['runs']:,}", f"{each['p95_ms']:,.0f}"] for each in steps]
    of = "" if overall(told) else " of the whole installation"
    failed = [f"`{escape(each['actor'])}` {each['failed']:,}" for each in steps if each["failed"]]
    notes = f"; failed: {', '.join(failed)}" if failed else ""
    return f"*Steps*{of}, the slowest first{notes}\n" + _table([["step", "runs", "p95 ms"], *rows])


def _reasons(runs: Sequence[Run]) -> str:
    lines = [f"• `{escape(run.actor)}` on {name(run.short)}: {escape(run.reason[:REASON])}" for run in runs]
    return "\n".join(["*Parked*", *lines]) if lines else ""


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, the first to the left, numbers to the right; a phone shows some 36 signs."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_row(row, widths) for row in rows]
    return "```\n" + "\n".join(escape(line) for line in lines) + "\n```"


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return " ".join([row[0].ljust(widths[0]), *numbers]).rstrip()
