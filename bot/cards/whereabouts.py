"""From "no location" to a place: two more buttons of the card, and the modals behind them. Pure.

Limits: docs.slack.dev/reference/block-kit/block-elements/select-menu-element (external_select) and
/reference/block-kit/composition-objects/option-object (text and description 75 characters, value 150).
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.cards.blocks import Block, actions, button, context, section
from bot.cards.forms import View, field, modal, option, picker, plain
from bot.cards.picture import is_cleared, label
from bot.cards.published import is_archived
from bot.cards.words import count, escape
from pipeline.errors import Unsuitable
from pipeline.model import Toponym
from pipeline.ports import Report

UPLOAD, PLACE = "loupe_original", "loupe_place"
"""The buttons of the card."""
OPENED = "loupe_original_open"
"""The button that leads to the upload page."""
UPLOAD_FORM, PLACE_FORM = "loupe_original_form", "loupe_place_form"
SEARCH = "loupe_place_search"
"""The field for a place's name, and its block."""
UPLOAD_TITLE, PLACE_TITLE = "Upload the original", "Add a place"
ORIGINAL_HELPS = "The file on your camera or phone still says where and when it was taken."
PLACE_HELPS = "Or say yourself where it was."
LEAST = 2
"""Letters from which on places are suggested."""
HINT = "Names in any language; words behind a comma narrow it down, as in Paris, Texas."
WHY = (
    "Slack takes the location out of pictures that are posted in it. The original, as your camera or phone"
    " keeps it, still has it: upload the file itself, and time, camera and place are read from it."
    " That file is shown to nobody."
)
TERMS = "The link is for you alone, works once, and for 15 minutes. Press the button again for another one."
HERE_ONLY = "It leads to this computer, so it works only on the machine that Loupe runs on."
SAVED = "Noted: it was taken in or near {place}. The card follows in a moment."


def adding(reports: Sequence[Report], value: str) -> list[Block]:
    """Two buttons for pictures of which nobody knows where they were taken; none where there is none.

    Each stands beside its words, so that the card's row of buttons stays as it is.
    """
    if not value or not any(lacks_place(report) for report in reports):
        return []
    return [
        {**section(ORIGINAL_HELPS), "accessory": button(UPLOAD_TITLE, UPLOAD, value)},
        {**section(PLACE_HELPS), "accessory": button(PLACE_TITLE, PLACE, value)},
    ]


def lacks_place(report: Report) -> bool:
    """Can somebody help? Not while the file cannot be read because it is in the archive."""
    posted = report.get("source") or {}
    known = report.get("location") or is_archived(report)
    return is_cleared(report) and not known and posted.get("kind") == "slack" and bool(posted.get("person"))


def has_added_place(report: Report) -> bool:
    """Is the place one that a person added, and can it be changed?"""
    by_person = (report.get("location") or {}).get("source") == "person"
    return by_person and is_cleared(report) and not is_archived(report)


def upload_form(reports: Sequence[Report], chosen: Report, link: str, metadata: str) -> View:
    """The modal with a personal link to the page that takes the original of the picture."""
    leads = {**button("Open the upload page", OPENED, str(chosen["id"]), style="primary"), "url": link}
    terms = f"{TERMS} {HERE_ONLY}" if is_this_machine(link) else TERMS
    blocks = [*picker(reports, chosen), section(f"*{label(chosen)}*"), section(WHY), actions([leads])]
    blocks.append(context(terms))
    return modal(UPLOAD_TITLE, blocks, callback_id=UPLOAD_FORM, private_metadata=metadata)


def place_form(reports: Sequence[Report], chosen: Report, metadata: str) -> View:
    """The modal in which a place is looked up by its name."""
    search: Block = {
        "type": "external_select",
        "action_id": SEARCH,
        "placeholder": plain("Begin to type a town"),
        "min_query_length": LEAST,
    }
    blocks = [*picker(reports, chosen), section(f"*{label(chosen)}*")]
    blocks.append(field(SEARCH, "Where was it taken?", search, HINT, optional=False))
    return modal(
        PLACE_TITLE,
        blocks,
        close="Cancel",
        callback_id=PLACE_FORM,
        private_metadata=metadata,
        submit="Save",
    )


def saved(chosen: Report, place: str) -> View:
    """What follows, as a modal."""
    return modal(PLACE_TITLE, [section(f"*{label(chosen)}*"), section(SAVED.format(place=escape(place)))])


def telling(title: str, words: str) -> View:
    """A modal that only says something."""
    return modal(title, [section(words)])


def suggestions(found: Sequence[Toponym]) -> list[Block]:
    """Places to choose among; two at one position are one."""
    options = [option(_named(each), _position(each), _people(each)) for each in found]
    return list({each["value"]: each for each in options}.values())


def entered(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[float, float, str]:
    """Latitude, longitude and name of what was chosen. Raises ``Unsuitable`` for what is no position."""
    chosen = (values.get(SEARCH) or {}).get(SEARCH, {}).get("selected_option") or {}
    try:
        latitude, longitude = map(float, str(chosen.get("value")).split(","))
    except ValueError:
        raise Unsuitable("Please choose one of the places that are suggested.") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Unsuitable("This is no position on Earth. Please choose one of the places.")
    return latitude, longitude, str((chosen.get("text") or {}).get("text") or "this place")


def is_this_machine(link: str) -> bool:
    """Does an address lead to the very machine it is opened on?"""
    host = urlsplit(link).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _named(place: Toponym) -> str:
    return ", ".join(dict.fromkeys(part for part in (place.name, place.region, place.country) if part))


def _position(place: Toponym) -> str:
    return f"{place.latitude:.5f},{place.longitude:.5f}"


def _people(place: Toponym) -> str:
    return count(place.population, "inhabitant") if place.population else ""
