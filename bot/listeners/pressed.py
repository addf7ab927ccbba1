"""Who pressed what, where: read from Slack's payloads of buttons in messages and in modals. Pure.

Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload and view-interactions-payload. A
modal is told of its channel by nobody but the ``private_metadata`` that it was opened with.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.envelope import team_of
from pipeline.catalog import Catalog
from pipeline.ports import Report

MOST = 100
"""Pictures of one message to choose among; a menu holds no more."""
METADATA = 3000
"""Characters of ``private_metadata``."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The message that a modal is about, and how to whisper to whoever opened it."""

    channel: str
    ts: str
    image: str = ""
    """The picture that was chosen; empty for the first that fits."""
    respond: str = ""
    """The response_url of the button in the message."""

    @property
    def metadata(self) -> str:
        """For ``private_metadata``."""
        words = json.dumps(asdict(self))
        return words if len(words) <= METADATA else json.dumps(asdict(replace(self, respond="")))

    def about(self, image: str) -> "Seat":
        """The same with this picture chosen."""
        return replace(self, image=image)


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press."""

    team: str
    person: str
    seat: Seat
    action: str
    value: str
    """What was chosen in a menu, or the button's value."""
    trigger: str
    view: str
    """The id of the modal; empty when the button stands in a message."""


def pressed(body: Mapping[str, Any]) -> Pressed:
    """A press, whatever it was on."""
    action: Mapping[str, Any] = next(iter(body.get("actions") or []), {})
    chosen = (action.get("selected_option") or {}).get("value")
    view = body.get("view") or {}
    return Pressed(
        team=team_of(body),
        person=str((body.get("user") or {}).get("id") or ""),
        seat=seat_of(view) if view else _of_message(body, str(action.get("value") or "")),
        action=str(action.get("action_id") or ""),
        value=str(chosen or action.get("value") or ""),
        trigger=str(body.get("trigger_id") or ""),
        view=str(view.get("id") or ""),
    )


def seat_of(view: Mapping[str, Any]) -> Seat:
    """What the modal was opened about; nothing where that cannot be read."""
    try:
        known = json.loads(view.get("private_metadata") or "{}")
        return Seat(**{key: str(value) for key, value in known.items()})
    except (ValueError, TypeError, AttributeError):
        return Seat("", "")


def _of_message(body: Mapping[str, Any], value: str) -> Seat:
    """Only of the channel in which the button was pressed, whatever its value says."""
    container = body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    named, _, ts = value.partition(":")
    return Seat(channel, ts if named == channel else "", "", str(body.get("response_url") or ""))


def reports(seat: Seat, team: str, catalog: Catalog, most: int = MOST) -> list[Report]:
    """The reports of the message's pictures, as they are now."""
    if not seat.channel or not seat.ts:
        return []
    return [catalog.report(each.image) for each in catalog.of_message(team, seat.channel, seat.ts)[:most]]


def chosen(found: list[Report], image: str) -> Report | None:
    """The picture that was chosen; the first where none was; None where it is not among them."""
    return next((each for each in found if image in ("", each["id"])), None)
