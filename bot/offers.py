"""What can be asked of a picture at this moment, and by whom. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.cards.buttons import can_run
from bot.cards.picture import is_cleared
from bot.cards.published import is_archived, is_published
from bot.cards.whereabouts import has_added_place
from bot.cards.words import person as mention
from pipeline.ports import Report

Deed = Literal["again", "place", "unplace", "withdraw", "publish", "restore"]
"""again: run steps again; place, unplace: change or take away the place that a person added; withdraw: delete
the web copies; publish: make them again; restore: fetch the original back."""
RESTORING = "restore_original"
"""The actor that fetches an original back."""
OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be asked for."""

    deed: Deed
    tells: str
    """What will happen, as mrkdwn."""
    refused: str = ""
    """Why this person may not ask for it; empty where they may."""


def offers(report: Report, person: str, *, withdrawn: bool, operators: Collection[str] = ()) -> list[Offer]:
    """What ``person`` sees on offer. ``withdrawn``: does the wish stand that there be no web copies?"""
    only = only_poster(report, person)
    return [
        *_again(report),
        *_place(report, only if person not in operators else ""),
        *_copies(report, only, withdrawn),
        *_restore(report),
    ]


def underway(report: Report) -> str:
    """What is being done to the picture already, in words; empty where it rests."""
    run = _run(report, RESTORING)
    if is_archived(report) and run.get("state") in OPEN:
        return f"The original is on its way back from the archive. {run.get('error') or ''}".strip()
    return "Some steps are still under way." if report.get("state") == "waiting" else ""


def parked(report: Report) -> list[str]:
    """The steps that did not finish."""
    runs: Mapping[str, Mapping[str, Any]] = report.get("actors") or {}
    return [actor for actor, run in runs.items() if run.get("state") == "failed"]


def _again(report: Report) -> Iterator[Offer]:
    if report.get("state") == "waiting" or is_archived(report) or not can_run(report):
        return
    left = ", ".join(f"`{actor}`" for actor in parked(report))
    yield Offer(
        "again", f"Runs what did not finish: {left}." if left else "Looks again for nudity, faces and a mark."
    )


def _place(report: Report, only: str) -> Iterator[Offer]:
    if has_added_place(report):
        yield Offer("place", "A person said where it was taken: another place takes its place.", only)
        yield Offer("unplace", "Takes the place away that a person added.", only)


def _copies(report: Report, only: str, withdrawn: bool) -> Iterator[Offer]:
    if is_published(report) and not withdrawn:
        yield Offer("withdraw", "Deletes the page and all web copies. Links to them stop working.", only)
    if withdrawn and is_cleared(report) and not is_archived(report):
        yield Offer("publish", "Makes the page and the web copies again, under the same addresses.", only)


def _restore(report: Report) -> Iterator[Offer]:
    run = _run(report, RESTORING)
    if is_archived(report) and is_cleared(report) and run and run.get("state") not in OPEN:
        yield Offer(
            "restore",
            "Fetches the original back from the archive. From a disk that takes moments, from a cloud archive"
            " hours; once it is asked for, this window and Details say how long.",
        )


def only_poster(report: Report, person: str) -> str:
    """Why this person may not do what its poster may; empty where they may."""
    poster = str((report.get("source") or {}).get("person") or "")
    if poster and poster == person:
        return ""
    named = mention(poster)
    return f"Only {named} may do that, who posted the picture." if named else "Only its poster may do that."


def _run(report: Report, actor: str) -> Mapping[str, Any]:
    return (report.get("actors") or {}).get(actor) or {}
