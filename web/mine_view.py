"""What the page about an own image says, made of its report: texts in the reader's language, and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.imaging.maps import map_links
from pipeline.markup import Candidates
from pipeline.model import Location, Spot, Town
from pipeline.ports import Report
from pipeline.publication import Publication
from web import locator, saying
from web.mine_local import local
from web.originals import SHOWN
from web.words import Words

WIDE = 100_000
"""Pixels: all widths."""
ENDED = ("done", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known: what it is, and its words. ``said`` is in English whatever the page is in."""

    name: str
    words: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """One face: its box in pixels of the upright picture, and where it is in words."""

    x: float
    y: float
    width: float
    height: float
    words: str


def view(t: Words, report: Report, publication: Publication | None, nearby: Sequence[Town]) -> dict[str, Any]:
    """All that the template draws."""
    return {
        "report": report,
        "source": report["source"],
        "publication": publication,
        "sets": _sets(publication),
        "plain": report["format"] in SHOWN and (report["archive"] or {}).get("state") != "archived",
        "verdict": verdict(t, report),
        "faces": faces(t, report),
        "facts": facts(t, report),
        "where": where(report, nearby),
        "steps": steps(t, report),
        "ended": sum(run["state"] in ENDED for run in report["actors"].values()),
        "can_place": can_place(report),
    } | saying.all_of(t)


def can_place(report: Report) -> bool:
    """May a person say where it was taken? Once the file was read, where it does not say so itself."""
    location, reading = report["location"], report["actors"].get("read_metadata", {})
    return reading.get("state") == "done" and (location is None or location["source"] == "person")


def verdict(t: Words, report: Report) -> Line:
    """How it stands, in a sentence or two."""
    state, decision = report["state"], (report["release"] or {}).get("decision")
    if state in ("rejected", "failed"):
        return Line(state, t.plain(f"mine.said_{state}"), report["reason"] or "")
    if decision in ("held", "review"):
        return Line(decision, t.plain(f"mine.said_{decision}"))
    if decision is None:
        return Line("waiting", t.plain("mine.said_waiting"))
    if report["nudity_score"] is None:
        return Line("cleared", t.plain("mine.said_cleared_unknown"))
    kind = "nudity" if report["contains_nudity"] else "cleared"
    score = t.plain("mine.score", score=saying.number(t, report["nudity_score"]))
    return Line(kind, f"{t.plain(f'mine.said_{kind}')} {score}")


def faces(t: Words, report: Report) -> list[Face]:
    """The faces, largest first."""
    across, down = report["width"] or 0, report["height"] or 0
    return [
        Face(
            *(box[0] * across, box[1] * down, box[2] * across, box[3] * down),
            t.plain(
                "mine.face_words",
                where=saying.where_in(t, box),
                share=saying.number(t, 100 * box[2]),
                score=saying.number(t, each["score"]),
            ),
        )
        for each in report["faces"] or ()
        for box in [each["box"]]
    ]


def facts(t: Words, report: Report) -> list[Line]:
    """What else is known, one line each."""
    source, camera, mark = report["source"], report["camera"], report["watermark"] or {}
    slack = f", {t.plain('mine.from_slack')}" if source["kind"] == "slack" else ""
    many = report["faces"]
    lines = [
        ("faces", t.plain("mine.faces_unknown") if many is None else saying.count(t, "n_faces", len(many))),
        ("taken", saying.moment(t, report["taken_at"]) if report["taken_at"] else ""),
        ("camera", " ".join(filter(None, (camera["make"], camera["model"])))),
        ("came", saying.moment(t, report["entered_at"]) + slack),
        ("file", _file(t, report)),
        ("saved", _saved(t, report)),
        ("mark", _mark(t, mark)),
    ]
    return [Line(t.plain(f"mine.{name}"), words) for name, words in lines if words]


def _file(t: Words, report: Report) -> str:
    if not report["format"]:
        return str(report["source"].get("name", ""))
    pixels = f"{report['width']} × {report['height']}"
    return ", ".join((report["format"], pixels, saying.size(t, report["bytes"])))


def _saved(t: Words, report: Report) -> str:
    before, after = report["bytes_before"], report["bytes_after"]
    if not before:
        return ""
    share = saying.number(t, 100 * (1 - after / before))
    return t.plain(
        "mine.saved_words", before=saying.size(t, before), after=saying.size(t, after), share=share
    )


def _mark(t: Words, mark: Mapping[str, Any]) -> str:
    if mark.get("found"):
        return t.plain("mine.mark_found")
    return t.plain("mine.mark_added") if mark.get("added") else ""


def where(report: Report, nearby: Sequence[Town]) -> dict[str, Any] | None:
    """The spot, its map and its neighbours; None where it is not known."""
    location = report["location"]
    if location is None:
        return None
    spot = Spot(location["latitude"], location["longitude"])
    return {
        "spot": spot,
        "by_person": location["source"] == "person",
        "map": locator.drawn(spot, nearby, 0.0),
        "neighbours": locator.neighbours(spot, nearby),
        "links": map_links(Location(spot.latitude, spot.longitude)),
    }


def steps(t: Words, report: Report) -> list[dict[str, Any]]:
    """The timeline."""
    return [
        {
            "actor": name,
            "words": saying.known(t, f"mine.actor_{name}", name),
            "state": run["state"],
            "took": "" if run["ms"] is None else saying.span(t, run["ms"]),
            "attempts": run["attempts"],
            "error": run["error"] or "",
        }
        for name, run in report["actors"].items()
    ]


def _sets(publication: Publication | None) -> list[Candidates]:
    return local(publication.renditions, WIDE) if publication else []
