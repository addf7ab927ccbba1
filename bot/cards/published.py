"""What became of a cleared picture: its web copies, where they are, what they save, where its original is.

All of it is empty for a picture that is not cleared, whatever else its report says.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.picture import is_cleared
from bot.cards.words import count, date, escape, link
from pipeline.ports import Report
from pipeline.text import size

KEPT = ("page", "alt", "renditions", "bytes_before", "bytes_after", "html", "archive", "actors")
"""Keys of the report that are taken from the ledger."""
SIZES = {1: ("full",), 2: ("small", "large"), 3: ("small", "medium", "large")}
"""What the widths shown are called, by how many there are."""


def as_published(announced: Report, kept: Report) -> Report:
    """An announced report with what was published as the ledger has it at this moment.

    Findings are announced before anything is published, and again whenever a step is repeated; without this a
    card would lose its links until the publication is announced as well. Both must say that the picture is
    cleared before a link is shown.
    """
    return {**announced, **{key: kept[key] for key in KEPT if key in kept}}


def is_published(report: Report) -> bool:
    """Can anybody who knows the address see the picture now?"""
    return is_cleared(report) and bool(report.get("page"))


def lines(report: Report) -> list[str]:
    """Links, bytes and the original, one line each."""
    if not is_cleared(report):
        return []
    return [line for line in (_links(report), _saved(report), withheld(report), original(report)) if line]


def short(report: Report) -> list[str]:
    """The same in fewer words, for a card about several pictures."""
    if not is_cleared(report):
        return []
    links, saved = _links(report), _percent(report)
    linked = f"{links}, {saved} % smaller" if links and saved else links
    return [line for line in (linked, withheld(report), original(report)) if line]


def brief(report: Report) -> str:
    """The page and what was saved, for a card about many pictures."""
    if not is_published(report):
        return ""
    saved = _percent(report)
    page = link(report["page"], "web copies")
    return f"{page}, {saved} % smaller" if saved else page


def is_archived(report: Report) -> bool:
    """Is the original in the archive alone?"""
    return bool((report.get("archive") or {}).get("state") == "archived")


def original(report: Report) -> str:
    """Where the original is, once it is somewhere else than at hand."""
    kept = report.get("archive") or {}
    if not is_cleared(report):
        return ""
    if kept.get("state") == "archived" and kept.get("at"):
        return f"Original: archived {date(kept['at'])}"
    if kept.get("state") == "restored" and kept.get("until"):
        return f"Original: back from the archive, at hand until {date(kept['until'])}"
    return ""


def withheld(report: Report) -> str:
    """Why a cleared picture has no web copies, where that is settled."""
    run: Mapping[str, Any] = (report.get("actors") or {}).get("make_renditions") or {}
    if is_published(report) or not is_cleared(report) or run.get("state") != "skipped":
        return ""
    return f"Web copies: none. {escape(run.get('error') or '')}".strip()


def _links(report: Report) -> str:
    if not report.get("page"):
        return ""
    widths = _widths(report.get("renditions") or [])
    named = [
        link(each["url"], f"{title} ({each['width']} px)")
        for title, each in zip(SIZES[len(widths)], widths, strict=True)
    ] if widths else []  # fmt: skip
    return "Web copies: " + " · ".join([link(report["page"], "page"), *named])


def _widths(renditions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The narrowest, the middle and the widest JPEG of the whole picture."""
    whole = [each for each in renditions if each.get("name") == f"s{each.get('width')}" and each.get("url")]
    jpeg = sorted((each for each in whole if each.get("format") == "JPEG"), key=lambda each: each["width"])
    return jpeg if len(jpeg) <= 3 else [jpeg[0], jpeg[len(jpeg) // 2], jpeg[-1]]


def _saved(report: Report) -> str:
    files = report.get("renditions") or []
    if not report.get("page") or not files:
        return ""
    sizes = len({each.get("name") for each in files})
    made = f"{count(sizes, 'size')} in {count(len(files), 'file')}"
    after, saved = size(report.get("bytes_after") or 0), _percent(report)
    if not saved:
        return f"{made}, {after}"
    return f"{made}, {saved} % smaller than ordinary JPEG and PNG: {size(report['bytes_before'])} → {after}"


def _percent(report: Report) -> int:
    """Whole percent that the copies are smaller than programs write them that do not try; 0 for none."""
    before, after = report.get("bytes_before") or 0, report.get("bytes_after") or 0
    return max(0, 100 * (before - after) // before) if before else 0
