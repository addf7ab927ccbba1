"""The functions that speak with Slack and carry the news; ``loupe.aws`` hands them on.

Environment: LOUPE_SLACK_QUEUE (of ``slack``), LOUPE_CARDS_QUEUE and LOUPE_NEWS_QUEUE (of whoever opens cards,
announces reports or tells news: the queues that call ``send_cards`` and ``deliver``).
"""

import os
import time
from functools import cache
from typing import Any, Protocol

from loupe import logs, settings
from loupe.cloud import batches, sending
from loupe.cloud import slack as joined
from loupe.cloud.front import Dispatch, Front, unpacked
from loupe.cloud.ground import Cloud, cloud
from pipeline.adapters.dynamo_cards import DynamoCards
from pipeline.adapters.dynamo_seen import DynamoSeen
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.errors import Unavailable

Event = dict[str, Any]
REPEATED = 6 * 3600.0
"""Seconds for which a delivery is remembered; Slack repeats one three times within about six minutes."""
MENDED = 10
"""Lost messages looked for at most in one invocation."""


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is stopped."""


def slack(event: Event, context: Context) -> Event:
    """Slack's request at the function URL."""
    return _front().receive(event)


def slack_work(event: Event, context: Context) -> Event:
    """The queue of Slack's events: each is handed to the app."""
    return batches.each(event, context, _work)


def send_cards(event: Event, context: Context) -> Event:
    """Called by a message when a card is due, and each minute: sends cards until nothing is due."""
    base, owner = _base(), _name(context)
    left = _left(context)
    looked = 0 if "Records" in event else sending.mend(_repair().mend_next, MENDED, left)
    sent = sending.send_cards(joined.outbox(base), DynamoCards(base.table).next_due, owner, left)
    return {"sent": sent, "looked for": looked}


def deliver(event: Event, context: Context) -> Event:
    """Called by a message when news was told, and each minute: sends it to whoever wants it."""
    from loupe.cloud.telling import sender

    return {"tried": sending.deliver(sender(_base()), _name(context), _left(context))}


def _work(body: str) -> None:
    request, headers = unpacked(body, joined.secret(_base().settings), time.time())
    status, _, _ = _dispatch()(request, headers)
    if status >= 500:
        raise Unavailable("An event of Slack could not be taken in. It is tried again.")


def _name(context: Context) -> str:
    return f"{context.function_name}.{context.aws_request_id}"


def _left(context: Context) -> sending.Left:
    return lambda: context.get_remaining_time_in_millis() / 1000


@cache
def _base() -> Cloud:
    """Opened once in each execution environment."""
    logs.start_part()
    return cloud(settings.load())


@cache
def _front() -> Front:
    base, queue = _base(), SqsQueue(os.environ["LOUPE_SLACK_QUEUE"])
    seen = DynamoSeen(base.table, "slack", REPEATED)
    secret = joined.secret(base.settings)
    return Front(secret, seen, queue.send, lambda body, headers: _dispatch()(body, headers))


@cache
def _dispatch() -> Dispatch:
    return joined.dispatch(joined.app(_base()))


@cache
def _repair() -> joined.Repair:
    return joined.repair(_base())
