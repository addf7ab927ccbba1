"""The functions that speak with Slack and carry the news; ``loupe.aws`` hands them on.

Environment: LOUPE_SLACK_QUEUE (of ``slack``), LOUPE_CARDS_QUEUE and LOUPE_NEWS_QUEUE (of whoever opens cards,
announces reports or tells news: the queues that call ``send_cards`` and ``deliver``).
"""

import os
import time
from functools import cache
from typing import Any, Protocol

from bot.repair import Repair
from loupe import logs, settings
from loupe.cloud import batches, secrets, sending
from loupe.cloud import slack as joined
from loupe.cloud.carrying import sender
from loupe.cloud.front import Dispatch, Front, unpacked
from loupe.cloud.ground import Cloud, cloud
from pipeline.adapters.dynamo_seen import DynamoSeen
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.errors import Unavailable
from pipeline.sending import Sender

Event = dict[str, Any]
REPEATED = 6 * 3600.0
"""Seconds for which a delivery is remembered; Slack repeats one three times within about six minutes."""
MENDED = 10
"""Lost messages looked for at most in one invocation."""
NEWS_KEPT = 30 * 86_400.0
"""Seconds for which deliveries that were sent are kept."""


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is stopped."""


def slack(event: Event, context: Context) -> Event:
    """Slack's request at the function URL."""
    _renew()
    return _front().receive(event)


def slack_work(event: Event, context: Context) -> Event:
    """The queue of Slack's events: each is handed to the app."""
    _renew()
    return batches.each(event, context, _work)


def send_cards(event: Event, context: Context) -> Event:
    """Called by a message when a card is due, and each minute: sends cards until nothing is due."""
    _renew()
    base, left = _base(), _left(context)
    looked = 0 if _called(event) else sending.mend(_repair().mend_next, MENDED, left)
    sent = sending.send_cards(joined.outbox(base), base.cards.next_due, _name(context), left)
    return {"sent": sent, "looked for": looked}


def deliver(event: Event, context: Context) -> Event:
    """Called by a message when news was told, and each minute: sends it to whoever wants it."""
    _renew()
    if _called(event):
        time.sleep(sending.LAG)
    tried = sending.deliver(_sender(), _name(context), _left(context))
    forgotten = 0 if _called(event) else _sender().outbox.tidy(time.time() - NEWS_KEPT)
    return {"tried": dict(tried), "forgotten": forgotten}


def _work(body: str) -> None:
    request, headers = unpacked(body, joined.secret(_base().settings), time.time())
    status, _, _ = _dispatch()(request, headers)
    if status >= 500:
        raise Unavailable("An event of Slack could not be taken in. It is tried again.")


def _called(event: Event) -> bool:
    """By a message that says that there is something, not by the schedule."""
    return "Records" in event


def _name(context: Context) -> str:
    return f"{context.function_name}.{context.aws_request_id}"


def _left(context: Context) -> sending.Left:
    return lambda: context.get_remaining_time_in_millis() / 1000


def _renew() -> None:
    """Once secrets have changed, whatever was made of them is made anew."""
    if secrets.fill():
        for made in (_base, _front, _dispatch, _sender, _repair):
            made.cache_clear()


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
def _sender() -> Sender:
    return sender(_base())


@cache
def _repair() -> Repair:
    return joined.repair(_base())
