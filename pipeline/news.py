"""News: what other systems and people hear. Pure: which pieces follow from a report, and who wants them.

A piece is written once, under a key, together with a delivery for everybody who wants it. Its id comes from
its key, so that whoever gets it twice can tell. Nothing of a held picture is in it but that it is held: no
place, no link, no name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid5

from pipeline.ports import Report

Kind = Literal["verdict", "held", "published", "failed", "digest", "alarm", "test", "confirm", "signin"]
KINDS: tuple[Kind, ...] = ("verdict", "held", "published", "failed", "digest", "alarm")
"""What a sink may ask for."""
SinkKind = Literal["webhook", "zapier", "ifttt", "sns", "email", "slack"]
NAMESPACE = UUID("8f0b8f5a-3f0e-5c57-9c5b-1d2f0b5a7c11")
SLACK, MAIL = "slack", "mail"
"""Ways that need no row of settings: messages of the bot, and mail to operators and subscribers."""
HIDDEN: Mapping[str, Any] = {
    "shown": False, "page": None, "alt": None, "renditions": [], "bytes_before": None, "bytes_after": None,
}  # fmt: skip
"""What is told of a publication that has ended."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of news before it is written down."""

    key: str
    """The same key is the same piece; it is written once."""
    kind: Kind
    subject: str
    """What it is about: an image's id, a day of digests, an alarm. Order is kept within a subject."""
    data: Mapping[str, Any]
    image: str = ""
    """The image it is about, so that it goes when the image is erased."""
    team: str = ""
    channel: str = ""
    """Where the image or digest belongs; empty for what concerns the whole installation."""
    private: bool = False
    """From a direct message or private channel: only for sinks that name the channel."""

    @property
    def id(self) -> str:
        """A UUID (version 5) of its key."""
        return str(uuid5(NAMESPACE, self.key))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of news as it was written down."""

    id: str
    kind: Kind
    subject: str
    at: datetime
    data: Mapping[str, Any]
    image: str = ""
    team: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Sink:
    """Somebody who wants news: a row of settings."""

    name: str
    kind: SinkKind
    address: str = field(repr=False)
    """URL, topic ARN, IFTTT event, e-mail address or Slack channel. As good as a secret: never shown."""
    secret: str = field(default="", repr=False)
    news: frozenset[Kind] = frozenset({"verdict", "held", "published", "failed"})
    channels: frozenset[str] = frozenset()
    """Slack channel ids; empty: all but private ones."""
    rate: float = 10.0
    """Pieces a second at most."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one delivery goes: a sink's name, or ``slack`` or ``mail`` with a channel or mailbox."""

    sink: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Last:
    """The newest piece of its kind about an image."""

    number: int
    digest: str
    over: bool = False
    """What it told has ended since: the same again would be news."""


def wants(sink: Sink, draft: Draft) -> bool:
    """Is the piece for this sink?

    What belongs to a private channel goes only to sinks that name the channel. A channel's digest goes to
    those that name it too, and the digest of everything to those that name none.
    """
    if draft.kind not in sink.news:
        return False
    if draft.kind == "digest":
        return draft.channel in sink.channels if draft.channel else not sink.channels
    if draft.private or (sink.channels and draft.channel):
        return draft.channel in sink.channels
    return True


def of_report(
    report: Report, location: Literal["none", "place", "exact"]
) -> list[tuple[Kind, dict[str, Any]]]:
    """What a report has to tell as it stands: kinds and data (docs/news.md)."""
    told: list[tuple[Kind, dict[str, Any]]] = []
    common = _common(report)
    state, release = report["state"], report.get("release") or {}
    if report.get("sha256") and release:
        told.append(("verdict", common | _findings(report, location)))
    if state == "held":
        told.append(("held", common | {"decision": release.get("decision"), "reason": release.get("reason")}))
    if state in ("rejected", "failed"):
        told.append(("failed", common | {"reason": report.get("reason"), "parked": state == "failed"}))
    if report.get("page") and state != "held":
        told.append(("published", common | _publication(report)))
    return told


