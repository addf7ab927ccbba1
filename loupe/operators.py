"""Who runs this installation, and where they hear of it. In the sandbox, all people do."""

from collections.abc import Sequence

from loupe.settings import Settings
from sandbox.workspace import APP, OPERATORS_CHANNEL, PEOPLE, SLACKBOT


def channel(settings: Settings) -> str:
    """The Slack channel that hears alarms and the digest of everything; empty where there is none."""
    return settings.operators_channel or ("" if settings.has_slack else OPERATORS_CHANNEL)


def people(settings: Settings) -> Sequence[str]:
    """Slack ids of those who may replay parked runs."""
    everybody = [user.id for user in PEOPLE if user.app_id != APP and user.id != SLACKBOT]
    return settings.operators or (() if settings.has_slack else everybody)
