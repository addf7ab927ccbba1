"""The modal in which a person says what is wrong with what was found."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from bot.cards.blocks import Block, section
from bot.cards.forms import PICK, PICKED, View, field, modal, option, pictures, text_field
from bot.cards.picture import label
from pipeline.opinions import Wrong
from pipeline.ports import Report

CALLBACK, WRONG, COMMENT = "loupe_opinion_send", "wrong", "comment"
LONGEST = 1000
"""Characters of a comment."""
TITLE = "Wrong result"
CHOICES: Mapping[Wrong, tuple[str, str]] = {
    "nudity": (
        "It shows nudity, or must not be shown",
        "Held at once: its web copies go, a person has to look",
    ),
    "no_nudity": ("It shows no nudity", "Noted; nobody can release a picture from Slack"),
    "faces": ("The faces", "Too many, too few, or none at all"),
    "place": ("The place or the time", ""),
    "mark": ("The mark, or whose picture it was", ""),
    "other": ("Something else", "Please say what, below"),
}
WHAT = (
    "What you say is kept for whoever looks after Loupe, with your name. Only the first choice changes"
    " anything by itself: the picture then waits for a person, and its page and web copies are taken away at"
    " once."
)
THANKS = "Thank you, it is noted."
HELD = (
    "Thank you. The picture is held from now on: its page and web copies are being taken away, and the card"
    " says that it waits for a person."
)


def opinion_form(reports: Sequence[Report], metadata: str) -> View:
    """The modal for any of the ``reports``."""
    which: list[Block] = [section(f"*{label(reports[0])}*")]
    if len(reports) > 1:
        which = [field(PICKED, "Which picture?", pictures(reports, reports[0]), optional=False)]
    choices = [option(words, value, tells) for value, (words, tells) in CHOICES.items()]
    wrong = {"type": "checkboxes", "action_id": WRONG, "options": choices}
    asked = field(WRONG, "What is wrong?", wrong, optional=False)
    comment = field(COMMENT, "What is right?", text_field(COMMENT, multiline=True, most=LONGEST))
    return modal(
        TITLE,
        [section(WHAT), *which, asked, comment],
        close="Cancel",
        callback_id=CALLBACK,
        private_metadata=metadata,
        submit="Send",
    )


def entered(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[str, tuple[Wrong, ...], str]:
    """The image that was chosen (empty where there was no choice), what is wrong, and the comment."""
    chosen = ((values.get(PICKED) or {}).get(PICK, {}).get("selected_option") or {}).get("value")
    ticked = {
        each.get("value") for each in (values.get(WRONG) or {}).get(WRONG, {}).get("selected_options") or []
    }
    comment = str((values.get(COMMENT) or {}).get(COMMENT, {}).get("value") or "")
    wrong: tuple[Wrong, ...] = tuple(each for each in get_args(Wrong) if each in ticked)
    return str(chosen or ""), wrong, comment


def faults(wrong: Sequence[Wrong], comment: str) -> dict[str, str]:
    """What keeps an opinion from being taken, in words, by block."""
    if not wrong:
        return {WRONG: "Please tick what is wrong."}
    if "nudity" in wrong and "no_nudity" in wrong:
        return {WRONG: "It cannot both show nudity and show none: please tick one of the two."}
    if tuple(wrong) == ("other",) and not comment.strip():
        return {COMMENT: "Please say what is wrong."}
    return {}


def thanks(wrong: Sequence[Wrong]) -> View:
    """What follows, as a modal."""
    return modal(TITLE, [section(HELD if "nudity" in wrong else THANKS)])
