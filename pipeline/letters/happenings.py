"""News of single images, and alarms, as letters."""

from collections.abc import Mapping
from typing import Any

from pipeline import telling
from pipeline.letters.dates import moment
from pipeline.letters.letter import Letter, Link, Tone
from pipeline.news import Piece
from pipeline.text import size

TITLES = {
    "verdict": "was looked at",
    "held": "is held",
    "published": "was published",
    "failed": "is not finished",
}


def image_letter(piece: Piece) -> Letter:
    """The letter about a piece of news of an image, as ``pipeline.telling.told`` lets it be told."""
    data, said = piece.data, telling.headline(piece)
    page, title = telling.link(piece), TITLES[piece.kind]
    if piece.kind == "published" and not data.get("shown"):
        title = "is not shown any more"
    return Letter(
        subject=f"Loupe: {said}",
        title=f"{data['short']} {title}",
        lead=f"{said}.",
        tone="wrong" if piece.kind == "failed" else "calm",
        lines=[str(data["alt"])] if data.get("alt") else [],
        pairs=[(label, words) for label, words in _pairs(data) if words],
        link=Link("Look at its page", page) if page else None,
    )


def alarm_letter(data: Mapping[str, Any]) -> Letter:
    """The letter about an alarm that was raised or resolved."""
    resolved = data.get("state") == "resolved"
    tone: Tone = "well" if resolved else "wrong"
    lead = str(data.get("words") or data.get("headline")).partition("\n")[0]
    pairs = [("Raised", moment(data.get("raised_at"))), ("Resolved", moment(data.get("resolved_at"))),
             ("Rule", data.get("rule")), ("About", data.get("subject"))]  # fmt: skip
    return Letter(
        subject=f"Loupe, {'resolved' if resolved else 'alarm'}: {lead}",
        title="Resolved" if resolved else "Alarm",
        lead=lead,
        tone=tone,
        pairs=[(label, str(value)) for label, value in pairs if value],
        lines=[str(each) for each in data.get("lines", ())],
    )


def plain_letter(data: Mapping[str, Any]) -> Letter:
    """The letter about anything that has a headline and lines, such as a test."""
    headline = str(data.get("headline") or data.get("words") or "This is a test of Loupe's mail.")
    return Letter(
        f"Loupe: {headline}", "Loupe", headline, lines=[str(each) for each in data.get("lines", ())]
    )


def _pairs(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Decision", data.get("decision") or ""),
        ("Nudity", _nudity(data)),
        ("Faces", "" if data.get("faces") is None else f"{data['faces']:,}"),
        ("Watermark", {True: "found", False: "none"}.get(data.get("watermark_found"), "")),  # type: ignore[arg-type]
        ("Place", _place(data.get("place") or {})),
        ("Position", _position(data.get("location") or {})),
        ("Picture", _picture(data)),
        ("Copies", _copies(data)),
        ("Channel", data.get("channel") or ""),
        ("Posted", moment(data.get("entered_at"))),
    ]


def _nudity(data: Mapping[str, Any]) -> str:
    if data.get("contains_nudity") is None:
        return ""
    found, sure = "yes" if data["contains_nudity"] else "no", data.get("contains_nudity_confidence")
    return found if sure is None else f"{found}, {int(sure)} of 100 sure"


def _place(place: Mapping[str, Any]) -> str:
    return ", ".join(str(place[name]) for name in ("name", "region", "country") if place.get(name))


def _position(location: Mapping[str, Any]) -> str:
    return f"{location['latitude']}, {location['longitude']}" if location else ""


def _picture(data: Mapping[str, Any]) -> str:
    if not data.get("width"):
        return ""
    return f"{data['format']}, {data['width']:,} × {data['height']:,}, {size(data['bytes'])}"


def _copies(data: Mapping[str, Any]) -> str:
    if not data.get("renditions"):
        return ""
    before, after = data.get("bytes_before"), data.get("bytes_after")
    saved = f", {size(before)} made {size(after)}" if before and after else ""
    return f"{len(data['renditions']):,}{saved}"
