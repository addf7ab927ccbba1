"""Who runs this installation, and where they hear of it. In the sandbox, all people do."""

from collections.abc import Sequence

from loupe.settings import Settings


def channel(settings: Settings) -> str:
    """The Slack channel that hears alarms and the digest of everything; empty where there is none."""
    if settings.operators_channel or settings.has_slack:
        return settings.operators_channel
    from sandbox.workspace import OPERATORS_CHANNEL  # a package for Lambda is without the sandbox

    return OPERATORS_CHANNEL


def people(settings: Settings) -> Sequence[str]:
    """Slack ids of those who may replay parked runs."""
    if settings.operators or settings.has_slack:
        return settings.operators
    from sandbox.workspace import APP, PEOPLE, SLACKBOT

    return [user.id for user in PEOPLE if user.app_id != APP and user.id != SLACKBOT]
