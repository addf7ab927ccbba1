"""Joins visitors to the ledger: who they are, and the personal links that the bot hands out."""

from loupe import uploads
from loupe.ground import Ground
from pipeline.adapters.sqlite_visitors import SqliteVisitors


def visitors(base: Ground) -> SqliteVisitors:
    """Knows visitors."""
    return SqliteVisitors(base.database, uploads.key(base.settings.data))


def personal_link(base: Ground, team: str, user: str, image: str) -> str:
    """A link that lets one Slack account in, once within 15 minutes, to bring an image's original.

    ``team`` and ``user`` are Slack's ids, ``image`` the image's GUID. Show it to this person alone.
    """
    known = visitors(base)
    return f"{base.settings.site}/join/{known.invite(known.of_slack(team, user), image)}"
