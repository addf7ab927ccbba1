"""How often Slack's methods may be called, in the DynamoDB table: ``pace#TEAM`` with an item for each method.

Whoever finds that another one counted a call in the meantime reads again.
"""

import time

from pipeline.adapters.dynamo_table import Table, Update
from pipeline.cards import BUSY, Pace

TRIES = 8
"""Of counting a call while others count theirs."""
UNTOUCHED = "attribute_not_exists(#used_until)"


class DynamoPace:
    """``reserve`` and ``hold`` of the ``Cards`` port."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def reserve(self, team: str, method: str, pace: Pace) -> float:
        """See ``Cards.reserve``. In a crowd it may be told to ask again soon."""
        key = f"pace#{team}"
        for _ in range(TRIES):
            now, found = time.time(), self._table.get(key, method) or {}
            used, held = float(found.get("used_until", 0.0)), float(found.get("held_until", 0.0))
            free_at = max(held, used - pace.every * (pace.burst - 1))
            if free_at > now:
                return free_at
            same = "#used_until=:used" if "used_until" in found else UNTOUCHED
            given = {"next": max(used, now) + pace.every} | ({"used": used} if "used_until" in found else {})
            if self._table.write(Update(key, method, "SET #used_until=:next", same, given)):
                return 0.0
        return time.time() + BUSY

    def hold(self, team: str, method: str, until: float) -> None:
        """See ``Cards.hold``."""
        later = "attribute_not_exists(#held_until) OR #held_until<:until"
        self._table.write(Update(f"pace#{team}", method, "SET #held_until=:until", later, {"until": until}))
