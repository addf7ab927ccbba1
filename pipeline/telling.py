"""How a piece of news is told in words, and what of it may be told at this moment. Pure.

``told`` comes first: whoever carries a piece passes it through, so that no carrier decides by itself what
may be shown of a held image. ``headline`` is the one line that Slack, mail and IFTTT have in common.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipeline.news import HIDDEN, Kind, Piece
from pipeline.outbox import Delivery
from pipeline.text import size

ALWAYS = frozenset({"image", "short", "entered_at", "source", "team", "channel"})
"""Data that says nothing of what is in a picture."""
OF_HELD: Mapping[Kind, frozenset[str]] = {
    "verdict": ALWAYS | {"decision", "contains_nudity", "contains_nudity_confidence"},
    "held": ALWAYS | {"decision", "reason"},
    "failed": ALWAYS | {"reason", "parked"},
    "published": ALWAYS,
}
"""What stays of a piece when its image is held by the time it is sent."""
LEFT_OUT: Mapping[Kind, Mapping[str, Any]] = {"published": HIDDEN}


def told(delivery: Delivery) -> Piece:
    """The piece as it may be sent now: of an image that is held by now, neither place nor picture."""
    piece = delivery.piece
    if not (delivery.redacted and piece.kind in OF_HELD):
        return piece
    kept = {
        name: value if name in OF_HELD[piece.kind] else LEFT_OUT.get(piece.kind, {}).get(name)
        for name, value in piece.data.items()
    }
    return replace(piece, data=kept | {"redacted": True})


def headline(piece: Piece) -> str:
    """The piece in one line of plain text, without the final stop that a sentence would have."""
    given = piece.data.get("headline")
    if isinstance(given, str) and piece.kind == "digest":
        return f"{piece.data.get('date')}: {given}"
    if isinstance(given, str):
        return given.rstrip(".")
    return _HEADLINES[piece.kind](piece.data).rstrip(".")


def lines(piece: Piece) -> list[str]:
    """The rest of it in plain text, a fact a line; empty where the headline says all."""
    given = piece.data.get("lines")
    return [str(line) for line in given] if isinstance(given, list) else list(_facts(piece.data))


def link(piece: Piece) -> str:
    """The page to look at; empty where there is none."""
    return str(piece.data.get("page") or piece.data.get("link") or "")


def _verdict(data: Mapping[str, Any]) -> str:
    if data.get("decision") != "cleared":
        return f"{data.get('short')} is not shown before a person has looked"
    if data.get("redacted"):
        return f"{data.get('short')} was cleared, and is held by now"
    parts = ["cleared", *_people(data.get("faces")), *_where(data.get("place"))]
    return f"{data.get('short')}: {', '.join(parts)}"


def _held(data: Mapping[str, Any]) -> str:
    return f"{data.get('short')} is held: {data.get('reason') or 'no reason was given'}"


def _failed(data: Mapping[str, Any]) -> str:
    how = "a step failed" if data.get("parked") else "rejected"
    return f"{data.get('short')}, {how}: {data.get('reason') or 'no reason was given'}"


def _published(data: Mapping[str, Any]) -> str:
    if not data.get("shown"):
        return f"{data.get('short')} is not shown"
    before, after = data.get("bytes_before") or 0, data.get("bytes_after") or 0
    return f"{data.get('short')} is published: {size(after)} instead of {size(before)}"


def _other(data: Mapping[str, Any]) -> str:
    return str(data.get("words") or "News of Loupe")


_HEADLINES: Mapping[Kind, Callable[[Mapping[str, Any]], str]] = {
    "verdict": _verdict,
    "held": _held,
    "failed": _failed,
    "published": _published,
    "alarm": _other,
    "digest": _other,
    "test": _other,
}


def _people(faces: object) -> list[str]:
    return [f"{faces} face{'' if faces == 1 else 's'}"] if isinstance(faces, int) else []


def _where(place: object) -> list[str]:
    if not isinstance(place, Mapping):
        return []
    named = [str(place[name]) for name in ("name", "country") if place.get(name)]
    return [", ".join(named)] if named else []


def _facts(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("width") and data.get("format"):
        yield f"{data['format']}, {data['width']} x {data['height']}, {size(data.get('bytes') or 0)}"
    if data.get("alt"):
        yield str(data["alt"])
    if data.get("reason"):
        yield str(data["reason"])
