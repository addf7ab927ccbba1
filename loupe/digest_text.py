"""The digest for a terminal: the headline, the week as bars, and what else there is to say. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import digest
from pipeline.chart import day_name
from pipeline.digest import Digest, Shelved
from pipeline.figures import EVERYTHING
from pipeline.text import size

LONGEST = 28
"""Characters of the longest bar."""
COLUMNS = ("images", "held", "rejected", "failed")
BLOCK, SIGN = "█", "#"


def text(told: Digest, encoding: str = "utf-8") -> str:
    """All of it; ``encoding``: what the terminal can show."""
    data = digest.data(told)
    ink = BLOCK if encoding.lower().replace("-", "").startswith("utf") else SIGN
    rest = [*_sentences(told), *(f"  {_parked(run)}" for run in told.cases.parked)]
    return "\n".join(
        [_title(told), digest.headline(told.figures), "", *_week(data["week"], ink), "", *rest]
    ).rstrip()


def _title(told: Digest) -> str:
    day, scope = told.figures.day, told.scope
    of = "everything" if scope == EVERYTHING else scope.channel
    so_far = ", so far" if told.so_far else ""
    return f"Digest of {of}, {day.date:%A} {day.date.day} {day.date:%B} {day.date:%Y} ({day.zone}){so_far}"


def _week(week: Sequence[Mapping[str, Any]], ink: str) -> Iterator[str]:
    """A bar a day, and the numbers behind it; a day with any image has a bar."""
    most = max(1, *(day["images"] for day in week))
    cells = [["", *COLUMNS, "saved"]]
    cells += [
        [day_name(day), *(f"{day[name]:,}" for name in COLUMNS), size(day["bytes_saved"])] for day in week
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    bars = ["", *(ink * -(-day["images"] * LONGEST // most) for day in week)]
    for row, bar in zip(cells, bars, strict=True):
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {row[0].ljust(widths[0])}  {bar.ljust(LONGEST)}  {numbers}".rstrip()


def _sentences(told: Digest) -> list[str]:
    """Those of the digest, without the parked runs: a terminal is told why they were."""
    named = len(told.cases.parked)
    said = digest.lines(told)
    if not named:
        return said
    first = next(index for index, line in enumerate(said) if line.startswith("Parked: "))
    return [*said[:first], *said[first + named :], "Parked; run them again with `loupe replay --parked`:"]


def _parked(run: Shelved) -> str:
    return f"{run.actor} on {run.short}: {run.reason}"
