"""Who hears reports on AWS: the Slack cards, and the newsroom for everybody else.

Who sends either is called by a message, where the environment names the queue; the schedule does it anyway.
"""

import os
from collections.abc import Callable

from loupe.cloud.bell import bell
from loupe.cloud.ground import Cloud
from loupe.given import Everybody
from loupe.sinks import sinks
from pipeline.adapters.dynamo_cards import DynamoCards
from pipeline.adapters.dynamo_newsroom import DynamoNewsroom
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.beats import nobody

CARDS_QUEUE, NEWS_QUEUE = "LOUPE_CARDS_QUEUE", "LOUPE_NEWS_QUEUE"
"""URLs of the queues that call ``send_cards`` and ``deliver``."""


def news(base: Cloud) -> Everybody:
    """``News`` for the actors that report."""
    return Everybody((cards(base), newsroom(base)))


def cards(base: Cloud) -> DynamoCards:
    """The outbox of Slack cards."""
    return DynamoCards(base.table, _bell(CARDS_QUEUE))


def newsroom(base: Cloud) -> DynamoNewsroom:
    """Writes news down, for the sinks that are rows of settings."""
    settings, actors = base.settings, base.chain.names()
    heard = sinks(settings.sinks)
    return DynamoNewsroom(base.table, heard, actors, settings.page_location, changed=_bell(NEWS_QUEUE))


def _bell(variable: str) -> Callable[[], None]:
    queue = os.environ.get(variable)
    return bell(SqsQueue(queue).send, "There is something to be sent.") if queue else nobody
