"""The one card of a message: of one picture or of many, first without, then with what was found."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import earlier, picture, published
from bot.cards.blocks import ALL_BLOCKS, SECTION, TEXT, Block, context, cut, section
from bot.cards.buttons import buttons
from bot.cards.whereabouts import adding
from bot.cards.words import count, escape
from pipeline.ports import Report

MOST = 40
"""Pictures that get a section of their own; Slack's own client attaches ten files at most."""
ADMIN = "An admin has to"
"""Stands in the words about everything that only an admin can mend."""
AGAIN = "It is tried again by itself; nothing is lost."
HONESTY = "Found by programs, which can be wrong."


@dataclass(frozen=True, slots=True)
class Content:
    """What one Slack message shows. ``text`` says everything that the blocks say."""

    text: str
    blocks: tuple[Block, ...] = ()

    @property
    def digest(self) -> str:
        """Changes when the content does."""
        return text_digest(json.dumps([self.text, self.blocks], sort_keys=True))


def text_digest(words: str) -> str:
    """Stands for words that are too long to be kept."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]


def looking(done: int, total: int, delays: Sequence[str] = ()) -> Content:
    """What stands in the thread while a picture takes longer; ``delays`` say what it waits for."""
    words = "Looking at the picture…" if total == 1 else f"Looking at {total} pictures, {done} done…"
    why = " ".join(map(escape, delays))
    if needs_admin(delays):
        some = "" if total == 1 else f" {done} of {total} pictures are done."
        words = f"*Not looked at yet.* {why}{some} {AGAIN}"
    elif why:
        words = f"{words} {why} {AGAIN}"
    words = cut(words, SECTION)
    return Content(words, (section(words),))


def needs_admin(delays: Sequence[str]) -> bool:
    """Is there anything that will not pass by itself?"""
    return any(ADMIN in words for words in delays)


def saying(words: str) -> Content:
    """A plain answer; ``words`` are already escaped."""
    return Content(cut(words, TEXT), (section(words),))


def card(reports: Sequence[Report], here: str, value: str = "") -> Content:
    """The card of a message in channel ``here``; ``value`` goes with its buttons."""
    if len(reports) == 1:
        return _single(reports[0], here, value)
    return _many(reports, here, value)


def _single(report: Report, here: str, value: str) -> Content:
    verdict, facts, links = picture.verdict(report), picture.facts(report), published.lines(report)
    small = [picture.label(report), *_before(report, here), picture.credit(report)]
    if facts:
        small.append(HONESTY)
    footer = "\n".join(line for line in small if line)
    told, copies = ([section("\n".join(lines))] if lines else [] for lines in (facts, links))
    body = [section(verdict), *told, *copies, *adding([report], value)]
    text = "\n".join([verdict, *facts, *links, footer])
    return Content(cut(text, TEXT), (*body, context(footer), *buttons([report], value)))


def _many(reports: Sequence[Report], here: str, value: str) -> Content:
    shown, rest = reports[:MOST], len(reports) - MOST
    head = f"*{summary(reports)}*"
    tail = "\n".join(dict.fromkeys(filter(None, [HONESTY, *(picture.credit(r) for r in reports)])))
    if rest > 0:
        tail = f"{count(rest, 'more picture')} of this message: `/imgstatus channel` lists them.\n{tail}"
    frame = [section(head), *adding(shown, value), context(tail), *buttons(reports, value)]
    bodies = next(
        bodies
        for level in (_full, _short, _shortest)
        if _weight([*frame, *map(section, bodies := [level(i, r, here) for i, r in enumerate(shown, 1)])])
        <= ALL_BLOCKS
        or level is _shortest
    )
    text = next(
        text
        for level in (_full, _short, _shortest)
        if len(text := "\n".join([head, *(level(i, r, here) for i, r in enumerate(shown, 1)), tail])) <= TEXT
        or level is _shortest
    )
    return Content(cut(text, TEXT), (frame[0], *map(section, bodies), *frame[1:]))


def summary(reports: Sequence[Report]) -> str:
    """How many pictures ended how: ``3 pictures: 2 looked at, 1 held for a moderator``."""
    quiet = sum(picture.is_quiet(r) for r in reports)
    trouble = sum(picture.is_trouble(r) and not picture.is_quiet(r) for r in reports)
    clear = len(reports) - quiet - trouble
    parts = [(clear, "looked at"), (quiet, "held for a moderator"), (trouble, "not looked at")]
    return f"{count(len(reports), 'picture')}: " + ", ".join(f"{n} {words}" for n, words in parts if n)


def _full(index: int, report: Report, here: str) -> str:
    known = [*picture.facts(report), *published.short(report), *_before(report, here)]
    return "\n".join([f"*{index}.* {picture.label(report)}", picture.verdict(report), *known])


def _short(index: int, report: Report, here: str) -> str:
    known = " · ".join(filter(None, [picture.brief(report), published.brief(report)]))
    rest = filter(None, [known, published.original(report), *_before(report, here)])
    return cut("\n".join([f"*{index}.* {picture.label(report)}", picture.verdict(report), *rest]), 500)


def _shortest(index: int, report: Report, _here: str) -> str:
    return f"*{index}.* {picture.headline(report)}"


def _before(report: Report, here: str) -> list[str]:
    return [line for line in (earlier.duplicate(report, here), earlier.mark(report, here)) if line]


def _weight(blocks: Sequence[Block]) -> int:
    return len(json.dumps(list(blocks), ensure_ascii=False))
