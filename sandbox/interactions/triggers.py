"""trigger_ids: the permission to open one modal, for 3 seconds, once.

Source: docs.slack.dev/interactivity/handling-user-interaction; the errors' names as on
docs.slack.dev/reference/methods/views.open.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sandbox.refusal import Refusal

KEPT_SECONDS = 600.0
"""How long one that is over is still told apart from one that never was."""


@dataclass
class Trigger:
    """Who acted, until when it holds, and whether it was used."""

    user: str
    until: float
    spent: bool = False


class Triggers:
    """The trigger ids given out; those long over are forgotten, and unknown from then on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._given: dict[str, Trigger] = {}

    def new(self, user: str) -> str:
        """A trigger id for what this user just did."""
        self._forget_old()
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

    def _forget_old(self) -> None:
        over = time.monotonic() - KEPT_SECONDS
        while self._given and (oldest := next(iter(self._given.items())))[1].until < over:
            del self._given[oldest[0]]
