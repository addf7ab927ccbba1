"""What Slack knows of a person, asked while that person waits.

Source: docs.slack.dev/reference/methods/users.info (``tz``; scope users:read).
"""

from functools import cache
from zoneinfo import available_timezones

from slack_sdk import WebClient

from bot.api import call
from bot.refusals import Refusal

HURRY = 2
"""Seconds; a slash command must be answered within three."""


class People:
    """Asks about people; nothing that Slack does not tell in time is waited for."""

    def __init__(self, client: WebClient) -> None:
        self._client = WebClient(
            token=client.token, base_url=client.base_url, timeout=HURRY, retry_handlers=[]
        )

    def zone(self, person: str) -> str | None:
        """The time zone that a person has set in Slack; None where that is not known."""
        try:
            found = (call(self._client.users_info, user=person).get("user") or {}).get("tz")
        except Refusal:
            return None
        return str(found) if found in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
