"""What one picture's report says, as lines of Slack's mrkdwn.

``report`` is the mapping of the design's section 6. A held picture, and one that waits for a person, shows
nothing of what is in it: no faces, no place, no camera, no score.
"""

from collections.abc import Mapping

from bot.cards.words import count, date, escape, link, name, person, whole
from pipeline.ports import Report
from pipeline.text import size

SLACK_STRIPS = (
    "Slack removes the location from photos that are posted in it, so a posted photo usually has none."
)
DECIDING = "decide_release"
"""The actor that clears and holds."""
REPORTING = "report_findings"
"""The actor that announces what was found."""
CREDIT = "Place names: GeoNames (CC BY 4.0), OpenStreetMap (ODbL)."


def is_quiet(report: Report) -> bool:
    """May this picture's findings not be shown?"""
    return report.get("state") == "held" or _decision(report) in ("held", "review")


def is_trouble(report: Report) -> bool:
    """Was the picture refused, or did something break?"""
    return report.get("state") in ("rejected", "failed")


def is_told(report: Report) -> bool:
    """Have the findings been announced, even if the web copies are still being made?"""
    reported = (report.get("actors") or {}).get(REPORTING) or {}
    return report.get("state") != "waiting" or reported.get("state") == "done"


def is_cleared(report: Report) -> bool:
    """May everybody see it? Cleared, and nobody is deciding anew; a broken step alone hides nothing."""
    deciding = ((report.get("actors") or {}).get(DECIDING) or {}).get("state") in ("waiting", "running")
    settled = report.get("state") not in ("held", "rejected") and _decision(report) == "cleared"
    return settled and not deciding


def verdict(report: Report) -> str:
    """The verdict in words, one or two sentences."""
    if report.get("state") == "rejected":
        return f"*Not looked at.* {escape(report.get('reason') or 'This file cannot be read as a picture.')}"
    if report.get("state") == "failed":
        reason = escape(report.get("reason") or "A step broke.")
        if is_cleared(report):
            return f"{_nudity(report)} One step did not finish: {reason} It can be run again."
        return f"*Not finished.* {reason} It is put aside and can be run again; nothing is lost."
    if _decision(report) == "review":
        return (
            "*Waiting for a person.* A moderator will look at this picture before it is shown anywhere else."
        )
    if is_quiet(report):
        return (
            "*Held for a moderator.* This picture is not shown anywhere else until a person has looked at it."
        )
    return _nudity(report)


def headline(report: Report) -> str:
    """The picture's id and how it ended, in a few words."""
    if report.get("state") == "rejected":
        ending = "not looked at"
    elif report.get("state") == "failed":
        ending = "not finished"
    elif is_quiet(report):
        ending = "waits for a person" if _decision(report) == "review" else "held for a moderator"
    else:
        ending = "nudity seen" if report.get("contains_nudity") else "no nudity seen"
        if report.get("nudity_score") is None:
            ending = "nudity could not be checked"
    return f"{name(report.get('short') or '?', 20)}: {ending}"


def facts(report: Report) -> list[str]:
    """Everything else that may be said, one line each, most interesting first."""
    if not is_cleared(report):
        return []
    lines = [_faces(report), *_place(report), _camera(report), _taken(report), _file(report)]
    return [line for line in lines if line]


def brief(report: Report) -> str:
    """The facts on one short line, for a card about many pictures."""
    if not is_cleared(report):
        return ""
    where = _place_name(report) or "no location"
    return f"{_faces(report)} · {where}"


def label(report: Report) -> str:
    """The picture's id and its file name."""
    given = (report.get("source") or {}).get("name")
    return f"{name(report.get('short') or report.get('id') or '?')}" + (f" · {name(given)}" if given else "")


def credit(report: Report) -> str:
    """Whose place names these are, where there are any."""
    return CREDIT if is_cleared(report) and _place_name(report) else ""


def _decision(report: Report) -> str | None:
    release = report.get("release") or {}
    return release.get("decision") if isinstance(release, Mapping) else None


def _nudity(report: Report) -> str:
    score = report.get("nudity_score")
    if score is None:
        return "*Nudity could not be checked.* The rest was looked at."
    if report.get("contains_nudity"):
        return f"*Nudity seen.* The detector gave {whole(score)} of 100."
    return f"*No nudity seen.* The detector gave {whole(score)} of 100."


def _faces(report: Report) -> str:
    faces = report.get("faces")
    if faces is None:
        return "Faces could not be looked for"
    return count(len(faces), "face") if faces else "No faces seen"


def _place_name(report: Report) -> str:
    place = report.get("place") or {}
    parts = [place.get(key) for key in ("name", "region", "country")]
    return ", ".join(name(part) for part in dict.fromkeys(parts) if part)


def _place(report: Report) -> list[str]:
    location = report.get("location")
    if not location:
        return [f"No location: {_no_location(report)}"]
    where = _place_name(report)
    distance = (report.get("place") or {}).get("distance_km")
    near = f" ({distance:.0f} km away)" if where and distance and distance >= 1 else ""
    point = f"{location['latitude']:.5f}, {location['longitude']:.5f}"
    added = [f"Added by {who}"] if (who := person(str(location.get("by") or ""))) else []
    maps = report.get("map_links") or {}
    links = [
        link(maps[key], f"map on {title}")
        for key, title in (("openstreetmap", "OpenStreetMap"), ("google", "Google"))
        if maps.get(key)
    ]
    return [
        f"Taken in or near {where}{near}" if where else "Taken at a known position",
        " · ".join([point, *links, *added]),
    ]


def _no_location(report: Report) -> str:
    given = escape(report.get("no_location") or "the file carries none").rstrip(".") + "."
    posted = (report.get("source") or {}).get("kind") == "slack"
    return f"{given} {SLACK_STRIPS}" if posted and "Slack" not in given else given


def _camera(report: Report) -> str:
    camera = report.get("camera") or {}
    make, model = str(camera.get("make") or ""), str(camera.get("model") or "")
    if make and model.lower().startswith(make.lower()):
        make = ""
    both = f"{make} {model}".strip()
    return f"Camera: {name(both)}" if both else ""


def _taken(report: Report) -> str:
    taken = str(report.get("taken_at") or "")
    if not taken:
        return ""
    clock = name(taken.replace("T", " "))
    offset = taken[-6:-5] in ("+", "-") or taken.endswith("Z")
    return f"Taken: {clock}, for you {date(taken)}" if offset else f"Taken: {clock} by the camera's clock"


def _file(report: Report) -> str:
    parts = []
    if report.get("format"):
        parts.append(name(report["format"]))
    if report.get("width") and report.get("height"):
        parts.append(f"{report['width']} × {report['height']} pixels")
    if report.get("bytes"):
        parts.append(size(report["bytes"]))
    if (report.get("frames") or 1) > 1:
        parts.append(f"{count(report['frames'], 'frame')}, the first was looked at")
    return "File: " + ", ".join(parts) if parts else ""
