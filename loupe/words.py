"""Reports and queues as text for a person at a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pipeline.alarms import Alarm
from pipeline.archiving import minute
from pipeline.catalog import Erased, Queue
from pipeline.opinions import Opinion, Wrong
from pipeline.ports import Report

VERDICTS = {"cleared": "Nothing to hold back", "review": "A person should look", "held": "Held back"}

WRONG: Mapping[Wrong, str] = {
    "nudity": "it must not be shown",
    "no_nudity": "it shows no nudity",
    "faces": "the faces are wrong",
    "place": "the place or time is wrong",
    "mark": "the mark is wrong",
    "other": "something else is wrong",
}


def report_text(report: Report) -> str:
    """A report in a few lines; the verdict first."""
    head = f"{report['short']}  {report['source']['name']}  ({report['id']})"
    return "\n".join([head, *(f"  {line}" for line in _lines(report))])


def erased_text(gone: Erased) -> str:
    """What is told of an image that is no more."""
    words = "was erased on" if gone.done else "is being erased since"
    return f"{gone.short} {words} {minute(gone.at)}."


def timeline_text(report: Report) -> str:
    """One line per actor: how it ended, attempts, milliseconds, what went wrong."""
    return "\n".join(f"  {_run(name, run)}" for name, run in report["actors"].items())


def opinions_text(opinions: Sequence[Opinion]) -> str:
    """What people said is wrong with the result, one line each."""
    return "\n".join(f"  {_opinion(each)}" for each in opinions)


def alarm_text(alarm: Alarm) -> str:
    """A standing alarm in two or three lines."""
    what, _, mend = alarm.words.partition("\n")
    calm = f", well since {alarm.well_since:%H:%M} UTC" if alarm.well_since else ""
    head = f"ALARM since {minute(alarm.raised_at)}{calm}: {what}"
    return f"{head}\n  {mend}" if mend else head


def queue_text(queue: Queue) -> str:
    """The queue in two lines."""
    states = ", ".join(f"{n} {state}" for state, n in sorted(queue.images.items())) or "none yet"
    oldest = f", the oldest for {queue.oldest_seconds:.0f} s" if queue.waiting else ""
    return (
        f"Runs: {queue.waiting} waiting{oldest}, {queue.running} running, {queue.delayed} to be tried again,"
        f" {queue.parked} parked\nImages: {states}"
    )


def _lines(report: Report) -> Iterator[str]:
    yield _verdict(report)
    if report["format"]:
        yield f"{report['format']}, {report['width']} x {report['height']}, {report['bytes']:,} bytes"
    if report["duplicate_of"]:
        yield f"The same picture as {report['duplicate_of']['short']}"
    if report.get("archive"):
        yield _archive(report["archive"])
    if report["faces"] is not None:
        yield f"{len(report['faces'])} face{'' if len(report['faces']) == 1 else 's'}"
    yield from _where(report)
    yield from _web(report)
    camera = _camera(**report["camera"])
    if camera or report["taken_at"]:
        yield f"Taken {report['taken_at'] or 'at an unknown time'}" + (f" with {camera}" if camera else "")


def _verdict(report: Report) -> str:
    if report["state"] in ("rejected", "failed"):
        return f"{report['state'].capitalize()}: {report['reason']}"
    if not report["release"]:
        return f"State: {report['state']}"
    words = VERDICTS[report["release"]["decision"]]
    score = report["nudity_score"]
    return f"{words}: nudity score {score:.1f} of 100" if score is not None else words


def _where(report: Report) -> Iterator[str]:
    place, links = report["place"], report["map_links"]
    if place:
        yield ", ".join(part for part in (place["name"], place["region"], place["country"]) if part)
    if links:
        yield f"{links['openstreetmap']}  {links['google']}"
    elif report["no_location"]:
        yield f"No location: {report['no_location']}"


def _camera(make: str | None, model: str | None) -> str:
    """Many models begin with their maker's name."""
    named = make and model and model.lower().startswith(make.lower())
    return " ".join(part for part in (None if named else make, model) if part)


def _web(report: Report) -> Iterator[str]:
    """An earlier mark, and what was published."""
    mark = report.get("watermark")
    if mark and mark["found"]:
        whose = mark["earlier"]["short"] if mark["earlier"] else "a picture that is not in this ledger"
        yield f"Already marked by {whose}, sure to {mark['confidence']:.0f} of 100"
    if report.get("page"):
        yield f"Page: {report['page']}"
        yield (
            f"{len(report['renditions'])} web copies: {report['bytes_after']:,} bytes,"
            f" {report['bytes_before']:,} before compression"
        )


def _archive(kept: Report) -> str:
    until = minute(datetime.fromisoformat(kept["until"])) if kept["until"] else ""
    words = {
        "copied": "The archive has a copy of the original",
        "archived": "The original is in the archive",
        "restored": f"The original is back from the archive until {until}",
    }
    return f"{words[kept['state']]} ({kept['bytes']:,} bytes there)"


def _opinion(opinion: Opinion) -> str:
    wrong = ", ".join(WRONG[each] for each in opinion.wrong)
    seen = "".join(sign if sign.isprintable() else " " for sign in opinion.comment)
    comment = " ".join(seen.split())
    return (
        f"{opinion.at:%Y-%m-%d %H:%M} UTC, {opinion.person} says: {wrong}{f': {comment}' if comment else ''}"
    )


def _run(name: str, run: Report) -> str:
    ms = f"{run['ms']:.0f} ms" if run["ms"] is not None else "-"
    error = f"  {run['error']}" if run["error"] else ""
    return f"{name:<16} {run['state']:<8} {run['attempts']} x {ms:>9}{error}"
