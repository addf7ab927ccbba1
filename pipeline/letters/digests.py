"""The digest as a letter: the headline's numbers first, then the week, then the rest."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline import chart
from pipeline.digest import Digest, lines
from pipeline.figures import EVERYTHING, Day, Figures, Step, Visited
from pipeline.letters.dates import long, short
from pipeline.letters.letter import Chart, Letter, Table
from pipeline.text import size

HEAD = ("Day", "Images", "Held", "Failed", "Median", "Saved")
UNKNOWN = "–"


def digest_letter(data: Mapping[str, Any], png: bytes | None, *, everything: bool) -> Letter:
    """The letter about a day; ``data`` as in ``pipeline.digest.data``, ``png``: its chart.

    ``everything``: for an operator, or a sink that one set up. Others hear nothing of single images.
    """
    day = f"{long(data['date'])}{', so far' if data.get('so_far') else ''}"
    return Letter(
        subject=f"Loupe, {day}: {data['headline']}",
        title=f"{day}, {data['channel']}" if data.get("channel") else day,
        lead=data["headline"],
        tiles=tiles(data),
        chart=Chart(png, chart.alt(data["week"])) if png else None,
        table=Table("The last seven days", HEAD, [row(each) for each in data["week"]]),
        lines=[*data["lines"], *_singly(data)] if everything else spoken(data),
        why=f"Days by the clock of {data['zone']}.",
    )


def tiles(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Values and labels, the same that the headline tells."""
    found = [(f"{data['images']:,}", "image" if data["images"] == 1 else "images")]
    found += [(f"{data[name]:,}", name) for name in ("held", "failed")]
    found += [(f"{data[name]:,}", name) for name in ("rejected", "waiting") if data[name]]
    found += [(median(data), "median")] if data["median_seconds"] is not None else []
    return [*found, (size(data["bytes_saved"]), "saved")]


def row(data: Mapping[str, Any]) -> tuple[str, ...]:
    """A day of the week's table."""
    counts = (f"{data[name]:,}" for name in ("images", "held", "failed"))
    return short(data["date"]), *counts, median(data), size(data["bytes_saved"])


def median(data: Mapping[str, Any]) -> str:
    """The median time until people were told, as the headline writes it."""
    seconds = data["median_seconds"]
    return UNKNOWN if seconds is None else f"{seconds:.1f} s"


def spoken(data: Mapping[str, Any]) -> list[str]:
    """The sentences of a digest without those about single images."""
    figures = Figures(Day(date.fromisoformat(data["date"]), data["zone"]))
    towns = tuple(Visited(**each) for each in data["towns"])
    steps = (Step(**data["slowest"]),) if data["slowest"] else ()
    return lines(Digest(EVERYTHING, figures, (), towns, steps))


def _singly(data: Mapping[str, Any]) -> list[str]:
    held = data.get("held_images")
    return [f"Held: {', '.join(held)}."] if held else []
