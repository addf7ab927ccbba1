"""Whose picture this was before: the very same file, or the one whose invisible mark it carries."""

from collections.abc import Mapping
from typing import Any

from bot.cards.picture import is_cleared, is_quiet
from bot.cards.words import channel, date, name, person
from pipeline.ports import Report

SURE = 100
"""From this confidence on nothing is said about doubt."""


def duplicate(report: Report, here: str) -> str:
    """Which picture had the very same bytes, as far as people in the channel ``here`` may know."""
    twin = report.get("duplicate_of")
    if not twin or is_quiet(report):
        return ""
    if not may_name(twin, report, here):
        return f"The very same file was posted before, {_when(twin)}."
    return f"The very same file as {_named(twin)}, {_posted(twin, here)}."


def mark(report: Report, here: str) -> str:
    """Whose mark the picture carries already; empty where it carries none."""
    seen = report.get("watermark") or {}
    if not seen.get("found") or not is_cleared(report):
        return ""
    first, sure = seen.get("earlier"), _sure(seen)
    if first and may_name(first, report, here):
        return f"Already marked: {_named(first)}, {_posted(first, here)}{sure}."
    if first:
        return f"Already marked: it was here before, posted {_when(first)}{sure}."
    if seen.get("payload"):
        return f"Already marked, with the mark of a picture that is not known here{sure}."
    return f"Already marked; whose picture it was cannot be read any more{sure}."


def may_name(twin: Mapping[str, Any], report: Report, here: str) -> bool:
    """May an earlier picture's poster and place be named in this channel?"""
    source = report.get("source") or {}
    same_team = not twin.get("team") or twin.get("team") == source.get("team")
    return same_team and (not twin.get("private") or twin.get("channel") == here)


def _named(twin: Mapping[str, Any]) -> str:
    return name(twin.get("short") or "an earlier one")


def _posted(twin: Mapping[str, Any], here: str) -> str:
    who = person(str(twin.get("person") or ""))
    place = channel(str(twin.get("channel") or ""))
    where = "here" if twin.get("channel") == here else f"in {place}" if place else ""
    return " ".join(filter(None, [f"posted {_when(twin)}", f"by {who}" if who else "", where]))


def _when(twin: Mapping[str, Any]) -> str:
    return date(twin["at"]) if twin.get("at") else "earlier"


def _sure(seen: Mapping[str, Any]) -> str:
    confidence = int(float(seen.get("confidence") or 0))
    return "" if confidence >= SURE else f" ({confidence} % sure)"
