"""The modal behind More: what can still be done with a picture, each with a button while it is possible."""

from collections.abc import Sequence
from typing import Any

from bot.cards.blocks import Block, button, context, section
from bot.cards.forms import View, modal, picker, plain
from bot.cards.picture import label
from bot.cards.words import escape
from bot.offers import Deed, Offer
from pipeline.ports import Report

CALLBACK, TITLE = "loupe_more_form", "More"
DEED = "loupe_deed_"
"""Begins the action of every button here."""
NAMES: dict[Deed, str] = {
    "again": "Run again",
    "place": "Change the place",
    "unplace": "Remove the place",
    "withdraw": "Delete the web copies",
    "publish": "Make web copies again",
    "restore": "Restore the original",
}
CONFIRM = {
    "title": plain("Delete the web copies?"),
    "text": plain("The page and every copy go at once; pages that show the picture will show a gap."),
    "confirm": plain("Delete"),
    "deny": plain("Keep"),
    "style": "danger",
}
DANGEROUS: dict[Deed, dict[str, Any]] = {"withdraw": {"style": "danger", "confirm": CONFIRM}}
DONE: dict[Deed, str] = {
    "unplace": "The place is being taken away. The card follows in a moment.",
    "again": "It is being run again. The card changes if anything else comes out.",
    "withdraw": "The web copies are being deleted. The card follows in a moment.",
    "publish": "The web copies are being made again. The card follows in a moment.",
    "restore": "The original is being fetched from the archive. The card says when it is there.",
}
NOTHING = "There is nothing to do with this picture at the moment."


def more_form(
    reports: Sequence[Report], chosen: Report, offers: Sequence[Offer], underway: str, metadata: str
) -> View:
    """The modal for one of the ``reports``, with what is on offer for whoever opened it."""
    head = [*picker(reports, chosen), section(f"*{label(chosen)}*")]
    doing = [context(escape(underway))] if underway else []
    shown = [_shown(offer) for offer in offers] or [section(NOTHING)]
    return modal(TITLE, [*head, *doing, *shown], callback_id=CALLBACK, private_metadata=metadata)


def telling(reports: Sequence[Report], chosen: Report, words: str, metadata: str) -> View:
    """What became of a press, in place of the buttons."""
    blocks = [*picker(reports, chosen), section(f"*{label(chosen)}*"), section(words)]
    return modal(TITLE, blocks, callback_id=CALLBACK, private_metadata=metadata)


def gone(words: str) -> View:
    """A modal that only says something."""
    return modal(TITLE, [section(words)])


def _shown(offer: Offer) -> Block:
    if offer.refused:
        return section(f"*{NAMES[offer.deed]}*\n{offer.tells} {offer.refused}")
    pressed = button(NAMES[offer.deed], DEED + offer.deed, offer.deed, **DANGEROUS.get(offer.deed, {}))
    return {**section(offer.tells), "accessory": pressed}
