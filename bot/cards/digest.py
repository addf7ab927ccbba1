"""The digest as Slack shows it: one short message, and the details in its thread. Pure.

``told`` is the data of a digest as it was written down (``pipeline.digest.data``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.cards.blocks import TEXT, Block, actions, button, context, cut, section
from bot.cards.forms import plain
from bot.cards.message import Content
from bot.cards.words import count, escape, line, name
from pipeline.chart import alt
from pipeline.digest import overall
from pipeline.text import size

REPLAY = "loupe_replay"
HEADER = 150
"""Characters of a header."""
SHOWN = 5
"""Parked runs that the message itself names."""
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A parked run that a digest names."""

    short: str
    actor: str
    revision: int
    reason: str = ""
    """In words, as the ledger has it now."""


def message(told: Told, runs: Sequence[Run], chart: Block | None = None) -> Content:
    """The digest itself; ``runs``: those that are still parked. The button names exactly them."""
    rest = [words for words in (_places(told), _slowest(told), _parked(told, runs)) if words]
    blocks = [
        {"type": "header", "text": plain(line(told["headline"], HEADER))},
        context(whose(told)),
        *([chart] if chart else []),
        *map(section, rest),
        *([_replay(runs)] if runs else []),
        context(footer(told)),
    ]
    text = [escape(told["headline"]), whose(told), escape(alt(told["week"])), *rest, footer(told)]
    return Content(cut("\n".join(text), TEXT), tuple(blocks))


def whose(told: Told) -> str:
    """Of which day, and of what."""
    day = date.fromisoformat(told["date"])
    of = "everything that Loupe looks at" if overall(told) else "this channel"
    so_far = ", so far" if told.get("so_far") else ""
    return f"Digest of {of} on {day:%A}, {day.day} {day:%B} {day:%Y} ({escape(told['zone'])}){so_far}"


def footer(told: Told) -> str:
    """Where there is more, and how to change or stop it."""
    if overall(told):
        return "Details are in the thread. `LOUPE_DIGEST_AT` sets when this comes, or `off`."
    return (
        "Details are in the thread. `/imgstatus digest on 09:00` changes when this comes,"
        " `/imgstatus digest off` stops it."
    )


def value(runs: Sequence[Run]) -> str:
    """What the button says of the runs; at most 2,000 characters for ten of them."""
    return " ".join(f"{run.short}:{run.actor}:{run.revision}" for run in runs)


def named(words: str) -> list[Run]:
    """The runs that a button names; whoever forged one names none."""
    parts = [each.split(":") for each in words.split()]
    return [Run(each[0], each[1], int(each[2])) for each in parts if len(each) == 3 and each[2].isdecimal()]


def _places(told: Told) -> str:
    towns = [f"{name(each['place'])} ({each['images']:,})" for each in told.get("towns") or ()]
    return f"*Top places:* {', '.join(towns)}" if towns else ""


def _slowest(told: Told) -> str:
    step = told.get("slowest")
    if not step:
        return ""
    whole = "" if overall(told) else ", of the whole installation"
    took = f"95 of 100 runs within {step['p95_ms'] / 1000:,.1f} s"
    return f"*Slowest step:* `{escape(step['actor'])}`, {took} ({count(step['runs'], 'run')}{whole})"


def _parked(told: Told, runs: Sequence[Run]) -> str:
    """What waits for an operator; what is not named is counted."""
    lines = [f"• `{escape(run.actor)}` on {name(run.short)}" for run in runs[:SHOWN]]
    more = max(told.get("parked_in_all", 0), len(runs)) - len(lines)
    if not lines and more <= 0:
        return ""
    tail = [f"• {more:,} {'more ' if lines else ''}not named here"] if more > 0 else []
    return "\n".join([f"*Parked:* {count(len(lines) + more, 'run')} that failed for good", *lines, *tail])


def _replay(runs: Sequence[Run]) -> Block:
    return actions([button(f"Replay {count(len(runs), 'run')}", REPLAY, value(runs))])


def facts(told: Told) -> str:
    """The day in numbers."""
    ended = ", ".join(f"{told[each]:,} {each}" for each in ("done", "held", "rejected", "failed", "waiting"))
    seen = f"With nudity {told['nude']:,}, with faces {told['with_faces']:,}, published {told['published']:,}"
    after, before = size(told["bytes_after"]), size(told["bytes_before"])
    lines = [f"*{count(told['images'], 'image')}*: {ended}", seen]
    if told.get("median_seconds") is not None:
        median, most = told["median_seconds"], told["p95_seconds"]
        lines.append(f"Until the answer: median {median:.1f} s, 95 of 100 within {most:.1f} s")
    return "\n".join([*lines, f"Originals {size(told['bytes_in'])}; web copies {after} instead of {before}"])
