"""The answers of /imgstatus and of the Details button: lists, timelines and health, all as short texts."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from bot.cards import earlier, picture, published
from bot.cards.message import Content, saying
from bot.cards.words import count, date, escape, name
from pipeline.catalog import Erased, Listed, Queue
from pipeline.ports import Report

ENDINGS = {
    "waiting": "being looked at",
    "done": "looked at",
    "held": "held for a moderator",
    "rejected": "not looked at",
    "failed": "not finished",
}
USES = {
    "": "your last five pictures and how busy Loupe is",
    "ID": "what was found in one picture and how long each step took, such as `/imgstatus IMG-7F3K`",
    "channel": "the newest pictures of this channel",
    "health": "what runs and how well",
    "digest": "when this channel's digest comes, and today so far; also `digest now`,"
    " `digest on 09:00 [Area/City]` and `digest off`",
    "mail ADDRESS": "the daily digest by mail, such as `/imgstatus mail you@example.org`; `mail off` ends it",
    "help": "this list",
}


def listing(title: str, listed: Sequence[Listed], nothing: str) -> list[str]:
    """Pictures, newest first, one line each."""
    if not listed:
        return [nothing]
    return [f"*{title}*", *(_line(image) for image in listed)]


def _line(image: Listed) -> str:
    named = f" · {name(image.source.name, 40)}" if image.source.name else ""
    return f"• {name(image.short)}: {ENDINGS[image.state]}, posted {date(image.entered_at)}{named}"


def queue(busy: Queue) -> str:
    """How busy the engine is, on one line."""
    words = f"{count(busy.waiting, 'step')} waiting, {busy.running} running, {busy.delayed} to be tried again"
    parked = f", {busy.parked} put aside" if busy.parked else ""
    oldest = f"; the oldest waits {busy.oldest_seconds:.0f} s" if busy.oldest_seconds >= 1 else ""
    return f"Queue: {words}{parked}{oldest}."


def mine(listed: Sequence[Listed], busy: Queue) -> Content:
    """Answer to ``/imgstatus``."""
    nothing = "You have not posted a picture that I saw."
    return saying("\n".join([*listing("Your last pictures", listed, nothing), queue(busy)]))


def room(listed: Sequence[Listed]) -> Content:
    """Answer to ``/imgstatus channel``."""
    nothing = "I have not seen a picture in this channel. If I am not in it, invite me with `/invite @Loupe`."
    return saying("\n".join(listing("The newest pictures of this channel", listed, nothing)))


def one(report: Report, here: str) -> Content:
    """Answer to ``/imgstatus ID``: the findings, what was published, and the timeline."""
    before = [earlier.duplicate(report, here), earlier.mark(report, here)]
    lines = [f"*{picture.label(report)}*", *_findings(report), *published.lines(report), *before]
    return saying("\n".join(line for line in [*lines, *timeline(report)] if line))


def _findings(report: Report) -> list[str]:
    """What is known so far; web copies are still being made when the verdict is long there."""
    if not picture.is_told(report):
        return ["*Being looked at.*"]
    busy = ["Some steps are still under way."] if report.get("state") == "waiting" else []
    return [picture.verdict(report), *picture.facts(report), *busy]


def timeline(report: Report) -> list[str]:
    """Every actor with its state, milliseconds and attempts."""
    actors: Mapping[str, Mapping[str, Any]] = report.get("actors") or {}
    quiet = picture.is_quiet(report)
    return ["*Steps*", *(_run(actor, run, quiet) for actor, run in actors.items())] if actors else []


def _run(actor: str, run: Mapping[str, Any], quiet: bool) -> str:
    took = f", {float(run['ms']):,.0f} ms" if run.get("ms") is not None else ""
    tried = f", {count(int(run['attempts']), 'attempt')}" if run.get("attempts") else ""
    error = f": {escape(str(run['error'])[:200])}" if run.get("error") and not quiet else ""
    return f"• `{escape(actor)}` {escape(run.get('state') or 'waiting')}{took}{tried}{error}"


def health(rows: Sequence[tuple[str, str]]) -> Content:
    """Answer to ``/imgstatus health``: (label, words), one a line."""
    return saying("\n".join(["*Health*", *(f"*{escape(label)}*: {escape(words)}" for label, words in rows)]))


def unknown(id: str) -> Content:
    """No such picture, or none that may be told about here: the same words for both."""
    return saying(
        f"I know no picture {name(id, 40)} that I can tell you about here."
        " `/imgstatus` lists your own, `/imgstatus channel` those of this channel."
    )


def erased(gone: Erased) -> Content:
    """A picture that is no more: whoever knows its id may know that."""
    words = "was erased" if gone.done else "is being erased"
    return saying(f"{name(gone.short)} {words}, {date(gone.at)}. Nothing of it is kept.")


def usage(said: str = "") -> Content:
    """What the command can do; ``said`` is what was typed, when it was none of that."""
    lines = [f"`/imgstatus{' ' + use if use else ''}`: {words}" for use, words in USES.items()]
    if said:
        guess = get_close_matches(said.lower(), [use for use in USES if use.islower()], n=1, cutoff=0.6)
        meant = f" Did you mean `/imgstatus {guess[0]}`?" if guess else ""
        lines.insert(0, f"I do not know “{name(said, 40)}”.{meant}")
    return saying("\n".join(lines))