def changes(
    report: Report, location: Literal["none", "place", "exact"], last: Mapping[Kind, Last]
) -> tuple[list[tuple[Kind, dict[str, Any]]], list[Kind]]:
    """What is new against the ``last`` pieces: pieces to be told, and kinds whose last piece is over.

    What was published and is shown no more is told as well; a hold that ended, or a failure that was
    mended, is not, but the same hold or failure later on is news again.
    """
    now = of_report(report, location)
    there = {kind for kind, _ in now}
    over: list[Kind] = [kind for kind, piece in last.items() if kind not in there and not piece.over]
    if "published" in over:
        now.append(("published", _common(report) | dict(HIDDEN)))
    return [(kind, data) for kind, data in now if _is_new(last.get(kind), data)], over


def _is_new(last: Last | None, data: Mapping[str, Any]) -> bool:
    return last is None or last.over or last.digest != fingerprint(data)


def draft(report: Report, kind: Kind, data: Mapping[str, Any], number: int) -> Draft:
    """The draft of an image's news. ``number`` counts the pieces of this kind about this image."""
    source = report["source"]
    image = str(report["id"])
    return Draft(
        key=f"{image}/{kind}/{number}",
        kind=kind,
        subject=image,
        data=data,
        image=image,
        team=source.get("team", ""),
        channel=source.get("channel", ""),
        private=bool(source.get("private")),
    )


def dumped(data: Mapping[str, Any]) -> str:
    """The data as JSON, the same for the same data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(data: Mapping[str, Any]) -> str:
    """Equal for news that says the same: a sha256."""
    return sha256(dumped(data).encode()).hexdigest()


def addresses(piece: Draft, sinks: Sequence[Sink]) -> list[Address]:
    """The sinks that want a piece."""
    return [Address(sink.name) for sink in sinks if wants(sink, piece)]


def _common(report: Report) -> dict[str, Any]:
    source = report["source"]
    private = bool(source.get("private"))
    return {
        "image": report["id"],
        "short": report["short"],
        "entered_at": report["entered_at"],
        "source": source.get("kind"),
        "team": source.get("team") or None,
        "channel": None if private else source.get("channel") or None,
    }


def _findings(report: Report, location: str) -> dict[str, Any]:
    """Of a picture that is not cleared, nothing but the verdict."""
    shown = (report.get("release") or {}).get("decision") == "cleared"
    looked = {
        "faces": None if report.get("faces") is None else len(report["faces"]),
        "watermark_found": (report.get("watermark") or {}).get("found"),
        "place": _place(report, location),
        "location": _location(report, location),
        **{name: report.get(name) for name in ("format", "width", "height", "bytes")},
    }
    return {
        "decision": (report.get("release") or {}).get("decision"),
        "contains_nudity": report.get("contains_nudity"),
        "contains_nudity_confidence": report.get("contains_nudity_confidence"),
        **(looked if shown else dict.fromkeys(looked)),
    }


def _place(report: Report, location: str) -> dict[str, Any] | None:
    found = report.get("place")
    if not found or location == "none":
        return None
    return {name: found.get(name) for name in ("name", "region", "country", "country_code")}


def _location(report: Report, location: str) -> dict[str, Any] | None:
    """The position, only where a setting says that pages may tell it exactly."""
    found = report.get("location")
    if not found or location != "exact":
        return None
    return {name: found.get(name) for name in ("latitude", "longitude")}


def _publication(report: Report) -> dict[str, Any]:
    return {
        "shown": True,
        "page": report["page"],
        "alt": report.get("alt"),
        "renditions": [
            {name: each[name] for name in ("name", "width", "height", "format", "bytes", "url")}
            for each in report["renditions"]
        ],
        "bytes_before": report.get("bytes_before"),
        "bytes_after": report.get("bytes_after"),
    }
