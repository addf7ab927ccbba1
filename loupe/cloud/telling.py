"""Who hears reports on AWS: the Slack cards, and the newsroom for everybody else."""

from loupe.cloud.ground import Cloud
from loupe.given import Everybody


def news(base: Cloud) -> Everybody:
    """``News`` for the actors that report."""
    return Everybody((base.cards,))
