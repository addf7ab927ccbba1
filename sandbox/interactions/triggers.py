"""trigger_ids: the permission to open one modal, for 3 seconds, once.

Source: docs.slack.dev/interactivity/handling-user-interaction; the errors' names as on
docs.slack.dev/reference/methods/views.open.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sandbox.refusal import Refusal


@dataclass
class Trigger:
    """Who acted, until when it holds, and whether it was used."""

    user: str
    until: float
    spent: bool = False


class Triggers:
    """All trigger ids ever given out."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._given: dict[str, Trigger] = {}

    def new(self, user: str) -> str:
        """A trigger id for what this user just did."""
        id = f"{time.time_ns() // 1000}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._given[id] = Trigger(user, time.monotonic() + self._seconds)
        return id

    def spend(self, id: str) -> str:
        """The user of this trigger; Refusal where it is unknown, too old or was used before."""
        trigger = self._given.get(id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.spent:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() > trigger.until:
            raise Refusal("expired_trigger_id")
        trigger.spent = True
        return trigger.user
