"""The card's buttons: at most four, each only while it makes sense."""

from collections.abc import Sequence

from bot.cards.blocks import Block, actions, button
from bot.cards.picture import is_trouble
from bot.cards.published import is_published
from pipeline.ports import Report

DETAILS, MARKUP = "loupe_details", "loupe_markup"
OPINION, MORE = "loupe_opinion", "loupe_more"


def buttons(reports: Sequence[Report], value: str) -> list[Block]:
    """One row; ``value`` names the message that was answered. No row where there is no value."""
    if not value:
        return []
    shown = {
        ("Details", DETAILS): True,
        ("Copy HTML", MARKUP): any(is_published(report) for report in reports),
        ("Wrong result", OPINION): any(was_judged(report) for report in reports),
        ("More", MORE): any(can_run(report) for report in reports),
    }
    return [actions([button(words, action, value) for (words, action), there in shown.items() if there])]


def was_judged(report: Report) -> bool:
    """Is there a verdict that can be wrong?"""
    return bool(report.get("release")) and report.get("state") != "rejected"


def can_run(report: Report) -> bool:
    """May running something again change anything? Not for what is no picture."""
    return was_judged(report) or (is_trouble(report) and report.get("state") != "rejected")
