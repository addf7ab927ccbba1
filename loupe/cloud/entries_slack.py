"""The functions that speak with Slack and carry the news; ``loupe.aws`` hands them on.

Environment: LOUPE_SLACK_QUEUE (of ``slack``), LOUPE_QUEUE (of ``slack_work``); LOUPE_CARDS_QUEUE and
LOUPE_NEWS_QUEUE of whoever opens cards, announces reports or tells news: they call ``send_cards`` and
``deliver``.
"""

import os
import time

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from bot.repair import Repair
from loupe.cloud import opening, sending
from loupe.cloud import slack as joined
from loupe.cloud.batches import answered
from loupe.cloud.carrying import sender
from loupe.cloud.front import Dispatch, Front, unpacked
from loupe.cloud.opening import Context, Event
from loupe.cloud.secrets import renewed
from pipeline.adapters.dynamo_seen import DynamoSeen
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.errors import Unavailable
from pipeline.sending import Sender

REPEATED = 6 * 3600.0
"""Seconds for which a delivery is remembered; Slack repeats one three times within about six minutes."""
MENDED = 10
"""Lost messages looked for at most in one invocation."""
DONE: Event = {"batchItemFailures": []}
"""To a queue: every message was taken."""
NEWS_KEPT = 30 * 86_400.0
"""Seconds for which deliveries that were sent are kept."""


def slack(event: Event, context: Context) -> Event:
    """Slack's request at the function's address."""
    return _front().receive(event)


def slack_work(event: Event, context: Context) -> Event:
    """The queue of Slack's events: each is handed to the app."""
    return answered(event, context, "LOUPE_QUEUE", _work)


def send_cards(event: Event, context: Context) -> Event:
    """Called by a message when a card is due, and each minute: sends cards until nothing is due."""
    base, left = opening.base(), _left(context)
    if not base.settings.slack_bot_token:
        return DONE | {"sent": 0, "looked for": 0}  # the schedule goes on where no Slack is connected
    looked = 0 if _called(event) else sending.mend(_repair().mend_next, MENDED, left)
    sent = sending.send_cards(joined.outbox(base), base.cards.next_due, opening.name(context), left)
    return DONE | {"sent": sent, "looked for": looked}


def deliver(event: Event, context: Context) -> Event:
    """Called by a message when news was told, and each minute: sends it to whoever wants it."""
    here = _sender()
    if _called(event):
        time.sleep(sending.LAG)
    tried = sending.deliver(here, opening.name(context), _left(context))
    forgotten = 0 if _called(event) else here.outbox.tidy(time.time() - NEWS_KEPT)
    return DONE | {"tried": dict(tried), "forgotten": forgotten}


def _work(record: SQSRecord) -> None:
    body, headers = unpacked(record.body, joined.secret(opening.base().settings), time.time())
    status, _, _ = _dispatch()(body, headers)
    if status >= 500:
        raise Unavailable("An event of Slack could not be taken in. It is tried again.")


def _called(event: Event) -> bool:
    """By a message that says that there is something, not by the schedule."""
    return "Records" in event


def _left(context: Context) -> sending.Left:
    return lambda: opening.left(context)


@renewed
def _front() -> Front:
    base, queue = opening.base(), SqsQueue(os.environ["LOUPE_SLACK_QUEUE"])
    seen = DynamoSeen(base.table, "slack", REPEATED)
    return Front(joined.secret(base.settings), seen, queue.send, lambda *request: _dispatch()(*request))


@renewed
def _dispatch() -> Dispatch:
    return joined.dispatch(joined.app(opening.base()))


@renewed
def _sender() -> Sender:
    return sender(opening.base())


@renewed
def _repair() -> Repair:
    return joined.repair(opening.base())
